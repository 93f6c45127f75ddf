using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Common;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Connections;

/// <summary>
/// Secrets that people typed into a form: kept among the tenant's documents beside the ledger, each encrypted (AES-256-GCM) under a key of
/// its own that is derived from the tenant's, and never on the ledger, in a log or on a card. What is on record is a reference.
/// </summary>
public sealed class StoredSecrets(IDocuments documents, IKeyRing keys)
{
    private const string Kind = "connection-secret";
    private readonly ConcurrentDictionary<string, string> read = new(StringComparer.Ordinal);

    /// <summary>Keeps a secret; it is durable when this returns.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be kept now.</exception>
    public async Task<SecretReference> PutAsync(TenantId tenant, string secret, CancellationToken cancellationToken)
    {
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var plain = Encoding.UTF8.GetBytes(secret);
        var stored = new byte[EncryptedBox.NonceSize + plain.Length + EncryptedBox.TagSize];
        RandomNumberGenerator.Fill(stored.AsSpan(0, EncryptedBox.NonceSize));
        var key = await KeyAsync(tenant, id, cancellationToken);
        EncryptedBox.Encrypt(
            key, stored.AsSpan(0, EncryptedBox.NonceSize), Info(tenant, id), plain, stored.AsSpan(EncryptedBox.NonceSize));
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(plain);
        if (!await documents.TryPutAsync(DocumentScope.From(tenant), Kind, id, stored, null, cancellationToken))
            throw new LedgerUnavailableException("The secret could not be kept: its name is taken.");
        return SecretReference.ForStored($"{tenant.Value}/{id}");
    }

    /// <summary>
    /// The secret of this name (<see cref="SecretReference.StoredName"/>), or null when there is none. The first reading waits for the
    /// store; a secret never changes under its name, so later ones do not.
    /// </summary>
    public string? Read(string name)
    {
        if (read.TryGetValue(name, out var known))
            return known;
        if (name.Split('/') is not [var owner, { Length: 32 } id] || !TenantId.TryParse(owner, out var tenant)
            || !id.All(char.IsAsciiHexDigitLower))
            return null;
        var secret = Task.Run(() => ReadAsync(tenant, id)).GetAwaiter().GetResult();
        if (secret is not null)
            read[name] = secret;
        return secret;
    }

    /// <summary>Removes a secret so that its bytes are gone; nothing happens when it is none that is kept here.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be removed now.</exception>
    public async Task DeleteAsync(TenantId tenant, SecretReference reference, CancellationToken cancellationToken)
    {
        if (reference.StoredName is not { } name || name.Split('/') is not [var owner, var id] || owner != tenant.Value)
            return;
        await documents.DeleteAsync(DocumentScope.From(tenant), Kind, id, cancellationToken);
        read.TryRemove(name, out _);
    }

    /// <exception cref="SecretUnavailableException">The store, or the tenant's key, is not there now.</exception>
    private async Task<string?> ReadAsync(TenantId tenant, string id)
    {
        try
        {
            if (await documents.FindAsync(DocumentScope.From(tenant), Kind, id, CancellationToken.None) is not { } document)
                return null;
            var stored = document.Value.Span;
            if (stored.Length < EncryptedBox.NonceSize + EncryptedBox.TagSize)
                return null;
            var key = await KeyAsync(tenant, id, CancellationToken.None);
            return Open(key, Info(tenant, id), document.Value.Span);
        }
        catch (LedgerUnavailableException unavailable)
        {
            throw new SecretUnavailableException(
                SecretReference.ForStored($"{tenant.Value}/{id}"), "cannot be read at the moment", unavailable);
        }
    }

    private static string? Open(byte[] key, byte[] info, ReadOnlySpan<byte> stored)
    {
        var plain = new byte[stored.Length - EncryptedBox.NonceSize - EncryptedBox.TagSize];
        var isOpen = EncryptedBox.TryOpen(
            key, stored[..EncryptedBox.NonceSize], info, stored[EncryptedBox.NonceSize..], plain);
        CryptographicOperations.ZeroMemory(key);
        var secret = isOpen ? Encoding.UTF8.GetString(plain) : null;
        CryptographicOperations.ZeroMemory(plain);
        return secret;
    }

    private async ValueTask<byte[]> KeyAsync(TenantId tenant, string id, CancellationToken cancellationToken)
    {
        var own = (await keys.ForEncryptionAsync(tenant, [], cancellationToken)).Own;
        var key = new byte[EncryptedBox.KeySize];
        return own.TryDerive(Info(tenant, id), key)
            ? key
            : throw new LedgerUnavailableException($"The key of {tenant} is not at hand.");
    }

    private static byte[] Info(TenantId tenant, string id) => Encoding.UTF8.GetBytes($"{Kind}|{tenant.Value}|{id}");
}
