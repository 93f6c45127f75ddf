using System.Text.Json.Nodes;
using DevOpsAI.Common;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.MicrosoftGraph;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Connectors.Toolkit;
using DevOpsAI.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Connectors.MicrosoftGraph;

/// <summary>The connector as the bot registers it, against a stand-in for Entra and Graph with two clients' directories.</summary>
internal sealed class GraphHost : IAsyncDisposable
{
    public const string ContosoId = "84841066-274d-4ec0-a5c1-276be684bdd3";
    public const string FabrikamId = "11111111-274d-4ec0-a5c1-276be684bdd3";
    public const string MiaId = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";
    public const string Mia = "mia.okafor@northwinddental.example";

    public const string PcEntraId = "b465e4e8-e4e8-b465-e8e4-65b4e8e465b4";

    public const string PcId = "705c034c-034c-705c-4c03-5c704c035c70";

    private readonly ServiceProvider services;
    private int tokens;

    private GraphHost(JudgedVendor vendor, TimeProvider clock, MemoryDocuments? documents)
    {
        Vendor = vendor;
        Documents = documents ?? new();
        var all = new ServiceCollection()
            .AddLogging()
            .AddSingleton(clock)
            .AddSingleton<ISecretSource>(new SecretSource(TimeProvider.System))
            .AddSingleton<InboundAuthentication>()
            .AddSingleton<IMediator>(Recorded)
            .AddSingleton<IDocuments>(Documents)
            .AddSingleton<DeliveryReceipts>()
            .AddSingleton<ILedger>(Ledger)
            .AddSingleton<ITenantDirectory>(new NorthwindAlone())
            .AddSingleton(Options.Create(new CompletenessOptions()))
            .AddMicrosoftGraph().AddMicrosoftGraphWatch();
        services = all.BuildServiceProvider();
    }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public JudgedVendor Vendor { get; }

    public GraphWorld World { get; } = new();

    public GraphConnector Connector => services.GetRequiredService<GraphConnector>();

    public IServiceProvider Services => services;

    /// <summary>What was handed on to be recorded.</summary>
    public RecordedEvents Recorded { get; } = new();

    public MemoryDocuments Documents { get; }

    public InMemoryLedger Ledger { get; } = new();

    /// <summary>Tokens that Entra gave so far.</summary>
    public int Tokens => tokens;

    /// <summary>What Entra answers in place of a token; null for a token.</summary>
    public VendorReply? NoToken { get; set; }

    /// <summary>What the application has to prove itself with.</summary>
    public string Proof { get; set; } = "client_secret=the-secret";

    /// <summary>Tokens with a lower number are expired.</summary>
    public int GoodFrom { get; set; }

    public Connection Contoso => Connect("contoso", ContosoId);

    public Connection Fabrikam => Connect("fabrikam", FabrikamId);

    public IEnumerable<VendorRequest> Calls => Vendor.Requests.Where(static one => !IsSignIn(one));

    public static async Task<GraphHost> StartAsync(TimeProvider? clock = null, MemoryDocuments? documents = null)
    {
        var vendor = await JudgedVendor.StartAsync("graph.yaml", "", static _ => new(500));
        vendor.IsDescribed = static request => !IsSignIn(request) && !IsBeta(request)
            && !request.Path.StartsWith("/identityProtection/", StringComparison.Ordinal);
        return Start(vendor, clock, documents);
    }

    /// <summary>Requests of the beta version alone are judged, by a description of it.</summary>
    public static async Task<GraphHost> StartBetaAsync()
    {
        var vendor = await JudgedVendor.StartAsync("graph-beta.yaml", "", static _ => new(500), "/beta");
        vendor.IsDescribed = IsBeta;
        return Start(vendor, null, null);
    }

    private static GraphHost Start(JudgedVendor vendor, TimeProvider? clock, MemoryDocuments? documents)
    {
        var host = new GraphHost(vendor, clock ?? TimeProvider.System, documents);
        vendor.Answers = host.Answer;
        return host;
    }

    public Connection Connect(string tenant, string directory, params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["DirectoryId"] = directory, ["ClientId"] = "6e7b768e-07e2-4810-8459-485f84f8f204", ["ClientSecret"] = "the-secret",
            ["Address"] = Vendor.Address.ToString(), ["Authority"] = Vendor.Address.ToString(),
        };
        foreach (var (name, value) in settings)
            all[name] = value;
        return new($"{tenant}-graph", TenantId.Parse(tenant), GraphDescription.ConnectorName, all);
    }

    public Target User(string id = MiaId, string name = Mia) => new(Contoso.Name, "user", id, name, "");

    public Target Device(string id = PcId, string name = "ND-PC-014") => new(Contoso.Name, "device", id, name, "");

    public Task<CallOutcome<ActionReceipt>> ActAsync(string action, Target target, Connection connection) =>
        Connector.ActAsync(connection, new("op-1", action, target, new Dictionary<string, string>()), Token);

    public Task<CallOutcome<ActionReceipt>> ActAsync(string action, Target target, params (string Name, string Value)[] arguments) =>
        Connector.ActAsync(
            Contoso, new("op-1", action, target, arguments.ToDictionary(static one => one.Name, static one => one.Value)), Token);

    public async Task<IReadOnlyList<Target>> FindAsync(string kind, string name, Connection? connection = null) =>
        await ManifestHost.DoneAsync(Connector.FindAsync(connection ?? Contoso, kind, name, Token));

    public async Task<IReadOnlyList<string>> ObserveAsync(Target target) =>
    [
        .. (await ManifestHost.DoneAsync(Connector.ObserveAsync(Contoso, target, Token)))
            .OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => $"{one.Key} = {one.Value}"),
    ];

    /// <summary>What a delivery over Contoso's connection says.</summary>
    public async Task<IReadOnlyList<ConnectorEvent>> ReadAsync(byte[] body, Connection? connection = null) =>
        (await ActivatorUtilities.CreateInstance<NormalizeGraphNotificationsHandler>(services).Handle(
            new(connection ?? Notified, body), Token)).Events;

    /// <summary>Contoso's connection with notifications.</summary>
    /// <summary>What a connection lives on, as all parts together know it.</summary>
    public async Task<ConnectionVitals> VitalsAsync(Connection connection) =>
        await new VitalsReader(services.GetServices<IConnectionVitals>()).ReadAsync(connection, Token);

    public Connection Notified => Connect(
        "contoso", ContosoId, ("NotificationUrl", "https://bot.northmsp.example/api/events/contoso-graph"),
        ("ClientState", "7c1f2b9e-secret-client-state"), ("Watch", "users"));

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await Vendor.DisposeAsync();
    }

    public static VendorReply Error(int status, string code, string message = "No.", string? retryAfter = null) => new(
        status, $$"""{"error":{"code":"{{code}}","message":"{{message}}","innerError":{"request-id":"0e6f3b6e"} } }""", RetryAfter: retryAfter);

    private static bool IsBeta(VendorRequest request) => request.Path.StartsWith("/beta/", StringComparison.Ordinal);

    private static bool IsSignIn(VendorRequest request) =>
        request.Path.Contains("/oauth2/", StringComparison.Ordinal) || request.Path.Contains("/.well-known/", StringComparison.Ordinal)
        || request.Path.Contains("/discovery/", StringComparison.Ordinal);

    private VendorReply Answer(VendorRequest request)
    {
        if (IsSignIn(request))
            return SignIn(request);
        var parts = request.Headers.GetValueOrDefault("Authorization", "").Split(' ', '|');
        if (parts is not ["Bearer", var directory, var number] || int.Parse(number, null) < GoodFrom)
            return Error(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.");
        return World.Answer(directory, request, Vendor.Address);
    }

    private VendorReply SignIn(VendorRequest request)
    {
        request.Method.ShouldBe("POST");
        request.Path.ShouldEndWith("/oauth2/v2.0/token");
        if (NoToken is { } refused)
            return refused;
        request.Body.ShouldContain("grant_type=client_credentials");
        request.Body.ShouldContain("scope=https%3A%2F%2Fgraph.microsoft.com%2F.default");
        request.Body.ShouldContain(Proof);
        var token = $"{request.Path.Split('/')[1]}|{Interlocked.Increment(ref tokens)}";
        return VendorReply.Ok(new JsonObject
        {
            ["token_type"] = "Bearer", ["expires_in"] = 3599, ["ext_expires_in"] = 3599, ["access_token"] = token,
        }.ToJsonString());
    }
}
