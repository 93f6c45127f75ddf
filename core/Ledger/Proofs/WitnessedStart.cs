using System.Collections.Concurrent;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>
/// Asks every witness at the start how far it has seen each ledger, and holds execution until they have answered: a folder put back from an
/// old backup must not act on what it forgot. A witness that cannot be reached holds for a while, then no longer; one that has seen more
/// than there is, or something else, holds until it fits again or until the operator accepts the loss.
/// </summary>
internal sealed class WitnessedStart(
    IReadOnlyList<WitnessClient> witnesses,
    Func<TenantId, string> originOf,
    LedgerTree tree,
    ITenantDirectory tenants,
    CheckpointStatus status,
    WitnessTerms terms,
    TimeProvider clock,
    ILogger<WitnessedStart> logger) : BackgroundService, IExecutionDelay
{
    private const string Unasked =
        "The witnesses of this client's record have not answered yet whether it is whole, so nothing is carried out for the moment.";
    private const string Contradicted =
        "A witness has seen another record of this client than there is here, as after an old backup was put back, so nothing is carried "
        + "out until that is explained by whoever runs this bot.";
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<TenantId, string> held = new(
        witnesses.Count == 0 ? [] : tenants.All.Select(static tenant => KeyValuePair.Create(tenant.Id, Unasked)));

    public string? GetDelayReason(TenantId tenant) => held.GetValueOrDefault(tenant);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(held.Keys.ToList().Select(tenant => AskUntilClearAsync(tenant, stoppingToken)));

    /// <summary>
    /// Asks until every witness has answered and none contradicts, or until the time allowed with those that do not answer is over.
    /// </summary>
    internal Task AskUntilClearAsync(TenantId tenant, CancellationToken stopping)
    {
        var began = clock.GetTimestamp();
        return new TenantWorker(clock, AskAgain, TellOfFailure).RepeatAsync(tenant, stop => AskOnceAsync(tenant, began, stop), stopping);

        void TellOfFailure(TenantId _, Exception failure, TimeSpan pause) =>
            logger.CopyMissing(tenant, $"The witnesses could not be asked: {failure.Message}");
    }

    private async Task<NextRound> AskOnceAsync(TenantId tenant, long began, CancellationToken stopping)
    {
        var results = await Task.WhenAll(witnesses.Select(witness => AskAsync(witness, tenant, stopping)));
        var contradicts = results.Any(static result => result == Reply.Contradicts);
        var silent = results.Any(static result => result == Reply.None);
        if (contradicts || (silent && clock.GetElapsedTime(began) < terms.Timeout))
        {
            held[tenant] = contradicts ? Contradicted : Unasked;
            return NextRound.After(AskAgain);
        }
        held.TryRemove(tenant, out _);
        if (silent)
            logger.WitnessesUnasked(tenant, terms.Timeout);
        return NextRound.None;
    }

    private async Task<Reply> AskAsync(WitnessClient witness, TenantId tenant, CancellationToken stopping)
    {
        try
        {
            var (answered, seen) = await witness.NewestAsync(originOf(tenant), stopping);
            if (!answered)
                return Reply.None;
            var problem = seen is null ? null : await ProblemAsync(seen.Checkpoint, tenant, stopping);
            if (status.Report(tenant, $"{witness.Key.Name} at the start", problem) && problem is not null)
                logger.WitnessRefuses(witness.Key.Name, tenant, problem);
            return problem is null || terms.AcceptLoss ? Reply.Fits : Reply.Contradicts;
        }
        catch (LedgerDamagedException)
        {
            // It is in quarantine: nothing is carried out for it anyway.
            return Reply.Fits;
        }
        catch (Exception unclear) when (!stopping.IsCancellationRequested)
        {
            logger.CopyMissing(tenant, $"Whether {witness.Key.Name} has seen this record could not be told: {unclear.Message}");
            return Reply.None;
        }
    }

    private async Task<string?> ProblemAsync(Checkpoint seen, TenantId tenant, CancellationToken stopping)
    {
        var size = await tree.Archive.SizeAsync(tenant, stopping);
        if (seen.Size > size)
            return $"it has cosigned {seen.Size} entries, but the ledger has {size}: its end is missing, as after restoring an old "
                + $"backup. Nothing is carried out";
        foreach (var trustKept in new[] { true, false })
        {
            var root = await tree.RootAsync(tenant, seen.Size, trustKept, stopping);
            if (root.AsSpan().SequenceEqual(seen.Root))
                return null;
        }
        return $"the first {seen.Size} entries are not those that it has cosigned: the ledger was changed or replaced. Nothing is "
            + $"carried out";
    }

    private enum Reply
    {
        None,
        Fits,
        Contradicts,
    }
}

/// <summary>What the start makes of witnesses that do not answer, or that contradict.</summary>
/// <param name="Timeout">How long witnesses that do not answer hold execution.</param>
/// <param name="AcceptLoss">What contradicts is told and holds nothing.</param>
internal sealed record WitnessTerms(TimeSpan Timeout, bool AcceptLoss);
