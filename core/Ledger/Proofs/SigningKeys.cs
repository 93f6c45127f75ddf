using System.Security.Cryptography;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>The public halves of the keys that have signed checkpoints here, so that those of an earlier key stay readable.</summary>
public sealed class SigningKeys(IDocuments documents)
{
    private const string Kind = "signing-key";

    /// <summary>SubjectPublicKeyInfo of each, in no order that means anything.</summary>
    /// <exception cref="LedgerUnavailableException">The documents cannot be read now.</exception>
    public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> AllAsync(CancellationToken cancellationToken)
    {
        var all = new List<ReadOnlyMemory<byte>>();
        await foreach (var document in documents.ListAsync(DocumentScope.Host, Kind, "", cancellationToken))
            all.Add(document.Value);
        return all;
    }

    /// <summary>The keys under the name of a ledger. One that is kept but is no key is left out.</summary>
    public async ValueTask<IReadOnlyList<VerifierKey>> OfAsync(string origin, CancellationToken cancellationToken) =>
        Under(origin, await AllAsync(cancellationToken));

    /// <summary>As <see cref="OfAsync"/>, of keys that were read already.</summary>
    public static IReadOnlyList<VerifierKey> Under(string origin, IEnumerable<ReadOnlyMemory<byte>> known)
    {
        var keys = new List<VerifierKey>();
        foreach (var key in known)
        {
            try
            {
                keys.Add(VerifierKey.Create(origin, key.Span));
            }
            catch (NoteFormatException)
            {
                // Whoever bent it gains nothing: what the key signed is then signed by nobody known.
            }
        }
        return keys;
    }

    /// <summary>Remembers a key; false when it was known.</summary>
    public ValueTask<bool> AddAsync(ReadOnlyMemory<byte> publicKey, CancellationToken cancellationToken) =>
        documents.TryPutAsync(DocumentScope.Host, Kind, Convert.ToHexStringLower(SHA256.HashData(publicKey.Span)), publicKey, null,
            cancellationToken);
}
