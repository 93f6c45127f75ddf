using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Common;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Connections.Secrets;

/// <summary>
/// Secrets among the tenant's documents beside the ledger, each encrypted (AES-256-GCM) under a key of its own that is derived from the
/// tenant's.
/// </summary>
internal sealed class DocumentSecrets(IDocuments documents, IKeyRing keys, TimeProvider clock) : ISecretStore
{
    private const string Kind = "connection-secret";
    private const int IdLength = 32;

    /// <summary>Of an id: when it was made, in hexadecimal milliseconds. In ids of before it is random.</summary>
    private const int TimeLength = 12;

    private readonly SecretDocuments stored = new(documents, keys, Kind);

    public async Task<SecretReference> PutAsync(TenantId tenant, string secret, CancellationToken cancellationToken)
    {
        var time = clock.GetUtcNow().ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture);
        var id = time + RandomNumberGenerator.GetHexString(IdLength - TimeLength, lowercase: true);
        var plain = Encoding.UTF8.GetBytes(secret);
        try
        {
            if (await stored.TryPutAsync(tenant, id, plain, null, cancellationToken))
                return SecretReference.ForStored($"{tenant.Value}/{id}");
            throw new SecretStoreUnavailableException("The secret could not be kept: its name is taken. Try again.");
        }
        catch (LedgerUnavailableException unavailable) when (unavailable is not TenantLockedException)
        {
            throw new SecretStoreUnavailableException("The secret cannot be kept at the moment. Try again.", unavailable);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    public async Task<string?> ReadAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        if (Parse(reference) is not var (tenant, id))
            return null;
        try
        {
            return await stored.FindAsync(tenant, id, cancellationToken) is var (content, _) ? Encoding.UTF8.GetString(content) : null;
        }
        catch (LedgerUnavailableException unavailable)
        {
            throw new SecretUnavailableException(reference, "cannot be read at the moment", unavailable);
        }
    }

    public bool IsKept(TenantId tenant, SecretReference reference) => Parse(reference) is var (owner, _) && owner == tenant;

    public async Task DeleteAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        if (Parse(reference) is not var (tenant, id))
            return;
        try
        {
            await stored.DeleteAsync(tenant, id, cancellationToken);
        }
        catch (LedgerUnavailableException unavailable)
        {
            throw new SecretStoreUnavailableException("The secret cannot be removed at the moment.", unavailable);
        }
    }

    public async IAsyncEnumerable<KeptSecret> ListAsync(
        TenantId tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var document in documents.ListAsync(DocumentScope.From(tenant), Kind, "", cancellationToken))
            yield return new(SecretReference.ForStored($"{tenant.Value}/{document.Id}"), GetTime(document.Id));
    }

    /// <summary>Long ago where the id has no time that can be.</summary>
    private DateTimeOffset GetTime(string id)
    {
        var canBe = long.TryParse(
            id.AsSpan(0, Math.Min(TimeLength, id.Length)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var time)
            && time <= clock.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds();
        return canBe ? DateTimeOffset.FromUnixTimeMilliseconds(time) : DateTimeOffset.UnixEpoch;
    }

    private static (TenantId Tenant, string Id)? Parse(SecretReference reference) =>
        reference.StoredName?.Split('/') is [var owner, { Length: IdLength } id] && TenantId.TryParse(owner, out var tenant)
        && id.All(char.IsAsciiHexDigitLower)
            ? (tenant, id)
            : null;
}
