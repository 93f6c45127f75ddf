using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.Support;

/// <summary>A session with MeshCentral that is none of the product's: what tests set up and look at the server with.</summary>
public sealed class MeshCentralClient : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();
    private int asked;

    private MeshCentralClient() { }

    public static async Task<MeshCentralClient> SignInAsync(Uri address, string certificate, string user, string password)
    {
        var client = new MeshCentralClient();
        client.socket.Options.RemoteCertificateValidationCallback = (_, given, _, _) =>
            given is not null && Convert.ToHexStringLower(SHA256.HashData(given.GetRawCertData())) == certificate;
        client.socket.Options.SetRequestHeader("x-meshauth", $"{Base64(user)},{Base64(password)}");
        using var bound = new CancellationTokenSource(Hang.Limit);
        await client.socket.ConnectAsync(new($"wss://{address.Authority}/control.ashx"), bound.Token);
        await client.ReadAsync(static one => one["action"]?.ToString() == "userinfo");
        return client;
    }

    /// <summary>The answer to a request whose answers bear its id.</summary>
    public Task<JsonNode> AskAsync(JsonObject request)
    {
        var id = $"test-{++asked}";
        request["responseid"] = id;
        return AskAsync(request, answer => answer["responseid"]?.ToString() == id);
    }

    public async Task<JsonNode> AskAsync(JsonObject request, Func<JsonNode, bool> isAnswer)
    {
        using var bound = new CancellationTokenSource(Hang.Limit);
        await socket.SendAsync(Encoding.UTF8.GetBytes(request.ToJsonString()), WebSocketMessageType.Text, true, bound.Token);
        return await ReadAsync(isAnswer);
    }

    /// <summary>The next message that is one of these.</summary>
    public async Task<JsonNode> ReadAsync(Func<JsonNode, bool> isIt)
    {
        using var bound = new CancellationTokenSource(Hang.Limit);
        var buffer = new byte[16 * 1024];
        while (true)
        {
            using var message = new MemoryStream();
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(), bound.Token);
                message.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close)
                throw new InvalidOperationException("MeshCentral ended the session.");
            if (JsonNode.Parse(message.ToArray()) is { } read && isIt(read))
                return read;
        }
    }

    public ValueTask DisposeAsync()
    {
        socket.Abort();
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
