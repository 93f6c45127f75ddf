using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Gates;

/// <summary>Stop the line: whoever sees trouble may stop it; somebody else who decides lets it go on. Pure.</summary>
internal static class Freezes
{
    private const int LongestReason = 500;

    public static string Sentence(string client, Freeze freeze)
    {
        var (at, reason) =
            (Sentences.Utc(freeze.At),
                Sentences.Stop(
                    Sentences.Said(freeze.Reason, freeze.Cause is FreezeCause.BrokenSeal or FreezeCause.OutOfBand ? LongestReason : 120)));
        return freeze.Cause switch
        {
            FreezeCause.Everything =>
                $"Everything is frozen since {at} by {Sentences.Said(freeze.By.Name)}: {reason} Nothing is approved or executed for any "
                + $"client until another administrator says 'unfreeze everything'.",
            FreezeCause.BrokenSeal =>
                $"{client} is frozen since {at} by the bot itself: {reason} Nothing is approved or executed until an administrator has "
                + $"looked into it and says 'unfreeze' for {client}.",
            FreezeCause.OutOfBand =>
                $"{client} is frozen since {at} by the bot itself: {reason} Nothing is approved or executed until an approver or "
                + $"administrator has looked into it and says 'unfreeze' for {client}.",
            _ => $"{client} is frozen since {at} by {Sentences.Said(freeze.By.Name)}: {reason} Nothing is approved or executed until "
                + $"another approver or administrator lifts it.",
        };
    }

    public static Outcome Set(TenantState state, SetFreeze command, IReadOnlySet<Role> roles)
    {
        if (!roles.Contains(Role.Technician) && !roles.Contains(Role.Approver) && !roles.Contains(Role.Administrator))
            return Outcome.Refuse(null, Refusal.NotAllowed,
                $"Only technicians, approvers and administrators of {state.Name} may freeze it.");
        if (state.OwnFreeze is { } freeze)
            return Outcome.Refuse(null, Refusal.AlreadyDecided, Sentence(state.Name, freeze));
        var reason = command.Reason?.Trim() ?? "";
        return reason.Length is 0 or > LongestReason
            ? Outcome.Refuse(null, Refusal.BadInput, $"Say why, in at most {LongestReason} characters: everybody who is stopped reads it.")
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
                ? $"{state.Name} is frozen with every other client since {Sentences.Utc(all.At)}; an administrator lifts that with "
                    + $"'unfreeze everything'."
                : $"{state.Name} is not frozen.");
        }
        if (freeze.Cause == FreezeCause.BrokenSeal && !roles.Contains(Role.Administrator))
            return Outcome.Refuse(null, Refusal.NotAllowed,
                $"{state.Name} was frozen because its record may have been changed; only administrators lift that, after they have "
                + $"looked into it.");
        if (freeze.By.IsSame(command.By.ObjectId))
            return Outcome.Refuse(null, Refusal.OwnRequest,
                $"You froze {state.Name} yourself at {Sentences.Utc(freeze.At)}; somebody else must lift it.");
        var reason = string.IsNullOrWhiteSpace(command.Reason) ? null : command.Reason.Trim();
        return reason is { Length: > LongestReason }
            ? Outcome.Refuse(null, Refusal.BadInput, $"The reason may have {LongestReason} characters at most; yours has {reason.Length}.")
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
            return Outcome.Refuse(null, Refusal.AlreadyDecided, Sentence(state.Name, freeze));
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
                $"You froze everything yourself at {Sentences.Utc(freeze.At)}; another administrator must lift it.")
            : Outcome.On(state, StreamId.Freeze, command.By, command.Correlation,
                new FreezeLifted(command.Reason) { Everything = true }, "");
    }

    /// <summary>Why the words that go with it do not do; null when they do.</summary>
    public static string? WhyNotReason(string? reason, bool needed) => reason?.Trim() switch
    {
        null or "" when needed => $"Say why, in at most {LongestReason} characters: everybody who is stopped reads it.",
        { Length: > LongestReason } => $"The reason may have {LongestReason} characters at most.",
        _ => null,
    };
}

internal sealed class SetFreezeHandler(Recorder recorder, IAccess access) : IRequestHandler<SetFreeze, Answer>
{
    public Task<Answer> Handle(SetFreeze request, CancellationToken cancellationToken) => recorder.RecordAsync(
        request.Tenant, null, state => Freezes.Set(state, request, access.RolesOf(state, request.By.ObjectId)), null, cancellationToken);
}

internal sealed class LiftFreezeHandler(Recorder recorder, IAccess access) : IRequestHandler<LiftFreeze, Answer>
{
    public Task<Answer> Handle(LiftFreeze request, CancellationToken cancellationToken) => recorder.RecordAsync(
        request.Tenant, null, state => Freezes.Lift(state, request, access.RolesOf(state, request.By.ObjectId)), null, cancellationToken);
}
