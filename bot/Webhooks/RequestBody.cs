using System.Buffers;

namespace DevOpsAI.Bot.Webhooks;

/// <summary>The body is larger than is read.</summary>
internal sealed class BodyTooLargeException : Exception;

internal static class RequestBody
{
    /// <summary>1 MiB: some thousand alerts.</summary>
    public const int Limit = 1024 * 1024;

    /// <summary>The whole body, whether its length was announced or not; never holds more than <see cref="Limit"/> and one segment.</summary>
    /// <exception cref="BodyTooLargeException">It is larger.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > Limit)
            throw new BodyTooLargeException();
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
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
