using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Execution;

/// <summary>
/// How a step ended, before it is on record. <paramref name="Outcome"/> null: certainly not done, so it may be tried again.
/// </summary>
internal sealed record Settled(StepOutcome? Outcome, string Detail, TimeSpan? TryAgainIn = null);

/// <summary>
/// A run's calls to its vendors. Whatever a connector does, hang or throw, an action ends in one of four ways here, and only
/// <see cref="CallOutcome{T}.NotDone"/> may lead to a second one.
/// </summary>
internal sealed class VendorCalls(
    TenantId tenant, IConnections connections, TimeProvider clock, ExecutionOptions options, ILogger logger)
{
    private const int DetailLimit = 500;

    /// <summary>A connector keeps its own time limits; this much later it is given up on.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The last reading of each target in this run.</summary>
    private readonly Dictionary<Target, IReadOnlyDictionary<string, string>> readings = [];

    public IReadOnlyDictionary<string, string> LastReading(Target target) =>
        readings.GetValueOrDefault(target) ?? System.Collections.Immutable.ImmutableDictionary<string, string>.Empty;

    /// <summary>How long one call of the step may take before it is given up on.</summary>
    public TimeSpan GetTimeout(PlanStep step, bool rollback) => (Spec(step, rollback)?.Timeout ?? ReadTimeout) + Grace;

    /// <summary>How long the whole plan may take when all goes well, and a margin.</summary>
    public TimeSpan LeaseFor(Plan plan) =>
        plan.Steps.Aggregate(options.LeaseMargin, (sum, step) => sum + GetTimeout(step, rollback: false) + options.SettleFor);

    /// <summary>Acts once. Once the request is out, nobody's impatience takes it back: only the time limit ends the wait.</summary>
    public async Task<CallOutcome<ActionReceipt>> ActAsync(PlanStep step, bool rollback, string operationId)
    {
        if (connections.Find(tenant, step.Target.Connection) is not { } connection)
            return new CallOutcome<ActionReceipt>.Refused(
                "connection", $"The connection {step.Target.Connection} is not configured any more.");
        if (Spec(step, rollback) is not { } spec)
            return new CallOutcome<ActionReceipt>.Refused("action", $"The connector {connection.Connector} has no such action any more.");
        if (connections.GetConnector(connection).IsSwitchedOff(connection, spec.Name))
            return new CallOutcome<ActionReceipt>.Refused(
                "switched-off", $"{EnabledActions.DescribeSwitchedOff(spec.Name, connection.Name)}.");
        // The last look before it goes out: whatever was checked before, nothing else than what was shown is sent.
        if (spec.TargetKind != step.Target.Kind)
            return new CallOutcome<ActionReceipt>.Refused(
                "target", $"{spec.Name} is for a {spec.TargetKind}, not for a {step.Target.Kind}.");
        if (ActionCalls.CheckAsShown(spec, step, rollback) is { } why)
            return new CallOutcome<ActionReceipt>.Refused("arguments", why);
        return await CallAsync(
            token => connections.GetConnector(connection)
                .ActAsync(connection, new(operationId, spec.Name, step.Target, step.Arguments), token),
            spec.Timeout + Grace, CancellationToken.None);
    }

    /// <summary>Looks at a target; null with the reason when it cannot be seen.</summary>
    public async Task<(IReadOnlyDictionary<string, string>? Seen, string Problem, bool Final, TimeSpan? TryAgainIn)> LookAsync(
        Target target, CancellationToken cancellationToken)
    {
        if (connections.Find(tenant, target.Connection) is not { } connection)
            return (null, $"The connection {target.Connection} is not configured any more.", true, null);
        var result = await CallAsync(token => connections.GetConnector(connection).ObserveAsync(connection, target, token),
            ReadTimeout + Grace, cancellationToken);
        switch (result)
        {
            case CallOutcome<IReadOnlyDictionary<string, string>>.Done(var seen):
                readings[target] = seen;
                return (seen, "", false, null);
            case CallOutcome<IReadOnlyDictionary<string, string>>.Refused refused:
                return (null, refused.Message, true, null);
            case CallOutcome<IReadOnlyDictionary<string, string>>.NotDone notDone:
                return (null, notDone.Message, false, notDone.TryAgainIn);
            default:
                return (null, ((CallOutcome<IReadOnlyDictionary<string, string>>.Unknown)result).Message, false, null);
        }
    }

    /// <summary>Looks until the target can be seen, for as long as readings may take; null with the reason when it never could.</summary>
    public async Task<(IReadOnlyDictionary<string, string>? Seen, string Problem)> ObserveWithRetryAsync(
        Target target, CancellationToken cancellationToken)
    {
        var window = new RetryWindow(clock, options.RetryFor);
        for (var attempt = 1; ; attempt++)
        {
            var (seen, problem, final, tryAgainIn) = await LookAsync(target, cancellationToken);
            var pause = tryAgainIn ?? Backoff(attempt);
            if (seen is not null || final || !window.Allows(pause))
                return (seen, Short(problem));
            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    /// <summary>
    /// The answer to an action was lost, or the process that sent it ended: asks the vendor what became of it, then looks at the world.
    /// Outcome null only when the vendor is sure that it did nothing.
    /// </summary>
    public async Task<Settled> ReconcileAsync(
        PlanStep step, bool rollback, string operationId, string lost, CancellationToken cancellationToken)
    {
        var window = new RetryWindow(clock, options.SettleFor);
        while (true)
        {
            // What we gave up waiting for may still be on its way: "not done" counts when it was asked after the vendor has had time to do
            // it.
            var settled = !window.Allows(options.LookEvery);
            var status = await LookUpAsync(step, rollback, operationId, cancellationToken);
            Failpoints.Hit(Failpoint.StepLookedUp);
            if (status == OperationStatus.Applied)
                return await ReadBackAsync(step, rollback, "The answer was lost; the vendor says it was done.", cancellationToken);
            if (status == OperationStatus.NotApplied && settled)
                return new(null, "The answer was lost; the vendor says it was not done.");
            if (status != OperationStatus.NotApplied && await HoldsAsync(step, rollback, cancellationToken) == true)
                return new(StepOutcome.Applied, "The answer was lost; the state is as it should be.");
            if (settled)
                return new(StepOutcome.Unknown, Short($"{lost} The vendor cannot tell whether it was done."));
            await Task.Delay(options.LookEvery, clock, cancellationToken);
        }
    }

    /// <summary>
    /// The vendor did it: looks until the world shows it. Failed when it shows otherwise, unknown when it cannot be seen.
    /// </summary>
    public async Task<Settled> ReadBackAsync(PlanStep step, bool rollback, string detail, CancellationToken cancellationToken)
    {
        var window = new RetryWindow(clock, options.SettleFor);
        while (true)
        {
            var holds = await HoldsAsync(step, rollback, cancellationToken);
            if (holds == true || Verifications(step, rollback).Count == 0)
                return new(StepOutcome.Applied, Short(detail));
            if (!window.Allows(options.LookEvery))
            {
                var seen = LastReading(step.Target);
                var open = Verifications(step, rollback).Where(condition => condition.Holds(seen) != true).ToList();
                return holds == false
                    ? new(StepOutcome.Failed,
                        Short($"{detail} But {string.Join(", ", open.Select(condition => Expectation(condition, seen)))}."))
                    : new(StepOutcome.Unknown, Short($"{detail} Its effect could not be read back."));
            }
            await Task.Delay(options.LookEvery, clock, cancellationToken);
        }
    }

    public TimeSpan Backoff(int attempt) => options.RetryAfter * Math.Pow(2, Math.Min(attempt - 1, 6));

    public static string Short(string text) => text.Length <= DetailLimit ? text : string.Concat(text.AsSpan(0, DetailLimit - 1), "…");

    public static string Expectation(Condition condition, IReadOnlyDictionary<string, string> seen) =>
        $"{condition.Observation} is {seen.GetValueOrDefault(condition.Observation) ?? Drift.NotReported}, not "
        + $"{condition.Operator} {condition.Value}";

    private static IReadOnlyList<Condition> Verifications(PlanStep step, bool rollback) =>
        rollback ? TakenBack.GetConditions(step) : step.Verifications;

    private ActionSpec? Spec(PlanStep step, bool rollback)
    {
        var name = rollback ? step.Rollback : step.Action;
        return name is not null && connections.Find(tenant, step.Target.Connection) is { } connection
            ? connections.GetConnector(connection).Actions.GetValueOrDefault(name)
            : null;
    }

    /// <summary>Whether the step's verifications hold now: null when there are none or they cannot be seen.</summary>
    private async Task<bool?> HoldsAsync(PlanStep step, bool rollback, CancellationToken cancellationToken)
    {
        if (Verifications(step, rollback).Count == 0)
            return null;
        var (seen, _, _, _) = await LookAsync(step.Target, cancellationToken);
        if (seen is null)
            return null;
        var each = Verifications(step, rollback).Select(condition => condition.Holds(seen)).ToList();
        if (each.Contains(false))
            return false;
        return each.Contains(null) ? null : true;
    }

    private async Task<OperationStatus> LookUpAsync(
        PlanStep step, bool rollback, string operationId, CancellationToken cancellationToken)
    {
        var action = rollback ? step.Rollback : step.Action;
        if (action is null || connections.Find(tenant, step.Target.Connection) is not { } connection)
            return OperationStatus.CannotTell;
        var call = new ActionCall(operationId, action, step.Target, step.Arguments);
        var outcome = await CallAsync(
            token => connections.GetConnector(connection).LookUpAsync(connection, call, token), ReadTimeout + Grace, cancellationToken);
        return outcome is CallOutcome<OperationStatus>.Done(var status) ? status : OperationStatus.CannotTell;
    }

    private async Task<CallOutcome<T>> CallAsync<T>(
        Func<CancellationToken, Task<CallOutcome<T>>> call, TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await call(giveUp.Token).WaitAsync(atMost, clock, cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (TimeoutException)
        {
            await giveUp.CancelAsync();
            return new CallOutcome<T>.Unknown($"No answer within {atMost.TotalSeconds:0} s.");
        }
        catch (Exception problem)
        {
            logger.ConnectorThrew(problem);
            return new CallOutcome<T>.Unknown("The connector failed before it could tell what happened.");
        }
    }
}
