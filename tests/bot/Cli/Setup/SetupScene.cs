using System.Net;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cli.Setup;
using DevOpsAI.Tests.Support;
using DevOpsAI.Tests.Teams;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Bot.Commands.Setup;

/// <summary>A production configuration that lacks nothing, and stand-ins for everything that it names.</summary>
internal sealed class SetupScene : IAsyncDisposable
{
    public const string ClientSecret = "canary-client-secret-4711";
    public const string Bearer = "canary-bearer-of-contoso-0815";
    public const string Administrator = "01234567-89ab-cdef-0123-456789abcdef";

    private readonly TeamsHost bot;
    private readonly List<Action<IServiceCollection>> replaced = [];

    private SetupScene(FakeTeams teams, TeamsHost bot)
    {
        (Teams, this.bot) = (teams, bot);
        Directory.CreateDirectory(Data);
        Settings = new()
        {
            ["environment"] = "Production",
            ["Storage:Path"] = Data,
            ["Tenants:contoso:Name"] = "Contoso Ltd",
            ["Tenants:fabrikam:Name"] = "Fabrikam Inc",
            ["Connections:contoso-alerts:Tenant"] = "contoso",
            ["Connections:contoso-alerts:Connector"] = "alertmanager",
            ["Connections:contoso-alerts:Settings:Bearer"] = Write("bearer", Bearer),
            ["Access:Roles:*:administrator:0"] = Administrator,
            ["Teams:AppId"] = TeamsHost.AppId,
            ["Teams:TenantId"] = TeamsHost.Tenant,
            ["Teams:ClientSecret"] = Write("client-secret", ClientSecret),
            ["Teams:MetadataUrl"] = teams.MetadataUrl.AbsoluteUri,
            ["Teams:LoginUrl"] = teams.Root.AbsoluteUri,
            // Of the clouds the one that has no address of its own, which no test could reach.
            ["Teams:Cloud"] = "china",
            ["Teams:TrustedServiceUrls:0"] = teams.ServiceUrl,
        };
        Replace(static services => services.AddSingleton<DiskSpace>(new RoomEnough()));
        Replace(services => services.AddHttpClient(SetupChecks.Client).ConfigurePrimaryHttpMessageHandler(
            () => new TlsProxy(bot.Client.BaseAddress!, () => InPlaceOfBot)));
    }

    public FakeTeams Teams { get; }

    /// <summary>What is answered at the endpoint by somebody who is not the bot.</summary>
    public HttpStatusCode? InPlaceOfBot { get; set; }

    public Dictionary<string, string?> Settings { get; }

    /// <summary>Null to name none.</summary>
    public string? Endpoint { get; set; } = TlsProxy.Address;

    /// <summary>Wide enough for a busy machine; a test of what takes too long sets it.</summary>
    public TimeSpan Limit { get; set; } = Hang.Limit;

    public string Root { get; } = Directory.CreateTempSubdirectory("setup-").FullName;

    public string Data => Path.Combine(Root, "data");

    public static async Task<SetupScene> StartAsync()
    {
        var teams = await FakeTeams.StartAsync();
        return new(teams, await TeamsHost.StartAsync(new()
        {
            ["Teams:AppId"] = TeamsHost.AppId,
            ["Teams:TenantId"] = TeamsHost.Tenant,
            ["Teams:ClientSecret"] = "a secret of the bot that answers",
            ["Teams:MetadataUrl"] = teams.MetadataUrl.AbsoluteUri,
        }));
    }

    /// <summary>A file with this in it, as a reference.</summary>
    public string Write(string name, string secret)
    {
        var file = Path.Combine(Root, name);
        File.WriteAllText(file, secret);
        return $"file:{file}";
    }

    public void Replace(Action<IServiceCollection> part) => replaced.Add(part);

    public async Task<(int Code, string Output, string Error)> RunAsync(params string[] more)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        string[] endpoint = Endpoint is null ? [] : ["--endpoint", Endpoint];
        var code = await SetupCommand.RunAsync(
            ["setup", "check", .. more, .. endpoint, .. Settings.Where(static one => one.Value is not null)
                .Select(static one => $"--{one.Key}={one.Value}")],
            new(output, error) { Limit = Limit, Replace = services => replaced.ForEach(part => part(services)) },
            TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Runs it as programs do.</summary>
    public async Task<IReadOnlyList<SetupLine>> LinesAsync()
    {
        var (code, output, error) = await RunAsync("--json");
        error.ShouldBeEmpty();
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonNode.Parse(line)!.AsObject())
            .Select(static line => new SetupLine((string)line["check"]!, (string)line["status"]!, (string)line["message"]!)).ToList();
        code.ShouldBe(lines.Exists(static line => line.Status == "missing") ? SetupCommand.IsMissing : SetupCommand.Ready);
        return lines;
    }

    /// <summary>The one line that says that something is missing, which has to be of this check; all others find nothing.</summary>
    public async Task<string> MissingAsync(string check)
    {
        var missing = (await LinesAsync()).Where(static line => line.Status == "missing").ToList();
        missing.Select(static line => line.Check).ShouldBe([check], string.Join('\n', missing));
        return missing[0].Message;
    }

    public async ValueTask DisposeAsync()
    {
        await bot.DisposeAsync();
        await Teams.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }

    /// <summary>The disk of a machine that runs tests may be as full as it likes.</summary>
    private sealed class RoomEnough : DiskSpace
    {
        public override long GetFree(string folder) => 50L << 30;
    }
}

/// <summary>A line of <c>setup check --json</c>.</summary>
internal sealed record SetupLine(string Check, string Status, string Message);
