using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DevOpsAI.Benchmarks;

/// <summary>What a run measured. Latencies in milliseconds.</summary>
internal sealed record LoadResult(int Requests, int NotOk, double Seconds, double P50, double P99, string? FirstFailure)
{
    public double PerSecond => Requests / Seconds;
}

/// <summary>
/// Keeps a fixed number of HTTP/1.1 connections busy with prepared POST requests, one request at a time on each, and times every answer.
/// Speaks to the socket directly, so that on a small machine the client takes little of the processor that it shares with the server.
/// </summary>
internal static class LoadClient
{
    /// <param name="bodyOf">The body of the n-th request, 0-based.</param>
    /// <param name="isOk">Looks at the answer's body; an answer other than 2xx is never ok.</param>
    public static async Task<LoadResult> RunAsync(
        int port, string path, IReadOnlyList<(string Name, string Value)> headers, int connections, int requests, Func<int, byte[]> bodyOf, Func<string, bool>? isOk = null)
    {
        var next = -1;
        var latencies = new double[requests];
        var notOk = 0;
        string? firstFailure = null;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            var buffer = new byte[256 * 1024];
            for (var n = Interlocked.Increment(ref next); n < requests; n = Interlocked.Increment(ref next))
            {
                var request = Compose(path, headers, bodyOf(n));
                var began = Stopwatch.GetTimestamp();
                await socket.SendAsync(request);
                var (status, body) = await ReceiveAsync(socket, buffer, isOk is not null);
                latencies[n] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                if (status / 100 == 2 && (isOk is null || isOk(body)))
                    continue;
                Interlocked.Increment(ref notOk);
                Interlocked.CompareExchange(ref firstFailure, $"{status} {body}", null);
            }
        }));
        var seconds = clock.Elapsed.TotalSeconds;
        Array.Sort(latencies);
        return new(requests, notOk, seconds, latencies[requests / 2], latencies[(int)(requests * 0.99)], firstFailure);
    }

    private static byte[] Compose(string path, IReadOnlyList<(string Name, string Value)> headers, byte[] body)
    {
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {body.Length}\r\n");
        foreach (var (name, value) in headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        return [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    private static async Task<(int Status, string Body)> ReceiveAsync(Socket socket, byte[] buffer, bool wantBody)
    {
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length));
            if (read == 0)
                throw new IOException("The server closed the connection.");
            length += read;
            if (TryParse(buffer.AsSpan(0, length), wantBody, out var answer))
                return answer;
        }
    }

    private static bool TryParse(ReadOnlySpan<byte> received, bool wantBody, out (int Status, string Body) answer)
    {
        answer = default;
        var end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        var head = Encoding.ASCII.GetString(received[..end]);
        var body = received[(end + 4)..];
        var status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        var at = head.IndexOf("content-length:", StringComparison.OrdinalIgnoreCase);
        if (at >= 0)
        {
            var line = head.AsSpan(at + 15);
            var stop = line.IndexOf('\r');
            var expected = int.Parse((stop < 0 ? line : line[..stop]).Trim(), CultureInfo.InvariantCulture);
            if (body.Length < expected)
                return false;
        }
        else if (head.Contains("chunked", StringComparison.OrdinalIgnoreCase) && !body.EndsWith("0\r\n\r\n"u8))
        {
            return false;
        }
        answer = (status, wantBody || status / 100 != 2 ? Encoding.UTF8.GetString(body) : "");
        return true;
    }
}
