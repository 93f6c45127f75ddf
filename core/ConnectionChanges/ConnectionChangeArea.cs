using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.ConnectionChanges;

/// <summary>Connections are made, changed and removed by decision; the effect is what is recorded of them.</summary>
internal sealed class ConnectionChangeArea : IProposalArea
{
    public string Kind => ConnectionChange.SubjectKind;

    public string GateArea => "connections";

    public bool IsItsOwnEffect => true;

    public bool MayBeDoneAlone => false;

    public string? CheckEffect(TenantState state, Proposal proposal)
    {
        if (ConnectionChange.Read(proposal) is not { } change)
            return "What is asked for cannot be read any more.";
        return change.Before == ConnectionChange.Fingerprint(state.Get<MadeConnections>().Find(state.Tenant, change.Name))
            ? null
            : $"{change.Name} is not what it was when this was asked for. Ask for it again.";
    }

    public Aftermath AfterDecision(TenantState state, Proposal proposal, DecisionKind kind) => Aftermath.Nothing;

    public Aftermath AfterRun(TenantState state, Proposal proposal, Run run, ExecutionOutcome outcome)
    {
        if (outcome != ExecutionOutcome.Verified || ConnectionChange.Read(proposal) is not { } change)
            return Aftermath.Nothing;
        Fact fact = change.Kind == ConnectionChangeKind.Disconnect
            ? new ConnectionRemoved(change.Name)
            : new ConnectionMade(change.Name, change.Connector, change.Settings);
        return new([state.GetVersion(StreamId.Connections)], [(StreamId.Connections, fact)]);
    }
}
