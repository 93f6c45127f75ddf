using DevOpsAI.Common;
using MediatR;

namespace DevOpsAI.Gates;

/// <summary>State, decision, append: the click path.</summary>
internal sealed class DecideHandler(DecisionService recorder, ConfiguredAccess access, DecisionContexts contexts, TimeProvider clock)
    : IRequestHandler<Decide, RequestResult>
{
    public async Task<RequestResult> Handle(Decide request, CancellationToken cancellationToken)
    {
        var context = contexts.For(request.Tenant);
        return await recorder.RecordAsync(
            request.Tenant,
            request.Subject,
            state => DecisionRules.Decide(state, request, access.GetStanding(state, request.By.ObjectId), clock.GetUtcNow(), context),
            () => Failpoints.Hit(Failpoint.DecisionAppended),
            request.Seen,
            cancellationToken);
    }
}
