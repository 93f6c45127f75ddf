using System.Collections.Immutable;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <content>
/// What is over and done with leaves the state, so that it does not grow with all that ever happened. When it does depends on the entries
/// alone: whoever has read as far has the same state.
/// </content>
public sealed partial record IncidentsState
{
    /// <summary>So many closed incidents stay, the last that were closed.</summary>
    internal const int ClosedKept = 32;

    /// <summary>As many more may be closed before any leaves, so that they leave together.</summary>
    internal const int ClosedTogether = 16;

    /// <summary>So many stay while people may be told of them or take them back.</summary>
    internal const int FreshKept = 128;

    internal const int FirstIncidentNumber = 1001;
    private const int WordsKept = 1024;
    private const int PastRunsKept = 4096;

    /// <summary>A card that nobody could bring up to date for so long is given up.</summary>
    private static readonly TimeSpan StaleCardsKept = TimeSpan.FromDays(30);

    /// <summary>A policy looks back no further.</summary>
    private static readonly TimeSpan PastRunsKeptFor = TimeSpan.FromDays(30);

    /// <summary>So long after it ended, an incident that has left may be opened again because its alert returns.</summary>
    private static readonly TimeSpan ReturnsKeptFor = TimeSpan.FromHours(2);

    private const int ReturnsKept = 512;

    /// <summary>As <see cref="LastByKey"/>, of those that have left and ended by themselves a short while ago.</summary>
    public ImmutableDictionary<string, (IncidentId Id, DateTimeOffset ClosedAt)> LeftByKey { get; init; } =
        ImmutableDictionary<string, (IncidentId, DateTimeOffset)>.Empty;

    /// <summary>The incident that was opened last under the same key, here or left a short while ago; null where there is none.</summary>
    internal IncidentId? LastLike(IncidentOpened opened)
    {
        if (LastByKey.TryGetValue(GetKey(opened), out var here))
            return here;
        return LeftByKey.TryGetValue(GetKey(opened), out var left) ? left.Id : null;
    }

    /// <summary>Ids of the closed incidents that are here, in the order in which they were closed.</summary>
    public ImmutableList<IncidentId> Closed { get; init; } = [];

    /// <summary>What ran without approval in incidents that have left, oldest first.</summary>
    public ImmutableArray<PastRun> PastRuns { get; init; } = [];

    /// <summary>With this many closed ones it is looked for those that may leave.</summary>
    internal int LeavingFrom { get; init; } = ClosedKept + ClosedTogether;

    internal int WordsFrom { get; init; } = 2 * WordsKept;

    /// <summary>The incidents after an entry, which was applied just before, and those that it allows to leave.</summary>
    /// <param name="state">All of the tenant's state after the entry.</param>
    /// <returns>These, and nobody, most of the time.</returns>
    internal (IncidentsState State, ImmutableArray<ClosedIncident> Left) Leave(LedgerEntry entry, TenantState state)
    {
        var next = entry.Fact switch
        {
            IncidentClosed closed when Find(closed.IncidentId) is { IsOpen: false } incident =>
                this with { Closed = Closed.Remove(incident.Id).Add(incident.Id) },
            IncidentReopened reopened when Find(reopened.IncidentId) is { IsOpen: true } incident =>
                this with { Closed = Closed.Remove(incident.Id) },
            _ => this,
        };
        if (next.LastWords.Count >= next.WordsFrom)
            next = next.WithoutOldWords();
        return next.Closed.Count >= next.LeavingFrom ? next.WithoutOver(entry, state) : (next, []);
    }

    /// <summary>There is such an incident, and it is not here any more.</summary>
    internal bool HasLeft(IncidentId incidentId) => incidentId.Number is { } number
        && number >= FirstIncidentNumber && number <= LastIncidentNumber && Find(incidentId) is null;

    /// <summary>How many of so many incidents, from a number on, have left.</summary>
    internal int HaveLeft(int first, int count)
    {
        var (from, to) = (Math.Max(first, FirstIncidentNumber), Math.Min(first + count - 1, LastIncidentNumber));
        return Math.Max(0, to - from + 1) - Incidents.Keys.Count(id => id.Number >= from && id.Number <= to);
    }

    /// <summary>With incidents that had left.</summary>
    internal IncidentsState Back(IReadOnlyCollection<ClosedIncident> again) => this with
    {
        Incidents = Incidents.SetItems(again.Select(static one => KeyValuePair.Create(one.Incident.Id, one.Incident))),
        Closed = Closed.InsertRange(0, again.Select(static one => one.Incident.Id)),
        PastRuns = [.. PastRuns.Where(run => again.All(one => one.Incident.Id != run.IncidentId))],
    };

    private (IncidentsState State, ImmutableArray<ClosedIncident> Left) WithoutOver(LedgerEntry entry, TenantState state)
    {
        var over = Closed.Take(Closed.Count - ClosedKept).Select(id => Incidents[id])
            .Where(one => MayLeave(one, entry.ByClock, state)).ToList();
        var fresh = over.Where(incident => incident.IsFresh(entry.ByClock)).ToList();
        var staying = Math.Min(fresh.Count, Math.Max(0, FreshKept - (Closed.Count - over.Count)));
        var leaving = over.Except(fresh.TakeLast(staying)).ToDictionary(static incident => incident.Id);
        var next = leaving.Count == 0 ? this : Without(leaving, entry);
        return (
            next with { LeavingFrom = next.Closed.Count + ClosedTogether },
            [.. leaving.Values.Select(one => new ClosedIncident(one, entry.Seq))]);
    }

    private static bool MayLeave(Incident incident, DateTimeOffset at, TenantState state) =>
        incident.IsOver && (at - incident.ClosedAt > StaleCardsKept || state.Channels.Values.All(link => IsShown(incident, link, state)));

    /// <summary>Its card there says all, or none will come there.</summary>
    private static bool IsShown(Incident incident, ChannelLinked link, TenantState state)
    {
        var conversation = link.Channel.ConversationId;
        if (incident.Cards.ContainsKey(conversation))
            return incident.IsShownIn(conversation);
        return incident is { Draft: null } or { Staged: null } or { Phase: ProposalPhase.Withdrawn }
            || incident.LastSeq <= state.LinkedSince.GetValueOrDefault(conversation)
            || !(incident.Escalated || state.ShowsEverything(link))
            || state.IsOnList(incident, link);
    }

    private IncidentsState Without(Dictionary<IncidentId, Incident> leaving, LedgerEntry entry)
    {
        var alerts = IncidentByAlert.Where(pair => leaving.ContainsKey(pair.Value)).Select(static pair => pair.Key).ToList();
        return this with
        {
            Incidents = Incidents.RemoveRange(leaving.Keys),
            Closed = Closed.RemoveAll(leaving.ContainsKey),
            IncidentByAlert = IncidentByAlert.RemoveRange(alerts),
            LastWords = LastWords.RemoveRange(alerts),
            LeftByKey = ReturnsAfter(leaving, entry.ByClock),
            LastByKey = LastByKey.RemoveRange(LastByKey.Where(pair => leaving.ContainsKey(pair.Value)).Select(static pair => pair.Key)),
            RecentlyOpened = RecentlyOpened.RemoveAll(leaving.ContainsKey),
            PastRuns = RunsAfter(leaving.Values.Select(GetRun).OfType<PastRun>(), entry.ByClock),
        };
    }

    private ImmutableDictionary<string, (IncidentId Id, DateTimeOffset ClosedAt)> ReturnsAfter(
        Dictionary<IncidentId, Incident> leaving, DateTimeOffset at)
    {
        var more = LastByKey.Where(last => leaving.TryGetValue(last.Value, out var incident) && incident.EndedByItself)
            .Select(last => KeyValuePair.Create(last.Key, (last.Value, leaving[last.Value].ClosedAt!.Value)));
        return LeftByKey.SetItems(more).Where(left => (at - left.Value.ClosedAt).Duration() < ReturnsKeptFor)
            .OrderByDescending(static left => left.Value.ClosedAt).Take(ReturnsKept).ToImmutableDictionary();
    }

    private ImmutableArray<PastRun> RunsAfter(IEnumerable<PastRun> more, DateTimeOffset at) =>
        [.. PastRuns.Concat(more.OrderBy(static run => run.Seq)).Where(run => at - run.At < PastRunsKeptFor).TakeLast(PastRunsKept)];

    private static PastRun? GetRun(Incident incident)
    {
        var run = incident.Execution is { Unattended: true } unattended ? unattended : null;
        var acted = run?.Outcome is not null and not ExecutionOutcome.Drifted ? run.StartedAt : (DateTimeOffset?)null;
        if (incident.Staged is { Kind: ProposalKind.Remedy, Terms.Level: GateLevel.L0 or GateLevel.L1 } staged)
            return new(incident.Id, incident.Proposal.StagedSeq, incident.Proposal.StagedAt, GetTargets(staged.Plan), acted);
        return run is null ? null : new(incident.Id, run.StartedSeq, run.StartedAt, GetTargets(run.Plan), acted);
    }

    private static Plan GetTargets(Plan plan) => new([.. plan.Steps.Select(static step =>
        new PlanStep("", step.Action, step.Target, ImmutableDictionary<string, string>.Empty, "", [], [], [], step.Rollback))]);

    /// <summary>What was said of alerts that belong to nothing here any more is forgotten, the oldest first.</summary>
    private IncidentsState WithoutOldWords()
    {
        var idle = LastWords.Where(word => !IncidentByAlert.ContainsKey(word.Key) && !Unattached.OfAlert(word.Key).Any())
            .OrderByDescending(static word => word.Value.Seq).Skip(WordsKept).Select(static word => word.Key);
        var kept = LastWords.RemoveRange(idle);
        return this with { LastWords = kept, WordsFrom = kept.Count + WordsKept };
    }
}

public static class LeavingOfState
{
    extension(TenantState state)
    {
        /// <inheritdoc cref="IncidentsState.PastRuns"/>
        public ImmutableArray<PastRun> PastRuns => state.Get<IncidentsState>().PastRuns;
    }
}
