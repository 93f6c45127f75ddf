using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>Whether a client has somebody who gives roles: by the settings, and by what was given and taken by command since.</summary>
public sealed class Administrators
{
    private readonly Lazy<ConfiguredAccess> access;
    private readonly EntryCatalog catalog;

    internal Administrators(Lazy<ConfiguredAccess> access, EntryCatalog catalog) => (this.access, this.catalog) = (access, catalog);

    public bool HasOne(TenantState state) => access.Value.GetHolders(state, Role.Administrator).Count > 0;

    /// <summary>For those who do not hold the ledger: reads what it says of access and nothing else.</summary>
    /// <param name="archive">Null where there is no ledger yet.</param>
    /// <exception cref="LedgerUnavailableException">It cannot be read now.</exception>
    public async Task<bool> HasOneAsync(TenantId tenant, ILedgerArchive? archive, CancellationToken cancellationToken)
    {
        var (state, roles) = (new TenantState(tenant, catalog), AccessState.Empty);
        if (archive is not null)
        {
            var codec = new EntryCodec(catalog);
            await foreach (var stored in archive.ReadStreamAsync(tenant, StreamId.Access, cancellationToken))
                roles = roles.Apply(codec.Decode(stored, null), state);
        }
        return HasOne(state.With(roles));
    }
}
