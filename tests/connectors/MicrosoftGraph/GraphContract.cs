using DevOpsAI.Connections;
using DevOpsAI.Tests.Connectors.Toolkit;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Connectors.MicrosoftGraph;

/// <summary>What the executor relies on, held against the connector to Graph: two directories that both have a Mia.</summary>
public sealed class GraphContract : ConnectorContract
{
    protected override bool TellsOperations => false;

    protected override async Task<IVendorUnderTest> StartAsync() => await GraphUnderTest.StartAsync();
}

/// <summary>Graph that misbehaves with what changes something.</summary>
internal sealed class GraphUnderTest : IVendorUnderTest
{
    private static readonly TimeSpan Slow = TimeSpan.FromHours(1);
    private readonly SkippingClock clock = new();
    private GraphHost host = null!;
    private volatile Trouble trouble;
    private volatile bool hangs;

    public IConnector Connector => host.Connector;

    public Connection Connection => host.Contoso;

    public Connection Foreign => host.Fabrikam;

    public (string Kind, string Name) Twin => ("user", GraphHost.Mia);

    public (string Action, IReadOnlyDictionary<string, string> Arguments, Condition Before, Condition After) Remedy => (
        "user.disable", new Dictionary<string, string>(), new("user.enabled", "==", "true"), new("user.enabled", "==", "false"));

    public static async Task<GraphUnderTest> StartAsync()
    {
        var vendor = new GraphUnderTest();
        vendor.host = await GraphHost.StartAsync(vendor.clock);
        var usual = vendor.host.Vendor.Answers;
        vendor.host.Vendor.Answers = request => Acts(request) ? vendor.Act(request, usual) : usual(request);
        vendor.host.Vendor.Before = vendor.WaitAsync;
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
            await Task.Delay(10, GraphHost.Token);
    }

    /// <summary>What goes before an action has no part in the trouble, and is not to run out of time by it.</summary>
    public void Skip(TimeSpan time)
    {
        if (trouble != Trouble.Hangs || hangs)
            clock.Skip(time);
    }

    /// <summary>Graph keeps no ids of ours; every test acts once.</summary>
    public Task<int> EffectsAsync(string operationId) => Task.FromResult(host.World.Effects.Count);

    public async ValueTask DisposeAsync()
    {
        // Where nothing is judged a test that failed must not be called skipped.
        if (host.Vendor.NotJudged is null && host.Calls.Any(Acts))
            host.Vendor.MustHaveBeenAccepted();
        await host.DisposeAsync();
    }

    private static bool Acts(VendorRequest request) => request.Method == "PATCH";

    private VendorReply Act(VendorRequest request, Func<VendorRequest, VendorReply> usual)
    {
        if (trouble == Trouble.Rejects)
            return GraphHost.Error(400, "Request_BadRequest");
        if (trouble == Trouble.IsBusy)
            return GraphHost.Error(429, "TooManyRequests", retryAfter: "5");
        var done = usual(request);
        return trouble switch
        {
            Trouble.ActsAndFails => GraphHost.Error(500, "InternalServerError"),
            Trouble.ActsAndCutsTheConnection => new(0, Cut: true),
            _ => done,
        };
    }

    private async Task WaitAsync(VendorRequest request, CancellationToken gone)
    {
        if (trouble == Trouble.IsSlow && Acts(request))
            await Task.Delay(Slow, clock, CancellationToken.None);
        if (trouble != Trouble.Hangs || !(Acts(request) || (request.Method == "GET" && request.Path == "/users")))
            return;
        hangs = true;
        await Task.Delay(Timeout.InfiniteTimeSpan, gone);
    }
}
