using System.Buffers;
using System.IO.Pipelines;

namespace DevOpsAI.Bot.Webhooks;

/// <summary>The body is larger than is read.</summary>
internal sealed class BodyTooLargeException : Exception;

internal static class RequestBody
{
    /// <summary>1 MiB: some thousand alerts.</summary>
    public const int Limit = 1024 * 1024;

    /// <summary>
    /// The whole body, whether its length was announced or not; never holds more than <see cref="Limit"/> and one segment.
    /// </summary>
    /// <exception cref="BodyTooLargeException">It is larger.</exception>
    /// <exception cref="OperationCanceledException">It is not waited for any longer.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > Limit)
            throw new BodyTooLargeException();
        // The reader itself is asked to give up: a read that is left under way keeps the server from discarding what is still to come.
        await using var stop = cancellationToken.UnsafeRegister(
            static reader => ((PipeReader)reader!).CancelPendingRead(), request.BodyReader);
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(CancellationToken.None);
            if (read.IsCanceled)
            {
                request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                cancellationToken.ThrowIfCancellationRequested();
                continue;
            }
            if (read.Buffer.Length > Limit)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                throw new BodyTooLargeException();
            }
            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }
            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
