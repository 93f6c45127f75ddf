using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Gates;

/// <summary>Stop the line: whoever sees trouble may stop it; somebody else who decides lets it go on. Pure.</summary>
internal static class FreezeRules
{
    private const int MaxReasonLength = 500;

    public static string Describe(string client, Freeze freeze)
    {
        var (at, reason) =
            (GateMessages.Utc(freeze.At),
                GateMessages.Stop(
                    GateMessages.Said(freeze.Reason, freeze.Cause is FreezeCause.BrokenSeal or FreezeCause.OutOfBand
                        ? MaxReasonLength : 120)));
        return freeze.Cause switch
        {
            FreezeCause.Everything =>
                $"Everything is frozen since {at} by {GateMessages.Said(freeze.By.Name)}: {reason} Nothing is approved or executed for any "
                + $"client until another administrator says 'unfreeze everything'.",
            FreezeCause.BrokenSeal =>
                $"{client} is frozen since {at} by the bot itself: {reason} Nothing is approved or executed until an administrator has "
                + $"looked into it and says 'unfreeze' for {client}.",
            FreezeCause.OutOfBand =>
                $"{client} is frozen since {at} by the bot itself: {reason} Nothing is approved or executed until an approver or "
                + $"administrator has looked into it and says 'unfreeze' for {client}.",
            _ => $"{client} is frozen since {at} by {GateMessages.Said(freeze.By.Name)}: {reason} Nothing is approved or executed until "
                + $"another approver or administrator lifts it.",
        };
    }

    public static Outcome Set(TenantState state, SetFreeze command, IReadOnlySet<Role> roles)
    {
        if (!roles.Contains(Role.Technician) && !roles.Contains(Role.Approver) && !roles.Contains(Role.Administrator))
            return Outcome.Refuse(null, Refusal.NotAllowed,
                $"Only technicians, approvers and administrators of {state.Name} may freeze it.");
        if (state.OwnFreeze is { } freeze)
            return Outcome.Refuse(null, Refusal.AlreadyDecided, Describe(state.Name, freeze));
        var reason = command.Reason?.Trim() ?? "";
        return reason.Length is 0 or > MaxReasonLength
            ? Outcome.Refuse(null, Refusal.BadInput,
                $"Say why, in at most {MaxReasonLength} characters: everybody who is stopped reads it.")
            : Outcome.On(state, StreamId.Freeze, command.By, command.Correlation, new FreezeSet(reason),
                $"{state.Name} is frozen: nothing is approved or executed until somebody other than you lifts it.");
    }

    public static Outcome Lift(TenantState state, LiftFreeze command, IReadOnlySet<Role> roles)
    {
        if (!roles.Contains(Role.Approver) && !roles.Contains(Role.Administrator))
            return Outcome.Refuse(null, Refusal.NotAllowed, $"Only approvers and administrators of {state.Name} may lift a freeze.");
        if (state.OwnFreeze is not { } freeze)
        {
            return Outcome.Refuse(null, Refusal.NotPossible, state.FrozenWithEverything is { } all
                ? $"{state.Name} is frozen with every other client since {GateMessages.Utc(all.At)}; an administrator lifts that with "
                    + $"'unfreeze everything'."
                : $"{state.Name} is not frozen.");
        }
        if (freeze.Cause == FreezeCause.BrokenSeal && !roles.Contains(Role.Administrator))
            return Outcome.Refuse(null, Refusal.NotAllowed,
                $"{state.Name} was frozen because its record may have been changed; only administrators lift that, after they have "
                + $"looked into it.");
        if (freeze.By.IsSame(command.By.ObjectId))
            return Outcome.Refuse(null, Refusal.OwnRequest,
                $"You froze {state.Name} yourself at {GateMessages.Utc(freeze.At)}; somebody else must lift it.");
        var reason = string.IsNullOrWhiteSpace(command.Reason) ? null : command.Reason.Trim();
        return reason is { Length: > MaxReasonLength }
            ? Outcome.Refuse(null, Refusal.BadInput,
                $"The reason may have {MaxReasonLength} characters at most; yours has {reason.Length}.")
            : Outcome.On(state, StreamId.Freeze, command.By, command.Correlation, new FreezeLifted(reason),
                state.FrozenWithEverything is null
                ? $"The freeze of {state.Name} is lifted; what waits can be approved again."
                : $"The freeze of {state.Name} is lifted; it stays frozen with every other client until an administrator says 'unfreeze "
                    + $"everything'.");
    }

    /// <summary>One tenant's part of stopping everything. Its own freeze, if it has one, stays as it is.</summary>
    public static Outcome SetEverything(TenantState state, FreezeEverything command, IReadOnlySet<Role> roles)
    {
        if (!roles.Contains(Role.Administrator))
            return Outcome.Refuse(null, Refusal.NotAllowed, $"Only administrators of {state.Name} may freeze it with everything else.");
        if (state.FrozenWithEverything is { } freeze)
            return Outcome.Refuse(null, Refusal.AlreadyDecided, Describe(state.Name, freeze));
        return Outcome.On(state, StreamId.Freeze, command.By, command.Correlation,
            new FreezeSet(command.Reason) { Cause = FreezeCause.Everything }, "");
    }

    /// <summary>One tenant's part of letting everything go on.</summary>
    public static Outcome LiftEverything(TenantState state, UnfreezeEverything command, IReadOnlySet<Role> roles)
    {
        if (!roles.Contains(Role.Administrator))
            return Outcome.Refuse(null, Refusal.NotAllowed, $"Only administrators of {state.Name} may lift a stop of everything.");
        if (state.FrozenWithEverything is not { } freeze)
            return Outcome.Refuse(null, Refusal.NotPossible, $"{state.Name} is not frozen with everything else.");
        return freeze.By.IsSame(command.By.ObjectId)
            ? Outcome.Refuse(null, Refusal.OwnRequest,
                $"You froze everything yourself at {GateMessages.Utc(freeze.At)}; another administrator must lift it.")
            : Outcome.On(state, StreamId.Freeze, command.By, command.Correlation,
                new FreezeLifted(command.Reason) { Everything = true }, "");
    }

    /// <summary>Why the words that go with it do not do; null when they do.</summary>
    public static string? CheckReason(string? reason, bool needed) => reason?.Trim() switch
    {
        null or "" when needed => $"Say why, in at most {MaxReasonLength} characters: everybody who is stopped reads it.",
        { Length: > MaxReasonLength } => $"The reason may have {MaxReasonLength} characters at most.",
        _ => null,
    };
}

internal sealed class SetFreezeHandler(DecisionService recorder, IAccess access) : IRequestHandler<SetFreeze, RequestResult>
{
    public Task<RequestResult> Handle(SetFreeze request, CancellationToken cancellationToken) => recorder.RecordAsync(
        request.Tenant, null, state =>
            FreezeRules.Set(state, request, access.GetRoles(state, request.By.ObjectId)), null, cancellationToken);
}

internal sealed class LiftFreezeHandler(DecisionService recorder, IAccess access) : IRequestHandler<LiftFreeze, RequestResult>
{
    public Task<RequestResult> Handle(LiftFreeze request, CancellationToken cancellationToken) => recorder.RecordAsync(
        request.Tenant, null, state =>
            FreezeRules.Lift(state, request, access.GetRoles(state, request.By.ObjectId)), null, cancellationToken);
}
