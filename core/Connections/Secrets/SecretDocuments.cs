using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Connections.Secrets;

/// <summary>
/// Documents of a tenant whose content is encrypted (AES-256-GCM), each under a key of its own that is derived from the tenant's.
/// </summary>
/// <param name="kind">What sort of document, as in <c>connection-secret</c>.</param>
internal sealed class SecretDocuments(IDocuments documents, IKeyRing keys, string kind)
{
    /// <summary>What is in a document, with the tag that a later write must name; null when there is none that can be opened.</summary>
    /// <exception cref="LedgerUnavailableException">The store, or the tenant's key, is not there now.</exception>
    public async Task<(byte[] Content, string Tag)?> FindAsync(TenantId tenant, string id, CancellationToken cancellationToken)
    {
        if (await documents.FindAsync(DocumentScope.From(tenant), kind, id, cancellationToken) is not { } document
            || document.Value.Length < EncryptedBox.NonceSize + EncryptedBox.TagSize)
            return null;
        var key = await KeyAsync(tenant, id, cancellationToken);
        var content = Open(key, Info(tenant, id), document.Value.Span);
        CryptographicOperations.ZeroMemory(key);
        return content is null ? null : (content, document.Tag);
    }

    /// <summary>Writes unless somebody was faster, as <see cref="IDocuments.TryPutAsync"/> does; durable when it is true.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be written now.</exception>
    public async Task<bool> TryPutAsync(
        TenantId tenant, string id, ReadOnlyMemory<byte> content, string? expectedTag, CancellationToken cancellationToken)
    {
        var stored = new byte[EncryptedBox.NonceSize + content.Length + EncryptedBox.TagSize];
        RandomNumberGenerator.Fill(stored.AsSpan(0, EncryptedBox.NonceSize));
        var key = await KeyAsync(tenant, id, cancellationToken);
        EncryptedBox.Encrypt(
            key, stored.AsSpan(0, EncryptedBox.NonceSize), Info(tenant, id), content.Span, stored.AsSpan(EncryptedBox.NonceSize));
        CryptographicOperations.ZeroMemory(key);
        return await documents.TryPutAsync(DocumentScope.From(tenant), kind, id, stored, expectedTag, cancellationToken);
    }

    /// <summary>Removes it so that its bytes are gone; nothing happens when there is none.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be removed now.</exception>
    public ValueTask DeleteAsync(TenantId tenant, string id, CancellationToken cancellationToken) =>
        documents.DeleteAsync(DocumentScope.From(tenant), kind, id, cancellationToken);

    private static byte[]? Open(byte[] key, byte[] info, ReadOnlySpan<byte> stored)
    {
        var content = new byte[stored.Length - EncryptedBox.NonceSize - EncryptedBox.TagSize];
        var isOpen = EncryptedBox.TryOpen(
            key, stored[..EncryptedBox.NonceSize], info, stored[EncryptedBox.NonceSize..], content);
        return isOpen ? content : null;
    }

    private async ValueTask<byte[]> KeyAsync(TenantId tenant, string id, CancellationToken cancellationToken)
    {
        var own = (await keys.ForEncryptionAsync(tenant, [], cancellationToken)).Own;
        var key = new byte[EncryptedBox.KeySize];
        return own.TryDerive(Info(tenant, id), key)
            ? key
            : throw new LedgerUnavailableException($"The key of {tenant} is not at hand.");
    }

    private byte[] Info(TenantId tenant, string id) => Encoding.UTF8.GetBytes($"{kind}|{tenant.Value}|{id}");
}
