using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Alertmanager;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Connectors.Toolkit;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Connectors.Alertmanager;

/// <summary>What the executor relies on, held against a real Alertmanager that has the alerts of two clients, told by a label.</summary>
public sealed class AlertmanagerContract : ConnectorContract
{
    protected override bool TellsAbsence => false;

    protected override async Task<IVendorUnderTest> StartAsync() => await AlertmanagerUnderTest.StartAsync(isShared: true);
}

/// <summary>The same where each client has an Alertmanager of its own, with an alert of the same labels in both.</summary>
public sealed class AlertmanagerOfEachClientContract : ConnectorContract
{
    protected override bool TellsAbsence => false;

    protected override bool TellsClients => false;

    protected override async Task<IVendorUnderTest> StartAsync() => await AlertmanagerUnderTest.StartAsync(isShared: false);
}

/// <summary>The real Alertmanager behind a door that misbehaves with silences, as the real one is not made to.</summary>
internal sealed class AlertmanagerUnderTest : IVendorUnderTest
{
    private const string Alert = "InstanceDown";
    private const string ForeignTenant = "fabrikam";
    private static readonly TimeSpan Slow = TimeSpan.FromHours(1);
    private readonly SkippingClock clock = new();
    private readonly AlertmanagerServer own;
    private readonly AlertmanagerServer foreign;
    private readonly WebApplication door;
    private readonly HttpClient http = new();
    private readonly ServiceProvider services;
    private readonly TaskCompletionSource acting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Trouble trouble;
    private volatile bool hangs;

    private AlertmanagerUnderTest(AlertmanagerServer own, AlertmanagerServer foreign, WebApplication door)
    {
        (this.own, this.foreign, this.door) = (own, foreign, door);
        services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton<ISecretSource>(new SecretSource(TimeProvider.System))
            .AddAlertmanager()
            .BuildServiceProvider();
    }

    private bool IsShared => own == foreign;

    public IConnector Connector => services.GetRequiredService<AlertmanagerConnector>();

    public Connection Connection => Of("contoso");

    public Connection Foreign => Of(ForeignTenant);

    public (string Kind, string Name) Twin => ("alert", Alert);

    public (string Action, IReadOnlyDictionary<string, string> Arguments, Condition Before, Condition After) Remedy => (
        "alert.silence", new Dictionary<string, string> { ["minutes"] = "90" }, new("alert.silenced", "==", "false"),
        new("alert.silenced", "==", "true"));

    public static async Task<AlertmanagerUnderTest> StartAsync(bool isShared)
    {
        Assert.SkipUnless(AlertmanagerServer.IsInstalled, "No Alertmanager: apt-get install prometheus-alertmanager.");
        var own = await AlertmanagerServer.StartAsync();
        var foreign = isShared ? own : await AlertmanagerServer.StartAsync();
        foreach (var (server, customer) in new[] { (own, "contoso"), (foreign, "fabrikam") })
        {
            var labels = new Dictionary<string, string> { ["alertname"] = Alert, ["instance"] = "srv-01:9100" };
            if (isShared)
                labels["customer"] = customer;
            await server.FireAsync(labels, "srv-01 is down");
        }
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var door = builder.Build();
        var vendor = new AlertmanagerUnderTest(own, foreign, door);
        door.Run(vendor.LetThroughAsync);
        await door.StartAsync();
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

    /// <summary>What is read before an action has no part in the trouble, and is not to run out of time by it.</summary>
    public void Skip(TimeSpan time)
    {
        acting.TrySetResult();
        if (trouble != Trouble.Hangs || hangs)
            clock.Skip(time);
    }

    public async Task<int> EffectsAsync(string operationId) => (await SilencesAsync(own)).Count(
        one => one!["comment"]!.ToString().Split(' ').Contains(operationId));

    public async ValueTask DisposeAsync()
    {
        await door.DisposeAsync();
        await services.DisposeAsync();
        http.Dispose();
        own.Dispose();
        if (!IsShared)
            foreign.Dispose();
    }

    private Connection Of(string tenant)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            { ["Url"] = $"{door.Urls.Single()}/{tenant}", ["Bearer"] = "of-the-sender" };
        if (IsShared)
            settings["Only"] = $"customer={tenant}";
        return new($"{tenant}-alertmanager", TenantId.Parse(tenant), "alertmanager", settings);
    }

    private async Task LetThroughAsync(HttpContext context)
    {
        var parts = context.Request.Path.Value!.Split('/', 3);
        var server = parts[1] == ForeignTenant ? foreign : own;
        var isAction = context.Request.Method == HttpMethods.Post;
        var asked = trouble;
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        if (asked == Trouble.Hangs)
            await HangAsync(isAction, context.RequestAborted);
        if (isAction && asked is Trouble.Rejects or Trouble.IsBusy)
        {
            context.Response.StatusCode = asked == Trouble.IsBusy ? StatusCodes.Status429TooManyRequests : StatusCodes.Status400BadRequest;
            if (asked == Trouble.IsBusy)
                context.Response.Headers.RetryAfter = "5";
            await context.Response.WriteAsync("\"no\"");
            return;
        }
        if (isAction && asked == Trouble.IsSlow)
            await Task.Delay(Slow, clock, CancellationToken.None);
        using var request = new HttpRequestMessage(
            new(context.Request.Method), new Uri(server.Address, $"/{parts[2]}{context.Request.QueryString}"));
        if (body.Length > 0)
            request.Content = new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse("application/json"));
        using var answer = await http.SendAsync(request);
        if (isAction && answer.IsSuccessStatusCode)
            await MarkedAsync(server, JsonNode.Parse(body)!["comment"]!.ToString().Split(' ')[^1]);
        if (isAction && asked == Trouble.ActsAndCutsTheConnection)
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = isAction && asked == Trouble.ActsAndFails ? 500 : (int)answer.StatusCode;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Reading hangs too, until time is let pass for an action, which is not read about any more.</summary>
    private async Task HangAsync(bool isAction, CancellationToken gone)
    {
        if (!isAction)
        {
            await acting.Task.WaitAsync(gone);
            return;
        }
        hangs = true;
        await Task.Delay(Timeout.InfiniteTimeSpan, gone);
    }

    /// <summary>Alertmanager marks alerts a moment after it took the silence; it is done once it has.</summary>
    private async Task MarkedAsync(AlertmanagerServer server, string fingerprint)
    {
        using var bound = new CancellationTokenSource(Hang.Limit);
        while (true)
        {
            var alerts = JsonNode.Parse(await http.GetStringAsync(new Uri(server.Address, "/api/v2/alerts"), bound.Token))!.AsArray();
            if (alerts.Any(one => one!["fingerprint"]!.ToString() == fingerprint && one["status"]!["silencedBy"]!.AsArray().Count > 0))
                return;
            await Task.Delay(20, bound.Token);
        }
    }

    private async Task<JsonArray> SilencesAsync(AlertmanagerServer server) =>
        JsonNode.Parse(await http.GetStringAsync(new Uri(server.Address, "/api/v2/silences")))!.AsArray();
}
