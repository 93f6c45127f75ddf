using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.Support;

/// <summary>
/// A real MeshCentral (npm <c>meshcentral</c>) on 127.0.0.1 with a self-signed certificate and an account <see cref="Administrator"/>.
/// Ended with this process at the latest.
/// </summary>
public sealed class MeshCentralServer : IAsyncDisposable
{
    public const string Administrator = "admin";

    /// <summary>Of every account that tests make.</summary>
    public const string Password = "Loopback-1-only";

    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(3);
    private readonly Process process;
    private readonly List<MeshAgent> agents = [];
    private MeshCentralClient? administrator;

    private MeshCentralServer(Process process, string data, Uri address, string certificate)
    {
        (this.process, Data, Address, Certificate) = (process, data, address, certificate);
        AppDomain.CurrentDomain.ProcessExit += EndWithUs;
    }

    public Uri Address { get; }

    /// <summary>SHA-256 of its certificate.</summary>
    public string Certificate { get; }

    private string Data { get; }

    private static string Folder => Path.Combine(Repository.Root, "tests", "support", "meshcentral");

    /// <summary>A server without devices; what it lacks on this machine otherwise.</summary>
    public static async Task<(MeshCentralServer? Server, string? Missing)> StartAsync()
    {
        if (MeshAgent.Missing() is { } missing)
            return (null, missing);
        if (!await NpmPackages.InstallAsync(Folder))
            return (null, "MeshCentral cannot be installed: there is no npm, or its packages cannot be had");
        var data = Directory.CreateTempSubdirectory("meshcentral-").FullName;
        await WriteSettingsAsync(data, FreePort());
        await RunAsync(data, "--createaccount", Administrator, "--pass", Password, "--email", "admin@example.test");
        await RunAsync(data, "--adminaccount", Administrator);
        return (await StartAsync(data), null);
    }

    /// <summary>
    /// Another server with the same accounts and groups, at another port: it has its certificates already and is there at once.
    /// </summary>
    public async Task<MeshCentralServer> StartTwinAsync()
    {
        var data = Directory.CreateTempSubdirectory("meshcentral-").FullName;
        foreach (var file in Directory.EnumerateFiles(Data))
            File.Copy(file, Path.Combine(data, Path.GetFileName(file)));
        await WriteSettingsAsync(data, FreePort());
        return await StartAsync(data);
    }

    /// <summary>A session of the administrator's, made once.</summary>
    public async Task<MeshCentralClient> AdministratorAsync() =>
        administrator ??= await MeshCentralClient.SignInAsync(Address, Certificate, Administrator, Password);

    /// <summary>Makes a device group and tells its id.</summary>
    public async Task<string> CreateGroupAsync(string name)
    {
        var made = await (await AdministratorAsync()).AskAsync(
            new() { ["action"] = "createmesh", ["meshname"] = name, ["meshtype"] = 2, ["desc"] = "" });
        return made["meshid"]!.GetValue<string>();
    }

    /// <summary>Makes an account that may do this, and no more, with the devices of a group.</summary>
    /// <param name="rights">As the server counts them.</param>
    public async Task CreateUserAsync(string name, string group, long rights)
    {
        const int neitherGroupsNorTools = 64;
        var session = await AdministratorAsync();
        await session.AskAsync(new()
        {
            ["action"] = "adduser", ["username"] = name, ["pass"] = Password, ["email"] = $"{name}@example.test", ["emailVerified"] = true,
            ["siteadmin"] = neitherGroupsNorTools,
        });
        await session.AskAsync(new()
        {
            ["action"] = "addmeshuser", ["meshid"] = group, ["userids"] = new JsonArray($"user//{name}"), ["meshadmin"] = rights,
        });
    }

    /// <summary>Starts the server's own agent, as nobody, and waits until the server has the device in the group under this name.</summary>
    public async Task<MeshAgent> StartAgentAsync(string group, string name)
    {
        var agent = await MeshAgent.StartAsync(await AdministratorAsync(), Address, Certificate, group, name);
        agents.Add(agent);
        return agent;
    }

    /// <summary>As <c>kill -9</c> of all its processes; its agents stay.</summary>
    public void Kill()
    {
        if (process.HasExited)
            return;
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (administrator is not null)
            await administrator.DisposeAsync();
        AppDomain.CurrentDomain.ProcessExit -= EndWithUs;
        Kill();
        foreach (var agent in agents)
            agent.Dispose();
        process.Dispose();
        Directory.Delete(Data, recursive: true);
    }

    private void EndWithUs(object? sender, EventArgs ended)
    {
        Kill();
        foreach (var agent in agents)
            agent.Kill();
    }

    private static async Task<MeshCentralServer> StartAsync(string data)
    {
        var settings = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(data, "config.json")))!;
        var port = settings["settings"]!["port"]!.GetValue<int>();
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}/"));
        var process = Process.Start(Node(data))!;
        using var bound = new CancellationTokenSource(StartsWithin);
        while (await process.StandardOutput.ReadLineAsync(bound.Token) is { } line)
        {
            if (!line.Contains("HTTPS server running", StringComparison.Ordinal))
                continue;
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return new(process, data, address, await CertificateAsync(address));
        }
        throw new InvalidOperationException("MeshCentral ended without listening.");
    }

    private static async Task<string> CertificateAsync(Uri address)
    {
        var hash = "";
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            hash = Convert.ToHexStringLower(SHA256.HashData(certificate!.GetRawCertData()));
            return hash.Length > 0;
        };
        using var http = new HttpClient(handler) { Timeout = Hang.Limit };
        using var answer = await http.GetAsync(address);
        return hash;
    }

    private static async Task RunAsync(string data, params string[] arguments)
    {
        using var run = Process.Start(Node(data, arguments))!;
        using var bound = new CancellationTokenSource(StartsWithin);
        await run.StandardOutput.ReadToEndAsync(bound.Token);
        await run.WaitForExitAsync(bound.Token);
    }

    private static ProcessStartInfo Node(string data, params string[] arguments)
    {
        // Whatever becomes of this process, the server does not stay: its parts end with the one that is started here.
        var start = new ProcessStartInfo("timeout")
        {
            WorkingDirectory = data, RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false,
        };
        // It installs packages by itself that it lacks for a setting, and wants one as soon as there is a proxy.
        start.Environment["npm_config_offline"] = "true";
        foreach (var proxy in (string[])["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"])
            start.Environment.Remove(proxy);
        var program = Path.Combine(Folder, "node_modules", "meshcentral");
        foreach (var argument in (string[])
            ["1800", "node", program, "--datapath", data, "--filespath", Path.Combine(data, "files"), .. arguments])
            start.ArgumentList.Add(argument);
        return start;
    }

    private static Task WriteSettingsAsync(string data, int port) => File.WriteAllTextAsync(
        Path.Combine(data, "config.json"),
        new JsonObject
        {
            ["settings"] = new JsonObject
            {
                ["cert"] = "127.0.0.1", ["WANonly"] = true, ["port"] = port, ["portBind"] = "127.0.0.1", ["exactPorts"] = true,
                ["redirPort"] = 0, ["mpsPort"] = 0, ["agentTimeStampServer"] = false, ["selfUpdate"] = false, ["autoBackup"] = false,
                ["no2FactorAuth"] = true, ["allowLoginToken"] = true,
            },
            ["domains"] = new JsonObject { [""] = new JsonObject { ["newAccounts"] = false } },
        }.ToJsonString());

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
