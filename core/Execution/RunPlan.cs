using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Execution;

/// <summary>
/// Carries out what is approved about a subject, or goes on with what a bot that has ended began. Asking again is harmless:
/// the ledger says whether there is anything left to do. Ends when the run has an outcome.
/// </summary>
public sealed record RunPlan(TenantId Tenant, ProposalSubject Subject) : IRequest<Unit>;

internal sealed class RunPlanHandler(Executor executor) : IRequestHandler<RunPlan, Unit>
{
    public async Task<Unit> Handle(RunPlan request, CancellationToken cancellationToken)
    {
        await executor.RunAsync(request.Tenant, request.Subject, cancellationToken);
        return Unit.Value;
    }
}
