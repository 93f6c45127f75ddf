using System.Collections.Concurrent;
using System.Threading.Channels;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Completeness;

/// <summary>
/// Counts what comes in over each connection and puts the counts on record now and then, so that an attacker can fill neither memory nor
/// ledger: one entry for each connection and interval, however much is refused. A bot that is killed loses the counts since the last
/// entry, never an event.
/// </summary>
public sealed class DeliveryReceipts(ILedger ledger, ITenantDirectory tenants, IOptions<CompletenessOptions> options, TimeProvider clock,
    ILogger<DeliveryReceipts> logger)
    : BackgroundService
{
    private static readonly Actor Self = Actor.Service("intake");

    /// <summary>What nobody sends again has to be told soon, but a flood of it must not fill the ledger.</summary>
    private static readonly TimeSpan BetweenHurried = TimeSpan.FromMinutes(1);
    private readonly Channel<bool> hurry =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly ConcurrentDictionary<string, Counts> counts = new();

    /// <summary>A delivery was answered 202.</summary>
    /// <param name="added">Events in it that are on record by it.</param>
    /// <param name="duplicates">Events in it that were on record before.</param>
    public void Accepted(Connection connection, int added, int duplicates) => For(connection).Accept(clock.GetUtcNow(), added, duplicates);

    /// <summary>A delivery over a connection that exists was refused.</summary>
    public void Refused(Connection connection, int status) => For(connection).Refuse(clock.GetUtcNow(), status);

    /// <summary>
    /// A delivery whose sender had proved itself was refused for what it is: told within a minute, because nobody sends it again.
    /// </summary>
    public void NotTaken(Connection connection, int status)
    {
        For(connection).Refuse(clock.GetUtcNow(), status, isLost: true);
        hurry.Writer.TryWrite(true);
    }

    /// <summary>Puts on record what was counted since the last time; what cannot be recorded is counted on.</summary>
    public async Task RecordAsync(CancellationToken cancellationToken)
    {
        foreach (var one in counts.Values)
        {
            if (one.Take() is not { } receipts || tenants.Find(one.Connection.Tenant) is null)
                continue;
            try
            {
                var entry = new NewEntry(StreamId.Connection(one.Connection.Name), Self, CorrelationId.New(), receipts);
                await ledger.AppendAsync(one.Connection.Tenant, [], [entry], cancellationToken);
            }
            catch (Exception problem) when (problem is LedgerUnavailableException or OperationCanceledException)
            {
                one.PutBack(receipts);
                logger.ReceiptsNotRecorded(one.Connection.Name, problem);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var hurried = await WaitAsync(stoppingToken);
            await RecordAsync(CancellationToken.None);
            if (hurried)
                await Task.Delay(BetweenHurried, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        // What was counted must not be lost with the process.
        await RecordAsync(CancellationToken.None);
    }

    /// <summary>Until it is time, or something cannot wait; whether the latter.</summary>
    private async Task<bool> WaitAsync(CancellationToken stoppingToken)
    {
        using var round = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var time = Task.Delay(options.Value.ReceiptsEvery, clock, round.Token);
        var called = hurry.Reader.WaitToReadAsync(round.Token).AsTask();
        await Task.WhenAny(time, called);
        await round.CancelAsync();
        await Task.WhenAll(time, called).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return hurry.Reader.TryRead(out _);
    }

    private Counts For(Connection connection) =>
        counts.TryGetValue(connection.Name, out var known)
            ? known
            : counts.GetOrAdd(connection.Name, static (_, connection) => new(connection), connection);

    private sealed class Counts(Connection connection)
    {
        private readonly Lock gate = new();
        private readonly SortedDictionary<string, long> refused = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, long> notTaken = new(StringComparer.Ordinal);
        private DateTimeOffset? first;
        private DateTimeOffset last;
        private DateTimeOffset? lastAccepted;
        private long accepted;
        private long added;
        private long duplicates;

        public Connection Connection => connection;

        public void Accept(DateTimeOffset now, int newOnes, int known)
        {
            lock (gate)
            {
                (first, last, lastAccepted) = (first ?? now, now, now);
                (accepted, added, duplicates) = (accepted + 1, added + newOnes, duplicates + known);
            }
        }

        public void Refuse(DateTimeOffset now, int status, bool isLost = false)
        {
            lock (gate)
            {
                (first, last) = (first ?? now, now);
                var name = status.ToString(System.Globalization.CultureInfo.InvariantCulture);
                refused[name] = refused.GetValueOrDefault(name) + 1;
                if (isLost)
                    notTaken[name] = notTaken.GetValueOrDefault(name) + 1;
            }
        }

        public WebhookReceipts? Take()
        {
            lock (gate)
            {
                if (first is not { } since)
                    return null;
                var taken = new WebhookReceipts(connection.Name, since, last, accepted, added, duplicates, lastAccepted,
                    new SortedDictionary<string, long>(refused, StringComparer.Ordinal))
                {
                    NotTaken = notTaken.Count == 0 ? null : new SortedDictionary<string, long>(notTaken, StringComparer.Ordinal),
                };
                (first, lastAccepted, accepted, added, duplicates) = (null, null, 0, 0, 0);
                refused.Clear();
                notTaken.Clear();
                return taken;
            }
        }

        public void PutBack(WebhookReceipts receipts)
        {
            lock (gate)
            {
                last = first is null ? receipts.Last : last;
                first = receipts.First;
                lastAccepted ??= receipts.LastAccepted;
                (accepted, added, duplicates) = (accepted + receipts.Accepted, added + receipts.New, duplicates + receipts.Duplicates);
                foreach (var (status, number) in receipts.Refused)
                    refused[status] = refused.GetValueOrDefault(status) + number;
                foreach (var (status, number) in receipts.NotTaken ?? new SortedDictionary<string, long>())
                    notTaken[status] = notTaken.GetValueOrDefault(status) + number;
            }
        }
    }
}
