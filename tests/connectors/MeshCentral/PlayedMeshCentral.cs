using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.MeshCentral;
using DevOpsAI.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Connectors.MeshCentral;

/// <summary>
/// Plays what the real server is not asked to do on this machine, restarting it, and what it does not do by itself, lying and hanging. It
/// knows one group with one device of a Windows kind.
/// </summary>
internal sealed class PlayedMeshCentral : IAsyncDisposable
{
    public const string Group = "mesh//AAAA";
    public const string Device = "node//BBBB";
    private readonly WebApplication app;

    private PlayedMeshCentral(WebApplication app) => this.app = app;

    /// <summary>What it says to an order; null for the end of the connection.</summary>
    public Func<JsonNode, IEnumerable<string>?> Answers { get; set; } = static _ => [];

    public ConcurrentQueue<JsonNode> Orders { get; } = new();

    public Connection Connection => new(
        "contoso-meshcentral", TenantId.Parse("contoso"), MeshCentralConnector.ConnectorName,
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Address"] = app.Urls.Single(), ["User"] = "bot", ["Password"] = "the-password", ["Group"] = Group,
        });

    public static async Task<PlayedMeshCentral> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var played = new PlayedMeshCentral(app);
        app.UseWebSockets();
        app.Map("/control.ashx", played.ServeAsync);
        await app.StartAsync();
        return played;
    }

    public static string Event(int conn, string device = Device) =>
        $$$"""{"action":"event","event":{"action":"nodeconnect","nodeid":"{{{device}}}","conn":{{{conn}}}}}""";

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ServeAsync(HttpContext http)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        await SayAsync(socket, """{"action":"serverinfo","serverinfo":{}}""");
        await SayAsync(socket, """{"action":"userinfo","userinfo":{"_id":"user//bot","links":{"ugrp//helpers":{"rights":1}}}}""");
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer, http.RequestAborted);
            if (read.MessageType == WebSocketMessageType.Close)
                return;
            foreach (var answer in Answer(JsonNode.Parse(buffer.AsSpan(0, read.Count))!) ?? [""])
            {
                if (answer.Length == 0)
                {
                    http.Abort();
                    return;
                }
                await SayAsync(socket, answer);
            }
        }
    }

    private IEnumerable<string>? Answer(JsonNode request)
    {
        switch (request["action"]!.ToString())
        {
            case "meshes":
                const string links = """{"ugrp//helpers":{"rights":393280}}""";
                return [$$"""{"action":"meshes","meshes":[{"_id":"{{Group}}","name":"Contoso","links":{{links}} }]}"""];
            case "nodes":
                const string device = $$$"""[{"_id":"{{{Device}}}","name":"WS-01","conn":1,"agent":{"id":4}}]""";
                return [$$"""{"action":"nodes","responseid":"{{request["responseid"]}}","nodes":{"{{Group}}":{{device}} } }"""];
            default:
                Orders.Enqueue(request);
                return Answers(request);
        }
    }

    private static Task SayAsync(WebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
}
