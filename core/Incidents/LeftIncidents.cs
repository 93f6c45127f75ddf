using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Snapshots;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Incidents;

/// <summary>
/// The incidents that have left one state: those that wait to be written, and those that are. Where they are not to be found, they are made
/// again from the whole record.
/// </summary>
internal sealed class LeftIncidents(
    TenantId tenant, ILedger ledger, ClosedIncidents closed, ILogger logger, Func<long, CancellationToken, Task> makeAgain) : IRetired
{
    private readonly ConcurrentDictionary<IncidentId, ClosedIncident> waiting = new();
    private SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>How many wait to be written.</summary>
    public int Waiting => waiting.Count;

    public async ValueTask<TenantState> BeforeAsync(TenantState state, LedgerEntry entry, CancellationToken cancellationToken) =>
        await ConcernedAsync(state.Get<IncidentsState>(), entry, cancellationToken) is { Count: > 0 } concerned
            ? Back(state, concerned)
            : state;

    public TenantState After(TenantState state, LedgerEntry entry)
    {
        var before = state.Get<IncidentsState>();
        var (after, left) = before.Leave(entry, state);
        foreach (var one in left)
            waiting[one.Incident.Id] = one;
        return ReferenceEquals(before, after) ? state : state.With(after);
    }

    /// <summary>A state with incidents that had left it.</summary>
    public static TenantState Back(TenantState state, IReadOnlyCollection<ClosedIncident> again) =>
        state.With(state.Get<IncidentsState>().Back(again));

    public async Task FlushAsync(DataKey key, CancellationToken cancellationToken)
    {
        await Turn.WaitAsync(cancellationToken);
        try
        {
            await closed.WriteAsync(tenant, key, waiting, cancellationToken);
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>The incident as it left this state; null when it never did.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be told now.</exception>
    public async ValueTask<ClosedIncident?> FindAsync(TenantState state, IncidentId incidentId, CancellationToken cancellationToken)
    {
        // People ask for incidents that never were, and nothing is to be made again for those.
        var isOne = state.Get<IncidentsState>().HasLeft(incidentId)
            && (waiting.ContainsKey(incidentId)
                || (await ledger.ReadStreamAsync(tenant, StreamId.Incident(incidentId), cancellationToken)).Count > 0);
        return isOne ? await FindAsync(incidentId, state.Seq, static _ => true, cancellationToken) : null;
    }

    private async ValueTask<IReadOnlyCollection<ClosedIncident>> ConcernedAsync(
        IncidentsState state, LedgerEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Fact is ErasureCompleted erased)
        {
            List<ClosedIncident> named = [];
            await foreach (var one in NewestFirstAsync(state, entry.Seq - 1, cancellationToken))
            {
                if (one.Incident.Concerns(erased))
                    named.Add(one);
            }
            return named;
        }
        if (IncidentStreams.GetIncident(entry.Stream) is not { } id || entry.Fact is IncidentOpened || !state.HasLeft(id))
            return [];
        return await FindAsync(id, entry.Seq - 1, IsBefore, cancellationToken) is { } found ? [found] : [];

        bool IsBefore(ClosedIncident one) => one.LeftAt < entry.Seq && one.Incident.GetVersion(entry.Stream) == entry.Version - 1;
    }

    /// <summary>All of them, the newest first, as a stream.</summary>
    /// <exception cref="LedgerUnavailableException">They cannot be read now.</exception>
    public IAsyncEnumerable<ClosedIncident> NewestFirstAsync(TenantState state, CancellationToken cancellationToken) =>
        NewestFirstAsync(state.Get<IncidentsState>(), state.Seq, cancellationToken);

    private async IAsyncEnumerable<ClosedIncident> NewestFirstAsync(
        IncidentsState state, long asOf, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isMadeAgain = false;
        var first = IncidentsState.FirstIncidentNumber / ClosedIncidents.PerShelf;
        for (var shelf = state.LastIncidentNumber / ClosedIncidents.PerShelf; shelf >= first; shelf--)
        {
            var (all, why) = await ShelfAsync(shelf, cancellationToken);
            if (why is not null && !isMadeAgain && state.HaveLeft(shelf * ClosedIncidents.PerShelf, ClosedIncidents.PerShelf) > all.Count)
            {
                await MakeAgainAsync(asOf, why, cancellationToken);
                isMadeAgain = true;
                (all, _) = await ShelfAsync(shelf, cancellationToken);
            }
            foreach (var one in all.Where(one => state.HasLeft(one.Incident.Id)).OrderByDescending(static one => one.Incident.OpenedSeq))
                yield return one;
        }
    }

    private async ValueTask<(IReadOnlyCollection<ClosedIncident> All, string? Why)> ShelfAsync(
        int number, CancellationToken cancellationToken)
    {
        var shelf = ClosedIncidents.GetId(number);
        var (kept, why) = await closed.ReadAsync(tenant, shelf, cancellationToken);
        var all = kept.ToDictionary(static one => one.Incident.Id);
        foreach (var (id, one) in waiting)
        {
            if (ClosedIncidents.GetShelf(id) == shelf)
                all[id] = one;
        }
        return (all.Values, why);
    }

    private async ValueTask<ClosedIncident?> FindAsync(
        IncidentId incidentId, long asOf, Predicate<ClosedIncident> fits, CancellationToken cancellationToken)
    {
        if (waiting.TryGetValue(incidentId, out var left) && fits(left))
            return left;
        var (found, why) = await closed.FindAsync(tenant, incidentId, cancellationToken);
        if (found is not null && fits(found))
            return found;
        await MakeAgainAsync(asOf, why ?? $"{incidentId} is there as of another time", cancellationToken);
        (found, _) = await closed.FindAsync(tenant, incidentId, cancellationToken);
        return found is not null && fits(found) ? found : null;
    }

    private async Task MakeAgainAsync(long until, string why, CancellationToken cancellationToken)
    {
        logger.ClosedMadeAgain(tenant, why);
        await makeAgain(until, cancellationToken);
    }
}
