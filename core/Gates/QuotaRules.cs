using System.Collections.Immutable;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Gates;

/// <summary>
/// How often an action may be called for a tenant within a time that slides along; of a policy's quotas the first that fits counts.
/// </summary>
/// <param name="Actions">Names with <c>*</c> for any characters.</param>
/// <param name="Within">At most a day: longer ago is not counted.</param>
public sealed record CallQuota(ImmutableArray<string> Actions, int Calls, TimeSpan Within)
{
    /// <summary>Where the policy's quotas say nothing of an action.</summary>
    public static readonly CallQuota Default = new(["*"], 100, TimeSpan.FromHours(1));

    public bool Fits(string action) => Actions.Any(pattern => Glob.Matches(pattern, action));
}

/// <summary>When each action was called for a tenant, as the ledger has it; for a day back from the newest. Immutable.</summary>
public sealed record CallTimes : ISlice<CallTimes>
{
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    public static CallTimes Empty { get; } = new();

    public ImmutableDictionary<string, ImmutableQueue<DateTimeOffset>> Times { get; init; } =
        ImmutableDictionary<string, ImmutableQueue<DateTimeOffset>>.Empty;

    public IReadOnlyList<DateTimeOffset> For(string action, DateTimeOffset since) =>
        [.. (Times.GetValueOrDefault(action) ?? []).Where(at => at > since)];

    public CallTimes Apply(LedgerEntry entry, TenantState before) =>
        entry.Fact is StepStarted step && GetAction(before.FindProposal(step.About), step) is { } action
            ? With(action, entry.ByClock)
            : this;

    private static string? GetAction(Proposal? proposal, StepStarted step)
    {
        if (proposal?.FindRun(step.ExecutionId)?.Plan.Steps.ElementAtOrDefault(step.Step) is not { } planned)
            return null;
        return step.Rollback ? planned.Rollback : planned.Action;
    }

    internal CallTimes With(string action, DateTimeOffset at)
    {
        var times = Times.GetValueOrDefault(action) ?? [];
        while (!times.IsEmpty && times.Peek() <= at - KeptFor)
            times = times.Dequeue();
        // What was called before cannot have been later: the clock was ahead then.
        if (times.Any(earlier => earlier > at))
            times = [.. times.Select(earlier => earlier > at ? at : earlier)];
        return this with { Times = Times.SetItem(action, times.Enqueue(at)) };
    }
}

public static class CallsOfState
{
    extension(TenantState state)
    {
        /// <summary>When actions were called, for quotas.</summary>
        public CallTimes Calls => state.Get<CallTimes>();
    }
}

/// <summary>Whether actions were called too often already. Pure.</summary>
internal static class QuotaRules
{
    /// <summary>
    /// For the executor: what is about to be sent, or the whole plan before it begins. What a failed plan did is always taken back.
    /// </summary>
    public static string? Check(TenantState state, Proposal proposal, GatePolicy policy, Plan plan, NextCall? next, DateTimeOffset now)
    {
        if (next is null)
            return Check(state, policy, plan, now);
        var announced = proposal.Execution?.Announced.Contains(next.OperationId) == true
            || proposal.Undo?.Announced.Contains(next.OperationId) == true;
        return next.Rollback || announced ? null : Check(state, policy, plan.Steps[next.Step].Action, 1, now);
    }

    /// <summary>One sentence when the plan would call an action more often than the policy lets it; null when it would not.</summary>
    public static string? Check(TenantState state, GatePolicy policy, Plan plan, DateTimeOffset now) => plan.Steps
        .CountBy(static step => step.Action)
        .Select(action => Check(state, policy, action.Key, action.Value, now))
        .FirstOrDefault(static why => why is not null);

    private static string? Check(TenantState state, GatePolicy policy, string action, int calls, DateTimeOffset now)
    {
        var quota = policy.GetQuota(action);
        var earlier = state.Calls.For(action, now - quota.Within);
        if (earlier.Count + calls <= quota.Calls)
            return null;
        var often = $"{action} was called {(earlier.Count == 1 ? "once" : $"{earlier.Count} times")} for {state.Name} in the last "
            + $"{GateMessages.Span(quota.Within)}, and the policy allows {quota.Calls}.";
        if (calls > quota.Calls)
            return $"The plan calls {action} {calls} times, and the policy allows {quota.Calls} in {GateMessages.Span(quota.Within)}.";
        // So many have to be too long ago that there is room.
        return $"{often} It can go on at {GateMessages.Utc(earlier[earlier.Count + calls - quota.Calls - 1] + quota.Within)}.";
    }
}
