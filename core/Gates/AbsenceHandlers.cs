using MediatR;

namespace DevOpsAI.Gates;

internal sealed class SetAbsenceHandler(DecisionService recorder, IAccess access, GatePolicies policies, TimeProvider clock)
    : IRequestHandler<SetAbsence, RequestResult>
{
    public Task<RequestResult> Handle(SetAbsence request, CancellationToken cancellationToken) => recorder.RecordAsync(
        request.Tenant,
        null,
        state => AbsenceRules.Set(state, request, id => access.GetRoles(state, id), policies.For(request.Tenant), clock.GetUtcNow()),
        null,
        cancellationToken);
}

internal sealed class EndAbsenceHandler(DecisionService recorder, IAccess access,
    TimeProvider clock) : IRequestHandler<EndAbsence, RequestResult>
{
    public Task<RequestResult> Handle(EndAbsence request, CancellationToken cancellationToken) => recorder.RecordAsync(
        request.Tenant, null, state => AbsenceRules.End(state, request, id => access.GetRoles(state, id), clock.GetUtcNow()), null,
        cancellationToken);
}
