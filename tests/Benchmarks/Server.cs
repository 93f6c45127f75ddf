using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Benchmarks;

/// <summary>A server process under load, on a free port of 127.0.0.1; ended by its process id.</summary>
internal sealed class Server : IDisposable
{
    /// <summary>As in production, but for local mode: no developer's error pages.</summary>
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["ASPNETCORE_URLS"] = "http://127.0.0.1:{port}",
        ["Logging__LogLevel__Default"] = "Warning",
    };

    /// <summary>One tenant with its connections.</summary>
    private static readonly Dictionary<string, string> Contoso = new()
    {
        ["Tenants__contoso__Name"] = "Contoso Ltd",
        ["Tenants__contoso__Prefix"] = "CON",
        ["Connections__contoso-sandbox__Tenant"] = "contoso",
        ["Connections__contoso-sandbox__Connector"] = "sandbox",
        ["Connections__contoso-sandbox__Settings__Token"] = "sandbox-contoso-dev",
        ["Connections__contoso-alertmanager__Tenant"] = "contoso",
        ["Connections__contoso-alertmanager__Connector"] = "alertmanager",
        ["Connections__contoso-alertmanager__Settings__Bearer"] = "alertmanager-contoso-dev",
        ["Connections__contoso-cloudevents__Tenant"] = "contoso",
        ["Connections__contoso-cloudevents__Connector"] = "cloudevents",
        ["Connections__contoso-cloudevents__Settings__Bearer"] = "cloudevents-contoso-dev",
    };

    private static readonly HttpClient Http = new();
    private readonly Process process;

    private Server(Process process, int port)
    {
        this.process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>From the start of the process to the first answer that it is ready.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    public long PeakMemoryBytes
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary>Memory that the process has in the machine now.</summary>
    public long ResidentBytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Processor time taken so far, all threads.</summary>
    public double CpuSeconds
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>What a script shows a bot that runs in local mode on this folder.</summary>
    public static string GetLocalToken(string storage) => File.ReadAllText(Path.Combine(storage, "local-teams.token")).Trim();

    /// <summary>The bot's <c>/readyz</c>.</summary>
    public async Task<Readiness> ReadinessAsync() =>
        await Http.GetFromJsonAsync<Readiness>($"http://127.0.0.1:{Port}/readyz")
            ?? throw new InvalidOperationException("/readyz answered nothing.");

    /// <summary>Waits until the bot's subscriptions have finished every entry.</summary>
    public async Task<Readiness> SettledAsync(TimeSpan? within = null)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < (within ?? TimeSpan.FromMinutes(5)); await Task.Delay(200))
        {
            if (await ReadinessAsync() is { Behind: 0 } settled)
                return settled;
        }
        throw new TimeoutException("The bot's subscriptions do not come to the end of the ledger.");
    }

    public static async Task<Server> StartAsync(
        string program,
        Func<int, IEnumerable<string>> arguments,
        string folder,
        IDictionary<string, string> environment,
        string readyPath,
        TimeSpan? within = null)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(program)
            { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments(port))
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value.Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var clock = Stopwatch.StartNew();
        var started = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        started.OutputDataReceived += static (_, _) => { };
        started.BeginOutputReadLine();
        started.ErrorDataReceived += static (_, line) => { if (line.Data is not null) Console.Error.WriteLine(line.Data); };
        started.BeginErrorReadLine();
        var server = new Server(started, port);
        for (; clock.Elapsed < (within ?? TimeSpan.FromMinutes(3)); await Task.Delay(20))
        {
            if (started.HasExited)
                throw new InvalidOperationException($"{program} ended with code {started.ExitCode}.");
            try
            {
                using var result = await Http.GetAsync(new Uri($"http://127.0.0.1:{port}{readyPath}"));
                if (readyPath != "/" && !result.IsSuccessStatusCode)
                    continue;
                server.ReadyAfter = clock.Elapsed;
                return server;
            }
            catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
            {
                // not listening, or too busy to answer, yet
            }
        }
        server.Dispose();
        throw new TimeoutException($"{program} was not ready in time.");
    }

    /// <summary>The botbuilder bot in <c>peer/</c>; its packages are installed when missing.</summary>
    /// <param name="signIn">App id, metadata URL and issuer, in this order, for a peer that checks tokens.</param>
    public static async Task<Server> StartPeerAsync(params string[] signIn)
    {
        var folder = Path.Combine(Repository.Root, "tests", "Benchmarks", "peer");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            using var install =
                Process.Start(new ProcessStartInfo("npm", "ci --no-audit --no-fund --silent") { WorkingDirectory = folder })!;
            await install.WaitForExitAsync();
            if (install.ExitCode != 0)
                throw new InvalidOperationException("npm ci failed in tests/Benchmarks/peer; the peer needs Node and the npm registry.");
        }
        return await StartAsync("node", port => ["peer.js", port.ToString(CultureInfo.InvariantCulture), .. signIn], folder,
            new Dictionary<string, string>(), "/");
    }

    /// <summary>The bot on the .NET Bot Framework in <c>peer-dotnet/</c>; built when its sources are newer.</summary>
    /// <inheritdoc cref="StartPeerAsync" path="/param"/>
    public static async Task<Server> StartDotNetPeerAsync(params string[] signIn)
    {
        var folder = Path.Combine(Repository.Root, "tests", "Benchmarks", "peer-dotnet", "Peer");
        using var build = Process.Start(new ProcessStartInfo("dotnet", "build -c Release -v q -nologo -nodeReuse:false")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var said = await build.StandardOutput.ReadToEndAsync();
        await build.WaitForExitAsync();
        if (build.ExitCode != 0)
            throw new InvalidOperationException($"The peer in {folder} does not build:\n{said}");
        return await StartAsync(
            "dotnet",
            port => [Path.Combine(folder, "bin", "Release", "net10.0", "Peer.dll"), port.ToString(CultureInfo.InvariantCulture), .. signIn],
            folder,
            new Dictionary<string, string>(),
            "/");
    }

    /// <summary>The bot with one tenant.</summary>
    public static Task<Server> StartBotAsync(string storage, IDictionary<string, string> settings) =>
        StartBotAsync(storage, Contoso.Concat(settings), within: null);

    /// <summary>The bot with the tenants that the settings name.</summary>
    public static Task<Server> StartBotAsync(string storage, IEnumerable<KeyValuePair<string, string>> settings, TimeSpan? within)
    {
        var all = Settings.Concat(settings).Append(new("Storage__Path", storage)).GroupBy(static one => one.Key);
        return StartAsync(
            "dotnet",
            _ => [Path.Combine(Repository.Root, "bot", "bin", "Release", "net10.0", "DevOpsAI.Bot.dll")],
            Path.Combine(Repository.Root, "bot"),
            all.ToDictionary(static one => one.Key, static one => one.Last().Value),
            "/readyz",
            within);
    }

    /// <summary>
    /// The server of <see cref="Floor"/>, under the same runtime settings as the bot (<c>bot/runtimeconfig.template.json</c>).
    /// </summary>
    public static Task<Server> StartFloorAsync(string storage) => StartAsync(
        "dotnet",
        port => [typeof(Server).Assembly.Location, Floor.ServeArgument, port.ToString(CultureInfo.InvariantCulture), storage],
        storage,
        new Dictionary<string, string>
        {
            ["DOTNET_gcServer"] = "1",
            ["DOTNET_GCDynamicAdaptationMode"] = "0",
            ["DOTNET_GCHeapCount"] = "2",
            ["DOTNET_GCNoAffinitize"] = "1",
            ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
        },
        "/readyz");

    /// <summary>Stops it as whoever watches over it does (SIGTERM), so that it leaves behind what it leaves behind.</summary>
    public async Task StopAsync()
    {
        using (var told = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
            await told.WaitForExitAsync();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>What <c>/readyz</c> says in local mode.</summary>
internal sealed record Readiness(string Status, long Behind, IntakeCounts Intake);

internal sealed record IntakeCounts(long Received, long Shown, long Folded, long Digested, long Waiting);
