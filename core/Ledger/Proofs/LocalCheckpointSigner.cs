namespace DevOpsAI.Ledger.Proofs;

/// <summary>
/// The key file of this bot, opened at first use. A file that is missing although its key has signed before is not replaced: that would go
/// unnoticed until an auditor stumbles over it.
/// </summary>
internal sealed class LocalCheckpointSigner(string path, SigningKeys known) : ICheckpointSigner, IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private LocalSigningKey? key;

    public async ValueTask<ReadOnlyMemory<byte>> PublicKeyAsync(CancellationToken cancellationToken) =>
        await (await KeyAsync(cancellationToken)).PublicKeyAsync(cancellationToken);

    public async ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        await (await KeyAsync(cancellationToken)).SignAsync(message, cancellationToken);

    public void Dispose()
    {
        key?.Dispose();
        turn.Dispose();
    }

    private async ValueTask<LocalSigningKey> KeyAsync(CancellationToken cancellationToken)
    {
        if (key is not null)
            return key;
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (key is null && !File.Exists(path) && (await known.AllAsync(cancellationToken)).Count > 0)
            {
                throw new SigningKeyException(
                    $"The signing key {path} is missing, although checkpoints were signed before. Restore it from a backup, "
                    + "or run 'ledger key --new' to begin with another one, which auditors and witnesses must then be told of.");
            }
            return key ??= LocalSigningKey.OpenOrCreate(path);
        }
        finally
        {
            turn.Release();
        }
    }
}
