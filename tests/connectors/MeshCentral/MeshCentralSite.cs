using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.MeshCentral;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Connectors.MeshCentral;

/// <summary>
/// One real MeshCentral for all tests of a collection: two clients' device groups, in each of which this machine is a device of the same
/// name, and a second device of Contoso's whose agent is away.
/// </summary>
public sealed class MeshCentralSite : IAsyncLifetime
{
    public const string Server = "SRV-FILE01";
    public const string Spare = "SRV-SPARE";
    private const long WakeRunDetails = 0x40 | 0x20000 | 0x100000;

    private readonly MeshCentralConnector connector = new(new SecretSource(TimeProvider.System), TimeProvider.System);
    private MeshCentralServer? server;
    private string? missing;

    internal MeshCentralConnector Connector => connector;

    internal MeshCentralServer Vendor => server ?? throw new InvalidOperationException(missing);

    internal string Contoso { get; private set; } = "";

    internal string Fabrikam { get; private set; } = "";

    internal MeshAgent Agent { get; private set; } = null!;

    internal Connection Connection => Connect("bot", Contoso);

    internal Connection Foreign => Connect("bot-fabrikam", Fabrikam) with { Name = "fabrikam-meshcentral", Tenant = TenantId.Parse("fabrikam") };

    public async ValueTask InitializeAsync()
    {
        (server, missing) = await MeshCentralServer.StartAsync();
        if (server is null)
            return;
        Contoso = await server.CreateGroupAsync("Contoso Ltd");
        Fabrikam = await server.CreateGroupAsync("Fabrikam Inc");
        await server.CreateUserAsync("bot", Contoso, WakeRunDetails);
        await server.CreateUserAsync("bot-fabrikam", Fabrikam, WakeRunDetails);
        await server.CreateUserAsync("viewer", Contoso, rights: 0x100);
        Agent = await server.StartAgentAsync(Contoso, Server);
        await server.StartAgentAsync(Fabrikam, Server);
        (await server.StartAgentAsync(Contoso, Spare)).Kill();
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
    }

    /// <summary>Skips the test where there is no MeshCentral to be had.</summary>
    internal void MustBeThere() => Assert.SkipWhen(server is null, missing ?? "");

    internal Connection Connect(string user, string group, MeshCentralServer? at = null) => new(
        "contoso-meshcentral", TenantId.Parse("contoso"), MeshCentralConnector.ConnectorName,
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Address"] = (at ?? Vendor).Address.ToString(),
            ["Certificate"] = (at ?? Vendor).Certificate,
            ["User"] = user,
            ["Password"] = MeshCentralServer.Password,
            ["Group"] = group,
        });
}

[CollectionDefinition(Name)]
public sealed class MeshCentralCollection : ICollectionFixture<MeshCentralSite>
{
    public const string Name = "MeshCentral";
}
