namespace DevOpsAI.Bot.Teams.Settings;

/// <summary>Everything that differs between Microsoft's clouds. Values of two clouds are never mixed.</summary>
/// <param name="MetadataUrl">OpenID metadata of the Bot Connector's signing keys.</param>
/// <param name="Issuer">Exact <c>iss</c> of its tokens.</param>
/// <param name="LoginHost">Where our own token comes from.</param>
/// <param name="Scope">What our token is for.</param>
/// <param name="ServiceHosts">The hosts that may receive our token.</param>
public sealed record CloudEnvironment(
    string Name, Uri MetadataUrl, string Issuer, Uri LoginHost, string Scope, IReadOnlyList<string> ServiceHosts)
{
    private static readonly CloudEnvironment Public = new(
        "public",
        new("https://login.botframework.com/v1/.well-known/openidconfiguration"),
        "https://api.botframework.com",
        new("https://login.microsoftonline.com/"),
        "https://api.botframework.com/.default",
        ["smba.trafficmanager.net"]);

    private static readonly CloudEnvironment Gov = new(
        "gccHigh",
        new("https://login.botframework.azure.us/v1/.well-known/openidconfiguration"),
        "https://api.botframework.us",
        new("https://login.microsoftonline.us/"),
        "https://api.botframework.us/.default",
        ["smba.infra.gov.teams.microsoft.us"]);

    /// <summary>China lists no service host: the documents name none, so <c>Teams:TrustedServiceUrls</c> has to.</summary>
    public static readonly IReadOnlyList<CloudEnvironment> All =
    [
        Public,
        Public with { Name = "gcc", ServiceHosts = ["smba.infra.gcc.teams.microsoft.com"] },
        Gov,
        Gov with { Name = "dod", ServiceHosts = ["smba.infra.dod.teams.microsoft.us"] },
        new(
            "china",
            new("https://login.botframework.azure.cn/v1/.well-known/openidconfiguration"),
            "https://api.botframework.azure.cn",
            new("https://login.partner.microsoftonline.cn/"),
            "https://api.botframework.azure.cn/.default",
            []),
    ];

    public static CloudEnvironment? Find(string name) =>
        All.FirstOrDefault(cloud => cloud.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The configured cloud with the overrides that tests and private clouds need.</summary>
    public static CloudEnvironment From(TeamsOptions options)
    {
        var cloud = Find(options.Cloud) ?? throw new ArgumentException($"Teams:Cloud '{options.Cloud}' is unknown.", nameof(options));
        return cloud with
        {
            MetadataUrl = options.MetadataUrl ?? cloud.MetadataUrl,
            Issuer = options.Issuer ?? cloud.Issuer,
            LoginHost = options.LoginUrl ?? cloud.LoginHost,
        };
    }
}
