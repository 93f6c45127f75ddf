using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Support.Growth;

/// <summary>
/// Writes what a bot's ledger holds after weeks of work of many tenants: alerts that ended by themselves, plans that were rejected or
/// carried out, and some that wait. It goes through the ledger's own appends, in time that is played, so the rows are those of the bot.
/// </summary>
public static class History
{
    /// <summary>Creates the embedded store in a folder, with everything a bot needs to start on it.</summary>
    /// <returns>How many entries there are.</returns>
    public static async Task<long> WriteAsync(string folder, HistoryPlan plan, CancellationToken cancellationToken = default)
    {
        var clock = new ManualClock(plan.From);
        using var metrics = new LedgerMetrics();
        using var keyRing = new LocalKeyRing(folder);
        using var ledger = new SqliteLedger(folder, CoreFeatures.Catalog, keyRing.Keys, clock, metrics, NullLogger<SqliteLedger>.Instance);
        var entries = await WriteAsync(ledger, clock, plan, cancellationToken);
        List<SubscriptionCursor> seen = [];
        for (var number = 0; number < plan.Tenants; number++)
        {
            var head = await ledger.HeadAsync(HistoryPlan.Tenant(number), cancellationToken);
            seen.AddRange(plan.Subscriptions.Select(name => new SubscriptionCursor(name, HistoryPlan.Tenant(number), head)));
        }
        await ledger.SaveAsync(seen, cancellationToken);
        return entries;
    }

    /// <summary>Writes to an empty ledger, whose time is the clock's.</summary>
    /// <returns>How many entries there are.</returns>
    public static async Task<long> WriteAsync(
        ILedger ledger, ManualClock clock, HistoryPlan plan, CancellationToken cancellationToken = default)
    {
        var tenants = Enumerable.Range(0, plan.Tenants).Select(number => new Tenant(ledger, clock, plan, number)).ToList();
        await Task.WhenAll(tenants.Select(tenant => tenant.LinkAsync(cancellationToken)));
        var step = (plan.Until - plan.From) / (2 * plan.Rounds);
        for (var round = 0; round < plan.Rounds; round++)
        {
            await Task.WhenAll(tenants.Select(tenant => tenant.BeginAsync(round, cancellationToken)));
            clock.Advance(step);
            await Task.WhenAll(tenants.Select(tenant => tenant.EndAsync(round, cancellationToken)));
            clock.Advance(step);
        }
        return tenants.Sum(static tenant => tenant.Entries);
    }

    /// <summary>One tenant, to whose ledger nobody else writes.</summary>
    private sealed class Tenant(ILedger ledger, ManualClock clock, HistoryPlan plan, int number)
    {
        private readonly TenantId id = HistoryPlan.Tenant(number);
        private HistoryIncident? incident;

        public long Entries { get; private set; }

        public Task LinkAsync(CancellationToken cancellationToken)
        {
            const string Team = "19:history@thread.tacv2";
            var directory = new DirectoryId(HistoryPlan.DirectoryTenant);
            var linked = new ChannelLinked(new(HistoryPlan.Channel(number), "channel", plan.ServiceUrl, directory, Team, id.Value));
            return AppendAsync([new(StreamId.Channels, Actor.Service("history"), CorrelationId.Parse("history"), linked)],
                cancellationToken);
        }

        public Task BeginAsync(int round, CancellationToken cancellationToken)
        {
            incident = new(plan, number, round, clock.GetUtcNow());
            return AppendAsync(incident.Begin(Entries), cancellationToken);
        }

        public async Task EndAsync(int round, CancellationToken cancellationToken)
        {
            if (!plan.IsOpen(number, round))
                await AppendAsync(incident!.End(Entries, clock.GetUtcNow()), cancellationToken);
        }

        private async Task AppendAsync(IReadOnlyList<NewEntry> entries, CancellationToken cancellationToken)
        {
            if (await ledger.AppendAsync(id, [], entries, cancellationToken) is not AppendResult.Appended appended)
                throw new InvalidOperationException("A ledger that nobody else writes to met a conflict.");
            Entries = appended.Entries[^1].Seq;
        }
    }
}
