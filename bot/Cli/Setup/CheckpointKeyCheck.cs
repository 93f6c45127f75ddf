using System.Security.Cryptography;
using DevOpsAI.Ledger.Proofs;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>Has Key Vault sign random bytes with the key of the checkpoints, and holds the signature against the key.</summary>
internal sealed class CheckpointKeyCheck(IOptions<CheckpointOptions> options, Lazy<ICheckpointSigner> signer) : ISetupCheck
{
    private const string Rights = "The bot's identity needs the rights keys/get and keys/sign (role Key Vault Crypto User) for it.";

    public string Name => "checkpoint-key";

    public async Task<IReadOnlyList<SetupFinding>> RunAsync(CancellationToken cancellationToken)
    {
        if (options.Value.KeyVaultKey is not { Length: > 0 } key)
            return SetupFinding.Skipped("Ledger:KeyVaultKey is not set: a file holds the key, and the first start makes it.");
        try
        {
            var message = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
            var signature = await signer.Value.SignAsync(message, cancellationToken);
            using var holder = ECDsa.Create();
            holder.ImportSubjectPublicKeyInfo((await signer.Value.PublicKeyAsync(cancellationToken)).Span, out _);
            return holder.VerifyData(message, signature.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                ? SetupFinding.Ok($"{key} signs.")
                : SetupFinding.Missing($"What {key} signed does not hold against its public key. Name another key, of EC P-256.");
        }
        catch (SigningKeyException refused)
        {
            return SetupFinding.Missing($"{refused.Message.TrimEnd('.')}. {Rights}");
        }
    }
}
