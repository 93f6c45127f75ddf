using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using MediatR;

namespace DevOpsAI.Execution;

/// <summary>
/// Runs what a decision, or a staging at L0 and L1, allows. Its cursor stays before the entry until the run has an outcome,
/// so after a crash the entry comes again and the run is taken over.
/// </summary>
internal sealed class ExecutionSubscription(IMediator mediator) : ILedgerSubscription
{
    public string Name => "execution";

    public string? GetPartitionKey(LedgerEntry entry) => GetSubject(entry.Fact)?.Text;

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        if (GetSubject(entry.Fact) is { } subject)
            await mediator.Send(new RunPlan(entry.Tenant, subject), cancellationToken);
    }

    private static ProposalSubject? GetSubject(Fact fact) => fact switch
    {
        ProposalStaged { Terms.Level: GateLevel.L0 or GateLevel.L1 } staged => staged.About,
        ProposalDecided { Complete: true, Kind: DecisionKind.Approve or DecisionKind.ApproveWithEdits } decided => decided.About,
        _ => null,
    };
}
