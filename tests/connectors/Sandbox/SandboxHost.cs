using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Sandbox;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Connectors.Toolkit;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Connectors.Sandbox;

/// <summary>The simulated vendor on a real Kestrel, with a storage folder of its own, and the connector that calls it.</summary>
internal sealed class SandboxHost : IVendorUnderTest
{
    /// <summary>Never over unless a test skips it, however slow the machine is.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Slow = TimeSpan.FromHours(1);

    private readonly SkippingClock clock = new();
    private readonly string storage;
    private readonly string? vendor;
    private WebApplication app;

    private SandboxHost(string storage, string? vendor) => (this.storage, this.vendor, app) = (storage, vendor, null!);

    public IConnector Connector => app.Services.GetServices<IConnector>().Single();

    public Connection Connection => Named("contoso-sandbox");

    public Connection Foreign => Named("fabrikam-sandbox");

    public (string Kind, string Name) Twin => ("device", "SRV-FILE01");

    public (string Action, IReadOnlyDictionary<string, string> Arguments, Condition Before, Condition After) Remedy =>
        ("disk.cleanup", new Dictionary<string, string> { ["volume"] = "C", ["categories"] = "temp" }, new("disk.C.freePercent", "<", "15"),
            new("disk.C.freePercent", ">=", "15"));

    /// <summary>What the intake was sent.</summary>
    public List<(string Connection, string? Authorization, JsonObject Alert)> Delivered { get; } = [];

    public HttpClient Http { get; private set; } = new();

    /// <param name="vendor">Where the connector is told that the vendor is; null for this host.</param>
    public static async Task<SandboxHost> StartAsync(string? vendor = null)
    {
        var host = new SandboxHost(Directory.CreateTempSubdirectory("sandbox-").FullName, vendor);
        await host.BeginAsync();
        return host;
    }

    /// <summary>Ends the host and starts another one on the same storage.</summary>
    public async Task RestartAsync()
    {
        await app.DisposeAsync();
        await BeginAsync();
    }

    public Task SetAsync(Trouble trouble) => SwitchAsync(trouble switch
    {
        Trouble.Rejects => new JsonObject { ["rejects"] = new JsonArray("*") },
        Trouble.IsBusy => new JsonObject { ["failBefore"] = 1 },
        Trouble.ActsAndFails => new JsonObject { ["failAfter"] = 1 },
        Trouble.ActsAndCutsTheConnection => new JsonObject { ["loseReply"] = 1 },
        Trouble.IsSlow => new JsonObject { ["slowMs"] = (int)Slow.TotalMilliseconds },
        Trouble.Hangs => new JsonObject { ["hang"] = true },
        _ => [],
    });

    public async Task IsAtWorkAsync()
    {
        while (!clock.IsWaitedFor(Slow))
            await Task.Delay(10, TestContext.Current.CancellationToken);
    }

    public void Skip(TimeSpan time) => clock.Skip(time);

    public async Task SwitchAsync(JsonObject switches)
    {
        using var result = await Http.PutAsJsonAsync("sandbox/switches", switches);
        result.EnsureSuccessStatusCode();
    }

    public async Task<int> EffectsAsync(string operationId) =>
        (int)(await Http.GetFromJsonAsync<JsonObject>($"sandbox/effects?operationId={operationId}"))!["count"]!;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
        Directory.Delete(storage, recursive: true);
    }

    public Connection Named(string name) => app.Services.GetRequiredService<IConnectionDirectory>().Named(name)!;

    private async Task BeginAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Storage:Path"] = storage,
            ["Sandbox:Url"] = vendor,
            ["Sandbox:Timeout"] = Limit.ToString(),
            ["Tenants:contoso:Name"] = "Contoso Ltd", ["Tenants:contoso:Prefix"] = "CON",
            ["Tenants:fabrikam:Name"] = "Fabrikam Inc", ["Tenants:fabrikam:Prefix"] = "FAB",
            ["Connections:contoso-sandbox:Tenant"] = "contoso", ["Connections:contoso-sandbox:Connector"] = "sandbox",
            ["Connections:contoso-sandbox:Settings:Token"] = "token-c",
            ["Connections:fabrikam-sandbox:Tenant"] = "fabrikam", ["Connections:fabrikam-sandbox:Connector"] = "sandbox",
            ["Connections:fabrikam-sandbox:Settings:Token"] = "token-f",
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddOptions<StorageOptions>().BindConfiguration("Storage");
        builder.Services.AddTenancy().AddTenantConnections().AddSandbox()
            .AddSingleton<ILedger>(new InMemoryLedger(clock)).AddSingleton(CoreFeatures.Catalog).AddSingleton<TenantStates>();
        app = builder.Build();
        app.MapSandbox();
        app.MapPost("/api/events/{connection}", async (HttpContext context, string connection) =>
        {
            Delivered.Add((connection, context.Request.Headers.Authorization, (await context.Request.ReadFromJsonAsync<JsonObject>())!));
            return Results.Accepted();
        });
        await app.StartAsync();
        Http.Dispose();
        Http = new() { BaseAddress = new(app.Urls.Single()),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", "token-c") } };
    }
}
