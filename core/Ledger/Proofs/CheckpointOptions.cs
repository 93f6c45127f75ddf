using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>Section <c>Ledger</c>.</summary>
public sealed class CheckpointOptions
{
    /// <summary>
    /// What the origin of every checkpoint begins with; the tenant id follows after a slash. Name it after the MSP, as in
    /// <c>ledger.msp.example</c>.
    /// </summary>
    [Required]
    public string Origin { get; set; } = Origins.Default;

    /// <summary>File with the signing key; made when it is missing. <c>checkpoint.key</c> in <c>Storage:Path</c> when not given.</summary>
    public string? SigningKeyPath { get; set; }

    /// <summary>
    /// Identifier of an EC P-256 key in Azure Key Vault that signs instead, as in <c>https://msp.vault.azure.net/keys/ledger/3f1c...</c>
    /// </summary>
    public string? KeyVaultKey { get; set; }

    /// <summary>
    /// A ledger that has grown is signed at least this often; after what people do, executions and every 256 entries it is signed soon.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan CheckpointEvery { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A ledger in which nothing happens gets a heartbeat entry this often, so that an end cut off shows as heartbeats that are missing.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan HeartbeatEvery { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Another folder that gets every checkpoint, such as a mounted container with immutable blobs.</summary>
    public string? CheckpointFolder { get; set; }

    /// <summary>
    /// A container of Azure Blob Storage that gets every checkpoint, as in <c>https://account.blob.core.windows.net/checkpoints</c>. Blobs
    /// are created there, and never written again.
    /// </summary>
    public string? CheckpointContainer { get; set; }

    /// <summary>
    /// An account key or a shared access signature for it, or where that is kept (<c>env:NAME</c>, <c>file:/path</c>). Without one Entra
    /// authenticates: a managed identity, or whoever is logged in.
    /// </summary>
    public string? CheckpointContainerKey { get; set; }

    public IList<WitnessSettings> Witnesses { get; init; } = [];

    /// <summary>How long after a start witnesses that do not answer keep anything from being carried out.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan WitnessTimeout { get; set; } = TimeSpan.FromMinutes(5);
}

/// <summary>One entry of <c>Ledger:Witnesses</c>.</summary>
public sealed class WitnessSettings
{
    /// <summary>Where <c>add-checkpoint</c> is.</summary>
    public string Url { get; set; } = "";

    /// <summary>The witness's verifier key, as it prints it at its start.</summary>
    public string Key { get; set; } = "";
}

/// <summary>Names every validation error in the section at once.</summary>
internal sealed class CheckpointOptionsValidator : IValidateOptions<CheckpointOptions>
{
    public ValidateOptionsResult Validate(string? name, CheckpointOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(CheckpointOptions options)
    {
        if (!Origins.IsPrefix(options.Origin))
            yield return "Ledger:Origin: at most 200 ASCII characters, without spaces, '+' and a slash at the end, as in "
                + "ledger.msp.example.";
        if (options is { KeyVaultKey.Length: > 0, SigningKeyPath.Length: > 0 })
            yield return "Ledger:KeyVaultKey and Ledger:SigningKeyPath: only one key can sign.";
        if (options.KeyVaultKey is { Length: > 0 } key && !KeyVaultSigner.IsKeyIdentifier(key))
            yield return "Ledger:KeyVaultKey: not the identifier of a key, as in https://msp.vault.azure.net/keys/ledger.";
        foreach (var problem in ContainerProblems(options.CheckpointContainer, options.CheckpointContainerKey))
            yield return problem;
        for (var i = 0; i < options.Witnesses.Count; i++)
        {
            if (!Uri.TryCreate(options.Witnesses[i].Url, UriKind.Absolute, out var url)
                || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp))
                yield return $"Ledger:Witnesses:{i}:Url: not an http address.";
            if (KeyProblem(options.Witnesses[i].Key) is { } problem)
                yield return $"Ledger:Witnesses:{i}:Key: {problem}.";
        }
    }

    private static IEnumerable<string> ContainerProblems(string? address, string? key)
    {
        if (address is not { Length: > 0 })
        {
            if (key is { Length: > 0 })
                yield return "Ledger:CheckpointContainerKey: there is no Ledger:CheckpointContainer that it is for.";
            yield break;
        }
        if (ContainerConnection.FindProblem(address) is { } problem)
            yield return $"Ledger:CheckpointContainer: {problem}.";
        else if (new Uri(address) is { Query.Length: > 0 })
            yield return "Ledger:CheckpointContainer: a signature is a secret; name it in Ledger:CheckpointContainerKey, as env:NAME or "
                + "file:/path.";
        else if (key is not { Length: > 0 } && new Uri(address).Scheme == Uri.UriSchemeHttp)
            yield return "Ledger:CheckpointContainerKey: missing; an Entra token is not sent over plain http.";
    }

    private static string? KeyProblem(string text)
    {
        try
        {
            return VerifierKey.Parse(text).CanVerify ? null : "an Ed25519 key, whose signatures cannot be checked here";
        }
        catch (NoteFormatException problem)
        {
            return problem.Message;
        }
    }
}
