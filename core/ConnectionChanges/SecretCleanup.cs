using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.ConnectionChanges;

/// <summary>
/// Deletes the secrets of a connection that nothing will use any more: those of what was rejected, withdrawn or expired, and those that
/// were replaced or removed.
/// </summary>
internal sealed class SecretCleanup(ILedger ledger, TenantStates states, StoredSecrets secrets) : ILedgerSubscription
{
    public string Name => "connection-secrets";

    public string? GetPartitionKey(LedgerEntry entry) =>
        ProposalSubject.From(entry.Stream) is { Kind: ConnectionChange.SubjectKind } subject ? $"{entry.Tenant}/{subject.Id}" : null;

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        var subject = ProposalSubject.From(entry.Stream)!;
        var state = await states.GetAsync(entry.Tenant, cancellationToken);
        // While one is asked for or carried out, what was asked for before it may be its own as well.
        if (state.FindProposal(subject) is not { } proposal || IsUnderWay(proposal))
            return;
        var used = state.Get<MadeConnections>().Find(entry.Tenant, subject.Id)?.Settings.Values.ToHashSet(StringComparer.Ordinal) ?? [];
        foreach (var earlier in await ledger.ReadStreamAsync(entry.Tenant, subject.Stream, cancellationToken))
        {
            if (earlier.Fact is not ProposalStaged staged)
                continue;
            foreach (var value in staged.Observed.Values.Where(value => !used.Contains(value)))
                await secrets.DeleteAsync(entry.Tenant, new SecretReference(value), cancellationToken);
        }
    }

    private static bool IsUnderWay(Proposal proposal) => proposal.IsPending
        || proposal.Phase is ProposalPhase.Approved or ProposalPhase.Executing or ProposalPhase.Undoing;
}
