using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Secrets;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.ConnectionChanges;

/// <summary>
/// Deletes the secrets of a connection that nothing will use any more: those of what was rejected, withdrawn or expired, and those that
/// were replaced or removed.
/// </summary>
internal sealed class SecretCleanup(
    ILedger ledger, TenantStates states, StoredSecrets secrets, RotatingSecrets rotating, InstalledConnectors installed)
    : ILedgerSubscription
{
    public string Name => "connection-secrets";

    public string? GetPartitionKey(LedgerEntry entry) => FindConnection(entry) is { } name ? $"{entry.Tenant}/{name}" : null;

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        var name = FindConnection(entry)!;
        var state = await states.GetAsync(entry.Tenant, cancellationToken);
        var used = ConnectionChangeRules.SecretsInUse(state);
        if (entry.Fact is ConnectionMade or ConnectionRemoved)
            installed.Forget(name);
        var earlier = await EarlierAsync(entry, name, cancellationToken);
        foreach (var value in earlier.Where(value => !used.Contains(value)))
            await DeleteAsync(entry.Tenant, new(value), cancellationToken);
    }

    /// <summary>What the vendor gave in its place first, since only the secret tells where that is.</summary>
    private async Task DeleteAsync(TenantId tenant, SecretReference reference, CancellationToken cancellationToken)
    {
        if (StoredSecrets.IsKept(reference) && secrets.Read(reference) is { } initial)
            await rotating.DeleteAsync(tenant, initial, cancellationToken);
        await secrets.DeleteAsync(tenant, reference, cancellationToken);
    }

    /// <summary>What was once asked for, or in use.</summary>
    private async Task<IEnumerable<string>> EarlierAsync(LedgerEntry entry, string name, CancellationToken cancellationToken)
    {
        var stream = await ledger.ReadStreamAsync(entry.Tenant, entry.Stream, cancellationToken);
        return stream.SelectMany(earlier => earlier.Fact switch
        {
            ProposalStaged staged => ConnectionChange.GetSettings(staged.Observed).Values,
            ConnectionMade made when made.Name == name => made.Settings.Values,
            _ => [],
        });
    }

    private static string? FindConnection(LedgerEntry entry) => entry.Fact switch
    {
        ConnectionMade made => made.Name,
        ConnectionRemoved removed => removed.Name,
        _ => ProposalSubject.From(entry.Stream) is { Kind: ConnectionChange.SubjectKind } subject
            ? ConnectionChange.GetName(subject)
            : null,
    };
}
