using DevOpsAI.Connections;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Connectors.Toolkit;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Connectors.DattoRmm;

/// <summary>What the executor relies on, held against a connector that is a manifest: two sites under one API key.</summary>
public sealed class DattoRmmContract : ConnectorContract
{
    protected override bool TellsOperations => false;

    protected override async Task<IVendorUnderTest> StartAsync() => await DattoRmmAccount.StartAsync();
}

/// <summary>An account with a server of the same name in each of two sites, which wait for a restart until a component does it.</summary>
internal sealed class DattoRmmAccount : IVendorUnderTest
{
    private const string TokenPath = "/auth/oauth/token";
    private static readonly TimeSpan Slow = TimeSpan.FromHours(1);
    private readonly SkippingClock clock = new();
    private readonly ManifestHost host;
    private readonly Lock gate = new();
    private readonly List<string> jobs = [];
    private readonly HashSet<string> restarted = [];
    private JudgedVendor vendor = null!;
    private volatile Trouble trouble;
    private volatile bool hangs;

    private DattoRmmAccount() => host = new(clock: clock);

    public IConnector Connector => host.Connector("datto-rmm");

    public Connection Connection => Of("contoso");

    public Connection Foreign => Of("fabrikam");

    public (string Kind, string Name) Twin => ("device", "SRV-FILE01");

    public (string Action, IReadOnlyDictionary<string, string> Arguments, Condition Before, Condition After) Remedy => (
        "script.run", new Dictionary<string, string> { ["script"] = "Restart" }, new("device.pendingReboot", "==", "true"),
        new("device.pendingReboot", "==", "false"));

    public static async Task<DattoRmmAccount> StartAsync()
    {
        var account = new DattoRmmAccount();
        account.vendor = await JudgedVendor.StartAsync("datto-rmm.judge.json", TokenPath, account.Answer);
        account.vendor.Before = account.WaitAsync;
        return account;
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

    public Task<int> EffectsAsync(string operationId)
    {
        lock (gate)
            return Task.FromResult(jobs.Count(job => job == operationId));
    }

    public async ValueTask DisposeAsync()
    {
        // Where nothing is judged a test that failed must not be called skipped.
        if (vendor.NotJudged is null && vendor.Requests.Any(Acts))
            vendor.MustHaveBeenAccepted();
        await vendor.DisposeAsync();
        host.Dispose();
    }

    private Connection Of(string tenant) => new(
        $"{tenant}-datto-rmm", TenantId.Parse(tenant), "datto-rmm", new Dictionary<string, string>
        {
            ["Platform"] = "concord", ["Address"] = vendor.Address.ToString(), ["ApiKey"] = "key", ["ApiSecret"] = "the-secret",
            ["Site"] = tenant,
        });

    private static bool Acts(VendorRequest request) => request.Method == "PUT";

    private async Task WaitAsync(VendorRequest request, CancellationToken gone)
    {
        if (trouble == Trouble.IsSlow && Acts(request))
            await Task.Delay(Slow, clock, CancellationToken.None);
        if (trouble != Trouble.Hangs || !(Acts(request) || request.Path == "/v2/account/devices"))
            return;
        hangs = true;
        await Task.Delay(Timeout.InfiniteTimeSpan, gone);
    }

    private VendorReply Answer(VendorRequest request) => (request.Method, request.Path.Split('/')) switch
    {
        ("POST", ["", "auth", ..]) => VendorReply.Ok("""{"access_token":"t","expires_in":360000}"""),
        ("GET", ["", "v2", "account", "devices"]) => VendorReply.Ok(Page("devices", Device("contoso"), Device("fabrikam"))),
        ("GET", ["", "v2", "device", var uid]) => VendorReply.Ok(Device(uid["uid-".Length..])),
        ("GET", ["", "v2", "account", "components"]) => VendorReply.Ok(Page("components", """{"uid":"c-1","name":"Restart"}""")),
        ("PUT", ["", "v2", "device", var uid, "quickjob"]) => Run(uid["uid-".Length..], request.Json["jobName"]!.ToString()),
        _ => new(404, """{"status":404,"error":"Not Found"}"""),
    };

    private VendorReply Run(string site, string operation)
    {
        if (trouble == Trouble.Rejects)
            return new(400, """{"status":400,"error":"Bad Request"}""");
        if (trouble == Trouble.IsBusy)
            return new(429, "{}", RetryAfter: "5");
        lock (gate)
        {
            jobs.Add(operation);
            restarted.Add(site);
        }
        return trouble switch
        {
            Trouble.ActsAndFails => new(500, """{"status":500,"error":"Internal Server Error"}"""),
            Trouble.ActsAndCutsTheConnection => new(0, Cut: true),
            _ => VendorReply.Ok("""{"job":{"id":1,"uid":"job-1","status":"active"}}"""),
        };
    }

    private string Device(string site)
    {
        lock (gate)
        {
            return $$"""
                {"uid":"uid-{{site}}","siteUid":"{{site}}","siteName":"{{site}} Ltd","hostname":"SRV-FILE01","online":true,
                 "rebootRequired":{{(restarted.Contains(site) ? "false" : "true")}} }
                """;
        }
    }

    private static string Page(string name, params string[] items) =>
        $$"""{"pageDetails":{"count":{{items.Length}},"nextPageUrl":null},"{{name}}":[{{string.Join(',', items)}}]}""";
}
