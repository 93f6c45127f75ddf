using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Gates;

/// <summary>Gives and takes roles, on record. A tenant never loses its last administrator.</summary>
internal sealed class AssignRoleHandler(DecisionService recorder, ConfiguredAccess access) : IRequestHandler<AssignRole, RequestResult>
{
    private const int MaxIdLength = 128;

    public Task<RequestResult> Handle(AssignRole request, CancellationToken cancellationToken) =>
        recorder.RecordAsync(request.Tenant, null, state => Decide(state, request), null, cancellationToken);

    private Outcome Decide(TenantState state, AssignRole command)
    {
        if (!access.GetRoles(state, command.By.ObjectId).Contains(Role.Administrator))
            return Outcome.Refuse(null, Refusal.NotAllowed, $"Only administrators of {state.Name} may give or take roles.");
        var id = command.To.ObjectId;
        if (id.Value.Length is 0 or > MaxIdLength || id.Value.Any(char.IsWhiteSpace) || !Enum.IsDefined(command.Role))
            return Outcome.Refuse(null, Refusal.BadInput,
                "Name a person by Entra object id, and one of the roles technician, approver, manager, administrator or auditor.");
        var who = GateMessages.Said(command.To.Name);
        var what = command.Role.ToString().ToLowerInvariant();
        // What is on record counts, not what local mode grants to everybody.
        var isOnRecord = state.Roles.ContainsKey((id, command.Role))
            || (!access.EverybodyIsAdministrator && access.GetRoles(state, id).Contains(command.Role));
        if (isOnRecord == command.Held)
            return Outcome.AlreadySo(command.Held
                ? $"{who} is {what} of {state.Name} already."
                : $"{who} is not {what} of {state.Name}; nothing was taken.");
        if (!command.Held && command.Role == Role.Administrator && !access.EverybodyIsAdministrator
            && access.GetHolders(state, Role.Administrator).Count <= 1)
            return Outcome.Refuse(null, Refusal.NotPossible,
                $"{who} is the last administrator of {state.Name}; make somebody else administrator first.");
        return Outcome.On(state, StreamId.Access, command.By, command.Correlation,
            new RoleAssigned(id.Folded, command.To.Name, command.Role, command.Held),
            command.Held ? $"{who} is now {what} of {state.Name}." : $"{who} is no longer {what} of {state.Name}.");
    }
}
