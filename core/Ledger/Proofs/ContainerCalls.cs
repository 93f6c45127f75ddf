using System.Xml;
using Azure;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using DevOpsAI.Common;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>
/// Calls to one container. Each ends within <see cref="Limit"/>, and after one that failed the next <see cref="Pause"/> long ones fail at
/// once: whoever signs, starts or stops for many tenants waits for a container that is away no more than once.
/// </summary>
/// <param name="connect">Reads the secret, if there is one; called again after a failure, since a secret may have been replaced.</param>
internal sealed class ContainerCalls(Func<BlobContainerClient> connect, TimeProvider clock)
{
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(20);

    private volatile BlobContainerClient? client;
    private volatile Failure? last;

    private sealed record Failure(long At, string Message);

    /// <exception cref="IOException">The container cannot be used now; the message says why, as a clause.</exception>
    /// <exception cref="RequestFailedException">There is such a blob already.</exception>
    public async Task<T> SendAsync<T>(Func<BlobContainerClient, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        if (last is { } before)
        {
            if (clock.GetElapsedTime(before.At) < Pause)
                throw new IOException(before.Message);
            // While this call finds out, the others need not wait with it.
            last = before with { At = clock.GetTimestamp() };
        }
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Limit);
        try
        {
            client ??= connect();
            // Whoever gives out tokens may take longer than we let them.
            var result = await call(client, limited.Token).WaitAsync(limited.Token);
            last = null;
            return result;
        }
        catch (Exception failure) when (!IsThere(failure) && !cancellationToken.IsCancellationRequested && Explain(failure) is { } why)
        {
            client = null;
            last = new(clock.GetTimestamp(), why);
            throw new IOException(why, failure);
        }
    }

    /// <summary>A blob was to be created, and one of its name is there.</summary>
    public static bool IsThere(Exception failure) => failure is RequestFailedException
    {
        ErrorCode: nameof(BlobErrorCode.BlobAlreadyExists) or nameof(BlobErrorCode.ConditionNotMet) or "UnauthorizedBlobOverwrite"
            or "BlobImmutableDueToPolicy",
    };

    /// <summary>Null for what is a mistake of the program.</summary>
    private static string? Explain(Exception failure) => failure switch
    {
        RequestFailedException { Status: 401 or 403 } refused =>
            $"it does not let the bot in ({Code(refused)}); give the bot's identity the right to list, read and create blobs there, or "
            + "look at Ledger:CheckpointContainerKey",
        RequestFailedException { ErrorCode: nameof(BlobErrorCode.ContainerNotFound) } =>
            "there is no such container; create it, with an immutability policy",
        RequestFailedException { Status: > 0 } other => $"it answered {other.Status} ({Code(other)})",
        AggregateException { InnerException: { } first } => Explain(first),
        AuthenticationFailedException => $"Entra gave no token for it: {FirstLine(failure)}",
        SecretUnavailableException or FormatException => $"Ledger:CheckpointContainerKey cannot be used: {FirstLine(failure)}",
        OperationCanceledException or TimeoutException => $"it did not answer within {Limit.TotalSeconds} s",
        // What the library makes of an answer that is not the service's: a page of a proxy, say, or of somebody else's server.
        NullReferenceException or XmlException or InvalidOperationException => "what answered there is no blob container",
        RequestFailedException or HttpRequestException or IOException => $"it cannot be reached ({FirstLine(failure)})",
        _ => null,
    };

    private static string Code(RequestFailedException failure) => failure.ErrorCode ?? "no reason given";

    private static string FirstLine(Exception failure) => failure.Message.Split('\n', 2)[0].Trim();
}
