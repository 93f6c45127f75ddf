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

/// <summary>Looks at the body of an answer.</summary>
internal delegate bool AnswerCheck(ReadOnlySpan<byte> body);

/// <summary>
/// Keeps a fixed number of HTTP/1.1 connections busy with prepared POST requests, one request at a time on each, and times every answer.
/// One thread waits for all sockets at once, so that on a small machine the client takes little of the processor that it shares with the
/// server.
/// </summary>
internal static class LoadClient
{
    /// <param name="bodyOf">The body of the n-th request, 0-based; made before the clock starts.</param>
    /// <param name="isOk">Looks at the answer's body; an answer other than 2xx is never ok.</param>
    public static Task<LoadResult> RunAsync(
        int port, string path, IReadOnlyList<(string Name, string Value)> headers, int connections, int requests, Func<int, byte[]> bodyOf,
        AnswerCheck? isOk = null)
    {
        var prepared = Enumerable.Range(0, requests).Select(n => Compose(path, headers, bodyOf(n))).ToArray();
        return Task.Factory.StartNew(
            () => Run(port, connections, prepared, isOk), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static LoadResult Run(int port, int connections, byte[][] requests, AnswerCheck? isOk)
    {
        var latencies = new double[requests.Length];
        var (next, done, notOk) = (0, 0, 0);
        string? firstFailure = null;
        var all = Enumerable.Range(0, connections).Select(_ => new Connection(port)).ToDictionary(static connection => connection.Socket);
        try
        {
            var waiting = new List<Socket>(connections);
            var clock = Stopwatch.StartNew();
            foreach (var connection in all.Values.Take(requests.Length))
                connection.Send(requests[next], next++);
            while (done < requests.Length)
            {
                waiting.Clear();
                waiting.AddRange(all.Values.Where(static connection => connection.IsBusy).Select(static connection => connection.Socket));
                Socket.Select(waiting, null, null, 10_000_000);
                foreach (var socket in waiting)
                {
                    var connection = all[socket];
                    if (!connection.TryReceive(out var status, out var body))
                        continue;
                    latencies[connection.Request] = connection.ElapsedMilliseconds;
                    done++;
                    if (status / 100 != 2 || (isOk is not null && !isOk(body)))
                    {
                        notOk++;
                        firstFailure ??= $"{status} {Encoding.UTF8.GetString(body)}";
                    }
                    if (next < requests.Length)
                        connection.Send(requests[next], next++);
                }
            }
            var seconds = clock.Elapsed.TotalSeconds;
            Array.Sort(latencies);
            return new(requests.Length, notOk, seconds, latencies[requests.Length / 2], latencies[(int)(requests.Length * 0.99)],
                firstFailure);
        }
        finally
        {
            foreach (var connection in all.Values)
                connection.Socket.Dispose();
        }
    }

    private static byte[] Compose(string path, IReadOnlyList<(string Name, string Value)> headers, byte[] body)
    {
        var head = new StringBuilder().Append(
            CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {body.Length}\r\n");
        foreach (var (name, value) in headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        return [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    private sealed class Connection
    {
        private readonly byte[] buffer = new byte[256 * 1024];
        private int length;
        private long began;

        public Connection(int port)
        {
            Socket.NoDelay = true;
            Socket.Connect(IPAddress.Loopback, port);
        }

        public Socket Socket { get; } = new(SocketType.Stream, ProtocolType.Tcp);

        public bool IsBusy { get; private set; }

        /// <summary>Number of the request under way or last answered.</summary>
        public int Request { get; private set; }

        public double ElapsedMilliseconds => Stopwatch.GetElapsedTime(began).TotalMilliseconds;

        public void Send(byte[] request, int number)
        {
            (IsBusy, Request, length, began) = (true, number, 0, Stopwatch.GetTimestamp());
            Socket.Send(request);
        }

        /// <summary>Takes what has arrived; true when that completes the answer.</summary>
        public bool TryReceive(out int status, out ReadOnlySpan<byte> body)
        {
            var read = Socket.Receive(buffer.AsSpan(length));
            if (read == 0)
                throw new IOException("The server closed the connection.");
            length += read;
            IsBusy = !TryParse(buffer.AsSpan(0, length), out status, out body);
            return !IsBusy;
        }

        private static bool TryParse(ReadOnlySpan<byte> received, out int status, out ReadOnlySpan<byte> body)
        {
            status = 0;
            body = default;
            var end = received.IndexOf("\r\n\r\n"u8);
            if (end < 0)
                return false;
            var head = received[..end];
            body = received[(end + 4)..];
            status = int.Parse(head.Slice(9, 3), CultureInfo.InvariantCulture);
            return GetLength(head) is { } expected ? body.Length >= expected : body.EndsWith("0\r\n\r\n"u8);
        }

        /// <summary>Null when the body comes in chunks.</summary>
        private static int? GetLength(ReadOnlySpan<byte> head)
        {
            foreach (var range in head.Split("\r\n"u8))
            {
                var line = head[range];
                if (line.Length > 15 && Ascii.EqualsIgnoreCase(line[..15], "content-length:"u8))
                    return int.Parse(line[15..].Trim((byte)' '), CultureInfo.InvariantCulture);
            }
            return null;
        }
    }
}
