using System.Buffers;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Connectors.Toolkit;

namespace DevOpsAI.Connectors.MeshCentral;

/// <summary>A session with MeshCentral ended early, or was never had.</summary>
/// <param name="isFinal">Asking again changes nothing: somebody has to set something.</param>
internal sealed class ControlChannelException(string message, bool isFinal = false) : Exception(message)
{
    public bool IsFinal => isFinal;
}

/// <summary>
/// One session: JSON objects in text messages. Each call has one of its own, so that nothing of one call is taken for another's. Whatever
/// is sent is an object; the server of version 1.1.55 ends as a whole when a signed-in user sends <c>null</c>.
/// </summary>
internal sealed class ControlChannel : IAsyncDisposable
{
    /// <summary>Bytes of one message: 2,000 devices are about 1.5 MB.</summary>
    public const int MaxMessageLength = 8 * 1024 * 1024;

    private const string NotMeshCentral = "does not answer as MeshCentral does: set Address anew.";
    private readonly ClientWebSocket socket = new();
    private readonly ArrayBufferWriter<byte> message = new(16 * 1024);
    private string? untrusted;

    private ControlChannel() { }

    /// <summary>The account as MeshCentral knows it.</summary>
    public JsonElement User { get; private set; }

    /// <summary>Something was sent that may change something: what goes wrong from here on leaves open whether it did.</summary>
    public bool HasActed { get; private set; }

    /// <summary>Signs in.</summary>
    /// <exception cref="ControlChannelException">The server cannot be reached, is not the one meant, or takes nobody in.</exception>
    public static async Task<ControlChannel> OpenAsync(
        MeshCentralSettings settings, string password, CancellationToken cancellationToken)
    {
        var channel = new ControlChannel();
        try
        {
            await channel.ConnectAsync(settings, password, cancellationToken);
            await channel.SignInAsync(cancellationToken);
            return channel;
        }
        catch
        {
            await channel.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a request that changes nothing and waits for its answer; what else comes meanwhile is not for this call.</summary>
    /// <exception cref="ControlChannelException">The session ended.</exception>
    public async Task<JsonElement> AskAsync(JsonObject request, Func<JsonElement, bool> isAnswer, CancellationToken cancellationToken)
    {
        await SendAsync(request, cancellationToken);
        while (true)
        {
            var answer = await ReadAsync(cancellationToken);
            if (isAnswer(answer))
                return answer;
        }
    }

    /// <summary>Sends a request that may change something.</summary>
    /// <exception cref="ControlChannelException">The session ended.</exception>
    public Task ActAsync(JsonObject request, CancellationToken cancellationToken)
    {
        HasActed = true;
        return SendAsync(request, cancellationToken);
    }

    /// <summary>The next message, which may be about anything.</summary>
    /// <exception cref="ControlChannelException">The session ended, or what came is no message of MeshCentral.</exception>
    public async Task<JsonElement> ReadAsync(CancellationToken cancellationToken)
    {
        message.ResetWrittenCount();
        try
        {
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(message.GetMemory(16 * 1024), cancellationToken);
                if (part.MessageType == WebSocketMessageType.Close)
                    throw new ControlChannelException("MeshCentral ended the session.");
                message.Advance(part.Count);
                if (message.WrittenCount > MaxMessageLength)
                    throw new ControlChannelException($"MeshCentral sent a message of more than {MaxMessageLength >> 20} MiB.");
            }
            while (!part.EndOfMessage);
            using var document = JsonDocument.Parse(message.WrittenMemory);
            return document.RootElement.Clone();
        }
        catch (WebSocketException)
        {
            throw new ControlChannelException("The connection to MeshCentral was lost.");
        }
        catch (JsonException)
        {
            throw new ControlChannelException("MeshCentral sent what is no message of it.");
        }
    }

    public ValueTask DisposeAsync()
    {
        // Nothing is asked of the server any more, so nothing is waited for.
        socket.Abort();
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task SendAsync(JsonObject request, CancellationToken cancellationToken)
    {
        try
        {
            await socket.SendAsync(
                Encoding.UTF8.GetBytes(request.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        catch (WebSocketException)
        {
            throw new ControlChannelException("The connection to MeshCentral was lost.");
        }
    }

    private async Task ConnectAsync(MeshCentralSettings settings, string password, CancellationToken cancellationToken)
    {
        socket.Options.SetRequestHeader("x-meshauth", $"{Base64(settings.User)},{Base64(password)}");
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(20);
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.RemoteCertificateValidationCallback = (_, certificate, _, errors) => Trusts(settings, certificate, errors);
        try
        {
            await socket.ConnectAsync(settings.Control, cancellationToken);
        }
        catch (WebSocketException) when (untrusted is { } hash)
        {
            throw new ControlChannelException(
                $"The certificate of MeshCentral is not one that is trusted; its SHA-256 is {hash}. If that is the server's, set "
                + "Certificate to it.", isFinal: true);
        }
        catch (WebSocketException) when ((int)socket.HttpStatusCode >= 200)
        {
            var status = (int)socket.HttpStatusCode;
            throw new ControlChannelException(
                $"{settings.Control.Host} answered {status} and {NotMeshCentral}", isFinal: status is >= 300 and < 500);
        }
        catch (WebSocketException)
        {
            throw new ControlChannelException("MeshCentral cannot be reached.");
        }
    }

    /// <summary>That nobody is let in is told in a message, not by the status of HTTP.</summary>
    private async Task SignInAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var first = await FirstAsync(cancellationToken);
            switch (MeshDevice.Text(first, "action"))
            {
                case "close" when MeshDevice.Text(first, "msg") == "tokenrequired":
                    throw new ControlChannelException(
                        "MeshCentral asks for a second factor: make a login token for the account, and set User and Password to it.", true);
                case "close":
                    throw new ControlChannelException(
                        "MeshCentral does not take the credentials "
                        + $"({VendorResponse.Short(MeshDevice.Text(first, "cause") ?? "closed")}). Set User and Password anew.", true);
                case "userinfo" when first.TryGetProperty("userinfo", out var user):
                    User = user;
                    return;
            }
        }
    }

    private async Task<JsonElement> FirstAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(cancellationToken);
        }
        catch (ControlChannelException failed)
        {
            // At an address that is none of MeshCentral's its server takes the connection and ends it.
            throw new ControlChannelException($"{failed.Message} It let nobody in before that: see whether Address is right.");
        }
    }

    private bool Trusts(MeshCentralSettings settings, X509Certificate? certificate, SslPolicyErrors errors)
    {
        var hash = certificate is null ? "" : Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData()));
        if (settings.Certificate is { } expected ? hash == expected : errors == SslPolicyErrors.None)
            return true;
        untrusted = hash;
        return false;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
