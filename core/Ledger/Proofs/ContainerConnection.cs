using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage;
using Azure.Storage.Blobs;
using DevOpsAI.Common;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>Opens the container of checkpoints as settings or a command line name it.</summary>
public static class ContainerConnection
{
    private const string Signature = "sig=";

    /// <summary>Why this is not the address of a container, as a clause; null when it is.</summary>
    public static string? FindProblem(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp))
            return "not the address of a container, as in https://account.blob.core.windows.net/checkpoints";
        if (uri.Scheme == Uri.UriSchemeHttp && !uri.IsLoopback)
            return "plain http, on whose way anybody could change what is read; use https (http is for this machine only)";
        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
            return "user information and fragments have no place in it";
        var parts = new BlobUriBuilder(uri);
        return parts is { BlobContainerName.Length: > 0, BlobName.Length: 0 } ? null : "it must end with the name of the container";
    }

    /// <summary>Needs nothing to be there; what is wrong with the key shows at the first use.</summary>
    /// <param name="address">In which <see cref="FindProblem"/> finds nothing.</param>
    /// <param name="key">An account key or a shared access signature, or a reference to it; Entra when it is null or empty.</param>
    public static CheckpointContainer Open(string address, string? key, ISecretSource secrets, TimeProvider clock)
    {
        var (uri, options) = (new Uri(address), Options());
        if (string.IsNullOrWhiteSpace(key))
            return new(uri, () => new(uri, new DefaultAzureCredential(), options), clock);
        return new(uri, () => Connect(uri, secrets.Read(new(key)), options), clock);
    }

    /// <summary>
    /// Opens a container for reading: with the shared access signature that its address ends with; else without any credential, where it
    /// is open to everybody; else with Entra.
    /// </summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<CheckpointContainer> OpenToReadAsync(string address, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (uri, options) = (new Uri(address), Options());
        var open = new CheckpointContainer(uri, () => new(uri, options), clock);
        try
        {
            await open.MustBeReadableAsync(cancellationToken);
            return open;
        }
        catch (IOException) when (uri.Scheme == Uri.UriSchemeHttps && uri.Query.Length == 0)
        {
            var known = Open(address, null, new SecretSource(clock), clock);
            await known.MustBeReadableAsync(cancellationToken);
            return known;
        }
    }

    /// <exception cref="FormatException">The secret is none that opens a container.</exception>
    private static BlobContainerClient Connect(Uri uri, string secret, BlobClientOptions options)
    {
        if (secret.Contains(Signature, StringComparison.Ordinal))
            return new(uri, new AzureSasCredential(secret.TrimStart('?')), options);
        if (!Convert.TryFromBase64String(secret, new byte[secret.Length], out _))
            throw new FormatException("it is neither an account key (base64) nor a shared access signature (sv=...&sig=...)");
        return new(uri, new StorageSharedKeyCredential(new BlobUriBuilder(uri).AccountName, secret), options);
    }

    private static BlobClientOptions Options()
    {
        var options = new BlobClientOptions
        {
            Transport = new HttpClientTransport(new HttpClient(DirectHttp.Handler()) { Timeout = Timeout.InfiniteTimeSpan }),
        };
        options.Retry.Mode = RetryMode.Fixed;
        options.Retry.MaxRetries = 1;
        options.Retry.Delay = TimeSpan.FromMilliseconds(500);
        options.Retry.NetworkTimeout = ContainerCalls.Limit / 2;
        options.Diagnostics.ApplicationId = "devops-ai-bot";
        options.Diagnostics.IsTelemetryEnabled = false;
        return options;
    }
}
