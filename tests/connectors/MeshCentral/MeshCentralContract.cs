using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.MeshCentral;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Connectors.Toolkit;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Connectors.MeshCentral;

/// <summary>What the executor relies on, held against the connector to MeshCentral: two device groups with a server of one name.</summary>
public sealed class MeshCentralContract : ConnectorContract
{
    protected override bool TellsOperations => false;

    protected override async Task<IVendorUnderTest> StartAsync() => await MeshCentralUnderTest.StartAsync();
}

/// <summary>
/// A server that misbehaves with orders, as the real one is not made to. Its devices sleep until they are woken; an order that is dropped,
/// or that fails after it was carried out, ends the session, as there is no other way to say so.
/// </summary>
internal sealed class MeshCentralUnderTest : IVendorUnderTest
{
    private const string Server = "SRV-FILE01";
    private static readonly TimeSpan Slow = TimeSpan.FromHours(1);
    private readonly SkippingClock clock = new();
    private readonly ConcurrentDictionary<string, int> woken = new();
    private readonly CancellationTokenSource over = new();
    private readonly WebApplication app;
    private volatile Trouble trouble;
    private volatile bool hangs;

    private MeshCentralUnderTest(WebApplication app)
    {
        this.app = app;
        Connector = new MeshCentralConnector(new SecretSource(TimeProvider.System), clock);
    }

    public IConnector Connector { get; }

    public Connection Connection => Of("contoso");

    public Connection Foreign => Of("fabrikam");

    public (string Kind, string Name) Twin => ("device", Server);

    public (string Action, IReadOnlyDictionary<string, string> Arguments, Condition Before, Condition After) Remedy => (
        "device.wake", new Dictionary<string, string>(), new("device.online", "==", "false"), new("device.online", "==", "true"));

    public static async Task<MeshCentralUnderTest> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var vendor = new MeshCentralUnderTest(app);
        app.UseWebSockets();
        app.Map("/control.ashx", vendor.ServeAsync);
        await app.StartAsync();
        return vendor;
    }

    public Task SetAsync(Trouble trouble)
    {
        this.trouble = trouble;
        return Task.CompletedTask;
    }

    public async Task IsAtWorkAsync()
    {
        while (!clock.IsWaitedFor(Slow))
            await Task.Delay(10, TestContext.Current.CancellationToken);
    }

    /// <summary>What goes before an action has no part in the trouble, and is not to run out of time by it.</summary>
    public void Skip(TimeSpan time)
    {
        if (trouble != Trouble.Hangs || hangs)
            clock.Skip(time);
    }

    /// <summary>MeshCentral keeps no ids of ours; every test acts once.</summary>
    public Task<int> EffectsAsync(string operationId) => Task.FromResult(woken.Values.Sum());

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await app.DisposeAsync();
        over.Dispose();
    }

    private Connection Of(string tenant) => new(
        $"{tenant}-meshcentral", TenantId.Parse(tenant), MeshCentralConnector.ConnectorName,
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Address"] = app.Urls.Single(), ["User"] = tenant, ["Password"] = "the-password", ["Group"] = $"mesh//{tenant}",
        });

    private async Task ServeAsync(HttpContext http)
    {
        if (trouble == Trouble.IsBusy)
        {
            http.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
            return;
        }
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        await SayAsync(socket, """{"action":"serverinfo","serverinfo":{}}""");
        await SayAsync(socket, """{"action":"userinfo","userinfo":{"_id":"user//bot","links":{"ugrp//helpers":{"rights":1}}}}""");
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer, http.RequestAborted);
            if (read.MessageType == WebSocketMessageType.Close)
                return;
            if (await AnswerAsync(JsonNode.Parse(buffer.AsSpan(0, read.Count))!) is not { } answer)
            {
                http.Abort();
                return;
            }
            await SayAsync(socket, answer);
        }
    }

    /// <returns>Null for the end of the session.</returns>
    private async Task<string?> AnswerAsync(JsonNode request)
    {
        var action = request["action"]!.ToString();
        // Not what is read right before an order.
        if (trouble == Trouble.Hangs && (action == "wakedevices" || (action == "nodes" && request["id"] is null)))
        {
            hangs = true;
            await Task.Delay(Timeout.InfiniteTimeSpan, over.Token);
        }
        return action switch
        {
            "meshes" => $$"""{"action":"meshes","meshes":[{{Mesh("contoso")}},{{Mesh("fabrikam")}}]}""",
            "nodes" => Nodes(request),
            "wakedevices" => await WakeAsync(request["nodeids"]![0]!.ToString()),
            _ => $$"""{"action":"{{action}}","nodeid":"{{request["nodeid"]}}"}""",
        };
    }

    private async Task<string?> WakeAsync(string node)
    {
        if (trouble == Trouble.Rejects)
            return """{"action":"wakedevices","responseid":"wakedevices","result":"No relay on the device's network"}""";
        var asked = trouble;
        if (asked == Trouble.IsSlow)
            await Task.Delay(Slow, clock, over.Token);
        woken.AddOrUpdate(node, 1, static (_, count) => count + 1);
        return asked is Trouble.ActsAndFails or Trouble.ActsAndCutsTheConnection
            ? null
            : """{"action":"wakedevices","responseid":"wakedevices","result":"Used 1 device to send wake packets"}""";
    }

    private string Nodes(JsonNode request)
    {
        var group = request["meshid"]!.ToString();
        var id = $"node//{group["mesh//".Length..]}";
        var node = $$"""{"_id":"{{id}}","name":"{{Server}}","conn":{{(woken.ContainsKey(id) ? 1 : 0)}},"agent":{"id":6} }""";
        var isAsked = request["id"] is not { } one || one.ToString() == id;
        return $$"""{"action":"nodes","responseid":"{{request["responseid"]}}","nodes":{"{{group}}":[{{(isAsked ? node : "")}}]} }""";
    }

    private static string Mesh(string tenant) =>
        $$$"""{"_id":"mesh//{{{tenant}}}","name":"{{{tenant}}} Ltd","links":{"ugrp//helpers":{"rights":393280} } }""";

    private static Task SayAsync(WebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
}
