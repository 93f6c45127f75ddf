using MediatR;

namespace DevOpsAI.Gates;

internal sealed class SetAbsenceHandler(Recorder recorder, IAccess access, GatePolicies policies, TimeProvider clock)
    : IRequestHandler<SetAbsence, Answer>
{
    public Task<Answer> Handle(SetAbsence request, CancellationToken cancellationToken) => recorder.RecordAsync(
        request.Tenant,
        null,
        state => Absences.Set(state, request, id => access.RolesOf(state, id), policies.For(request.Tenant), clock.GetUtcNow()),
        null,
        cancellationToken);
}

internal sealed class EndAbsenceHandler(Recorder recorder, IAccess access, TimeProvider clock) : IRequestHandler<EndAbsence, Answer>
{
    public Task<Answer> Handle(EndAbsence request, CancellationToken cancellationToken) => recorder.RecordAsync(
        request.Tenant, null, state => Absences.End(state, request, id => access.RolesOf(state, id), clock.GetUtcNow()), null,
        cancellationToken);
}
