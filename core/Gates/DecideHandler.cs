using DevOpsAI.Common;
using DevOpsAI.Ledger;
using MediatR;

namespace DevOpsAI.Gates;

/// <summary>State, decision, append: the click path.</summary>
internal sealed class DecideHandler(
    Recorder recorder, ConfiguredAccess access, GatePolicies policies, Catalogue catalogue, KillSwitch killSwitch, TimeProvider clock, IExecutionHold? hold = null)
    : IRequestHandler<Decide, Answer>
{
    public async Task<Answer> Handle(Decide request, CancellationToken cancellationToken)
    {
        var rules = DecisionContext.Of(request.Tenant, policies, catalogue, killSwitch, clock, hold);
        return await recorder.RecordAsync(
            request.Tenant,
            request.IncidentId,
            state => DecisionRules.Decide(state, request, access.StandingOf(state, request.By.ObjectId), clock.GetUtcNow(), rules),
            () => Failpoints.Hit(Failpoint.DecisionAppended),
            cancellationToken);
    }
}
