using System.Net;
using System.Net.Sockets;
using DevOpsAI.Bot.Hosting;
using DevOpsAI.Bot.Hosting.Settings;
using DevOpsAI.Common;
using DevOpsAI.Connectors;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace DevOpsAI.Tests.Hosting.Settings;

/// <summary>What keeps the bot from starting is told in sentences, all of it at once, each with a way out.</summary>
public sealed class SettingsCheckTests : IDisposable
{
    private const string App = "22222222-2222-4222-8222-222222222222";
    private const string Variable = "DEVOPSAI_TEST_SECRET_OF_SETTINGS";

    private static readonly SecretPlaces Places = new(ConnectorCatalog.Read());

    private readonly string folder = Directory.CreateTempSubdirectory("settings-").FullName;

    [Theory]
    [InlineData("Connections:c:Settings:Bearer", "env:NO_SUCH_VARIABLE",
        "Connections:c:Settings:Bearer: The secret at env:NO_SUCH_VARIABLE is missing or empty. Set the environment variable "
        + "NO_SUCH_VARIABLE")]
    [InlineData("Connections:c:Settings:Password", "file:/no/such/file",
        "Connections:c:Settings:Password: The secret at file:/no/such/file cannot be read. Put the secret into that file")]
    [InlineData("Teams:ClientSecret", "env:NO_SUCH_VARIABLE", "Teams:ClientSecret: The secret at env:NO_SUCH_VARIABLE")]
    [InlineData("Teams:CertificatePassword", "file:/no/such/file", "Teams:CertificatePassword: The secret at file:/no/such/file")]
    public void A_secret_that_is_not_there_is_told_at_the_start(string setting, string value, string told) =>
        Secrets((setting, value)).ShouldHaveSingleItem().ShouldStartWith(told);

    [Fact]
    public void Secrets_that_are_there_are_no_mistakes()
    {
        var file = Path.Combine(folder, "secret");
        File.WriteAllText(file, "s3cret\n");
        Environment.SetEnvironmentVariable(Variable, "s3cret");
        Secrets(("Connections:c:Settings:Bearer", "env:" + Variable), ("Connections:d:Settings:Token", "file:" + file),
            ("Connections:e:Settings:Token", "s3cret")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("sandbox-contoso-dev")]
    [InlineData(" cloudevents-fabrikam-dev ")]
    [InlineData("env:" + Variable)]
    public void With_an_app_id_no_connection_may_have_a_secret_that_everybody_knows(string secret)
    {
        Environment.SetEnvironmentVariable(Variable, "alertmanager-contoso-dev");
        (string, string)[] connection = [("Connections:acme-alerts:Settings:HmacSecret", secret),
            ("Connections:northwind-alerts:Settings:Bearer", "of its own")];
        Secrets(connection).ShouldBeEmpty("this machine only");
        var told = Secrets([("Teams:AppId", App), .. connection]).ShouldHaveSingleItem();
        told.ShouldContain("acme-alerts still has a published sample secret");
        told.ShouldContain("--environment Production");
        told.ShouldNotContain("northwind");
    }

    [Theory]
    [InlineData("0123456789abcdef", 0)]
    [InlineData("0123456789abcde", 1)]
    [InlineData("ééééééé", 1)]
    [InlineData("éééééééé", 0)]
    [InlineData("env:" + Variable, 1)]
    public void In_production_a_short_secret_is_refused_wherever_it_is_kept(string secret, int errors)
    {
        Environment.SetEnvironmentVariable(Variable, "short");
        (string, string)[] connection = [("Connections:c:Settings:HmacSecret", secret), ("Connections:c:Settings:Username", "am"),
            ("Teams:ClientSecret", "x")];
        InProduction(connection).ShouldBeEmpty("local mode is for this machine");
        Secrets([("Teams:AppId", App), .. connection]).ShouldBeEmpty("Development");
        var told = InProduction([("Teams:AppId", App), .. connection]);
        told.Count.ShouldBe(errors);
        told.ShouldAllBe(static one => one.StartsWith("Connections:c:Settings:HmacSecret: shorter than 16 bytes"));
    }

    [Fact]
    public void In_production_a_secret_that_others_can_read_is_refused_by_name_and_not_by_value()
    {
        var file = Path.Combine(folder, "appsettings.json");
        File.WriteAllText(file, $$"""
            {"Teams":{"AppId":"{{App}}","ClientSecret":"written-out-in-a-file"},
             "Connections":{"a":{"Settings":{"Bearer":"0123456789abcdef","Username":"monitoring-user-name"} },"b":{"Settings":{"HmacSecret":"replaced by the environment"} } } }
            """);
        var configuration = new ConfigurationBuilder().AddJsonFile(file)
            .AddCommandLine(["--Connections:c:Settings:Token=on-the-command-line"])
            .AddInMemoryCollection(
                new Dictionary<string, string?> { ["Connections:b:Settings:HmacSecret"] = "from-a-vault-or-the-environment" })
            .Build();
        var told = SettingsCheck.SecretErrors(configuration, new SecretSource(TimeProvider.System), Places, isDevelopment: false)
            .ShouldHaveSingleItem().Message;
        told.ShouldStartWith("Connections:a:Settings:Bearer, Connections:c:Settings:Token, Teams:ClientSecret: written out");
        told.ShouldNotContain("0123456789abcdef");
        SettingsCheck.SecretErrors(configuration, new SecretSource(TimeProvider.System), Places, isDevelopment: true).ShouldBeEmpty();
    }

    [Fact]
    public void Every_secret_of_the_development_settings_counts_as_known_to_everybody()
    {
        var settings = Path.Combine(Repository.Root, "bot", "appsettings.Development.json");
        var configuration = new ConfigurationBuilder().AddJsonFile(settings).Build();
        var secrets = configuration.GetSection("Connections").GetChildren()
            .SelectMany(static one => one.GetSection("Settings").GetChildren())
            .Where(static setting => setting.Key != "Username").Select(static setting => setting.Value!).ToList();
        secrets.Count.ShouldBeGreaterThan(5);
        secrets.ShouldAllBe(static secret => SampleSecrets.Contains(secret));
    }

    [Fact]
    public async Task Mistakes_in_clients_and_in_their_connections_come_in_one_list_with_the_others()
    {
        var said = await RefusedAsync(
            "--Tenants:Contoso West:Name=Contoso West", "--Tenants:fabrikam:Prefix=f-1", "--Tenants:contoso-east:Prefix=CON",
            "--Tenants: contoso:Prefix=CNT", "--Connections:a:Tenant=nobody", "--Connections:a:Connector=sandbox",
            "--Connections:b:Tenant=Contoso West", "--Connections:b:Connector=sandbox",
            "--Storms:Window=soon");
        said.ShouldContain("Tenants:Contoso West: not a tenant id");
        said.ShouldContain("Tenants:fabrikam:Prefix: 'F-1' is not two to five letters");
        said.ShouldContain("contoso and contoso-east have the same prefix 'CON'");
        said.ShouldContain("' contoso' and 'contoso' are the same client");
        said.ShouldContain("Connections:a:Tenant: there is no tenant 'nobody'");
        said.ShouldNotContain("Connections:b:Tenant");
        said.ShouldContain("Storms:Window");
    }

    [Fact]
    public async Task Several_mistakes_are_one_list_without_a_stack_trace()
    {
        var said = await RefusedAsync("--Gates:PolciyPath=x", "--Digests:Enabled=yes", "--Connections:c:Tenant=nobody",
            "--Access:Roles:contoso:approver:0=dana@msp.example");
        said.ShouldStartWith("The bot cannot start. There are");
        said.ShouldContain("  - Gates:PolciyPath: there is no such setting; did you mean Gates:PolicyPath?");
        said.ShouldContain("  - Digests:Enabled is 'yes'");
        said.ShouldContain("  - Connections:c:Tenant: there is no tenant 'nobody'");
        said.ShouldContain("  - Access:Roles:contoso:approver: 'dana@msp.example' is no Entra object id");
    }

    [Fact]
    public async Task A_port_in_use_is_one_sentence_with_a_way_out()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        foreach (var host in new[] { "127.0.0.1", "localhost", "0.0.0.0" })
        {
            // All addresses are refused in local mode anyway, but whichever is said first, it is one sentence.
            var said = await RefusedAsync($"--urls=http://{host}:{port}");
            said.ShouldContain($"Port {port} on {host} is in use");
            said.ShouldContain("--urls http://localhost:");
            said.Trim().Split('\n').Length.ShouldBe(1);
        }
    }

    [Theory]
    [InlineData("WebhookSecret", true)]
    [InlineData("ClientSecret", false)]
    [InlineData("Organization", false)]
    public void A_short_secret_that_a_sender_proves_itself_by_is_told_and_one_that_a_vendor_issued_is_not(string setting, bool isTold)
    {
        var told = InProduction(("Teams:AppId", "22222222-2222-4222-8222-222222222222"), ($"Connections:n:Settings:{setting}", "short"));
        told.Any(static one => one.Contains("can be guessed", StringComparison.Ordinal)).ShouldBe(isTold, string.Join('\n', told));
    }

    [Theory]
    [InlineData("ClientSecret")]
    [InlineData("PrivateKey")]
    [InlineData("ApiSecret")]
    [InlineData("IntegrationCode")]
    [InlineData("ApiPassword")]
    public async Task A_vendors_secret_that_stands_in_a_file_of_settings_is_told(string setting)
    {
        var file = Path.Combine(folder, "appsettings.json");
        await File.WriteAllTextAsync(
            file, $$"""{"Teams":{"AppId":"22222222-2222-4222-8222-222222222222"},"Connections":{"n":{"Settings":{"{{setting}}":"0123456789abcdef0123"} } } }""",
            TestContext.Current.CancellationToken);
        SettingsCheck.SecretErrors(
            new ConfigurationBuilder().AddJsonFile(file).Build(), new SecretSource(TimeProvider.System), Places, isDevelopment: false)
            .ShouldHaveSingleItem().Message.ShouldStartWith($"Connections:n:Settings:{setting}: written out in a file of settings");
    }

    [Fact]
    public async Task Connectors_of_ones_own_are_read_from_a_folder_and_every_mistake_in_them_is_told()
    {
        var own = Directory.CreateDirectory(Path.Combine(folder, "connectors")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(own, "acme.yaml"), "name: acme\ntitle: Acme\nadress: https://acme.example\n", TestContext.Current.CancellationToken);
        var said = await RefusedAsync("--urls=http://127.0.0.1:0", $"--Connectors:Path={own}");
        said.ShouldContain("acme.yaml:1: 'address' is missing");
        said.ShouldContain("acme.yaml:3: unknown key 'adress'");
        (await RefusedAsync("--urls=http://127.0.0.1:0", $"--Connectors:Path={own}/nowhere")).ShouldContain("Connectors:Path: there is no folder");

        await File.WriteAllTextAsync(
            Path.Combine(own, "acme.yaml"), """
            name: acme
            title: Acme
            settings: { Key: { title: API key, secret: true } }
            address: https://acme.example
            """, TestContext.Current.CancellationToken);
        // It is known now: what is wrong with its connection is told by its own settings.
        (await RefusedAsync(
            "--urls=http://127.0.0.1:0", $"--Connectors:Path={own}", "--Connections:a:Tenant=contoso", "--Connections:a:Connector=acme"))
            .ShouldContain("Connections:a:Settings:Key: missing; API key.");
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_one_sentence_with_a_way_out()
    {
        var file = Path.Combine(folder, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var said = await RefusedAsync("--urls=http://127.0.0.1:0", $"--Storage:Path={file}/data");
        said.ShouldContain($"The data folder {file}/data cannot be written");
        said.ShouldContain("Storage:Path");
        said.Trim().Split('\n').Length.ShouldBe(1);
    }

    [Fact]
    public void A_folder_that_can_be_written_is_left_as_it_was()
    {
        Surroundings.CheckFolder(new() { Path = "data" }, folder);
        Directory.EnumerateFileSystemEntries(Path.Combine(folder, "data")).ShouldBeEmpty();
    }

    [Fact]
    public void An_address_that_this_machine_does_not_have_is_told() =>
        Should.Throw<SurroundingsException>(() => Surroundings.CheckAddress("http://192.0.2.1:39781")).Message
            .ShouldContain("192.0.2.1 is no address of this machine");

    [Theory]
    [InlineData("nonsense")]
    [InlineData("http://localhost:99999")]
    [InlineData("http//localhost:3978")]
    public async Task An_address_that_is_none_is_one_sentence_with_a_way_out(string address)
    {
        var said = await RefusedAsync($"--urls={address}");
        said.ShouldContain($"'{address}' is no address to listen on");
        said.Trim().Split('\n').Length.ShouldBe(1);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static List<string> Secrets(params (string Key, string Value)[] settings) => [.. SettingsCheck.SecretErrors(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(one => one.Key, one => (string?)one.Value)).Build(),
        new SecretSource(new ManualClock(TimeProvider.System.GetUtcNow())), Places, isDevelopment: true).Select(static error => error.Message)];

    private static List<string> InProduction(params (string Key, string Value)[] settings) => [.. SettingsCheck.SecretErrors(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(one => one.Key, one => (string?)one.Value)).Build(),
        new SecretSource(new ManualClock(TimeProvider.System.GetUtcNow())), Places, isDevelopment: false).Select(static error => error.Message)];

    private async Task<string> RefusedAsync(params string[] settings)
    {
        using var error = new StringWriter();
        string[] own = [$"--Storage:Path={folder}", "--Tenants:contoso:Name=Contoso Ltd", "--LocalTeams:Enabled=false",
            "--Logging:Console:LogLevel:Default=None"];
        (await BotHost.RunAsync([.. own, .. settings], error)).ShouldBe(2);
        error.ToString().ShouldNotContain("   at ");
        return error.ToString();
    }
}
