using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Gates;

/// <summary>Stop the line: whoever sees trouble may stop it; somebody else who decides lets it go on. Pure.</summary>
internal static class Freezes
{
    private const int LongestReason = 500;

    public static string Sentence(string client, Freeze freeze) =>
        $"{client} is frozen since {Sentences.Utc(freeze.At)} by {Sentences.Said(freeze.By.Name)}: {Sentences.Stop(Sentences.Said(freeze.Reason))} Nothing is approved or executed until another approver or administrator lifts it.";

    public static Outcome Set(TenantState state, SetFreeze command, IReadOnlySet<Role> roles)
    {
        if (!roles.Contains(Role.Technician) && !roles.Contains(Role.Approver) && !roles.Contains(Role.Administrator))
            return Outcome.Refuse(null, Refusal.NotAllowed, $"Only technicians, approvers and administrators of {state.Name} may freeze it.");
        if (state.Freeze is { } freeze)
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
        if (state.Freeze is not { } freeze)
            return Outcome.Refuse(null, Refusal.NotPossible, $"{state.Name} is not frozen.");
        if (freeze.By.IsSame(command.By.ObjectId))
            return Outcome.Refuse(null, Refusal.OwnRequest, $"You froze {state.Name} yourself at {Sentences.Utc(freeze.At)}; somebody else must lift it.");
        var reason = string.IsNullOrWhiteSpace(command.Reason) ? null : command.Reason.Trim();
        return reason is { Length: > LongestReason }
            ? Outcome.Refuse(null, Refusal.BadInput, $"The reason may have {LongestReason} characters at most; yours has {reason.Length}.")
            : Outcome.On(state, StreamId.Freeze, command.By, command.Correlation, new FreezeLifted(reason),
                $"The freeze of {state.Name} is lifted; what waits can be approved again.");
    }
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
