using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>
/// The bot as a user starts it: its own process, its own port on 127.0.0.1, its own storage folder. Ended by process id.
/// <see cref="Kill"/> is <c>kill -9</c>; <see cref="RestartAsync"/> keeps port and storage.
/// </summary>
internal sealed class BotProcess : IAsyncDisposable
{
    /// <summary>Settings that verbs look at.</summary>
    private static readonly string[] OfVerbs = ["Storage:", "Ledger:", "Tenants:", "IDENTITY_"];

    private const int FirstPort = 20_000;
    private const int Ports = 10_000;

    // Two runs on one machine begin at different places.
    private static int lastPort = Environment.ProcessId * 97;

    private readonly Dictionary<string, string> settings;
    private readonly StringBuilder output = new();
    private readonly bool ownsStorage;
    private Process? process;

    private BotProcess(string storage, bool ownsStorage, int port, Dictionary<string, string> settings)
    {
        Storage = storage;
        Port = port;
        this.ownsStorage = ownsStorage;
        this.settings = settings;
        var wire = new SocketsHttpHandler();
        Http = new HttpClient(IsLocal ? new LocalCaller(wire) : wire)
            { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Hang.Limit };
    }

    public string Storage { get; }

    public int Port { get; }

    public HttpClient Http { get; }

    public string Output
    {
        get { lock (output) return output.ToString(); }
    }

    private bool IsLocal => !settings.ContainsKey("Teams:AppId");

    public bool HasExited => process is null or { HasExited: true };

    public static async Task<BotProcess> StartAsync(Dictionary<string, string>? settings = null, string? storage = null)
    {
        var bot = NotStarted(settings, storage);
        await bot.RestartAsync();
        return bot;
    }

    /// <summary>For a start that is to be watched: <see cref="RestartAsync"/> starts it.</summary>
    public static BotProcess NotStarted(Dictionary<string, string>? settings = null, string? storage = null) =>
        new(storage ?? Directory.CreateTempSubdirectory("bot-").FullName, storage is null, FreePort(), settings ?? []);

    /// <summary>Starts it (again) and waits until it says it is ready, or has ended.</summary>
    public async Task RestartAsync(Dictionary<string, string>? changed = null, bool waitUntilReady = true)
    {
        foreach (var (name, value) in changed ?? [])
            settings[name] = value;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Places.Program);
        start.WorkingDirectory = Places.Bot;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{Port}";
        start.Environment["Storage__Path"] = Storage;
        if (IsLocal)
            start.Environment["LocalTeams__Token"] = LocalCaller.Token;
        // A test that runs at seven in the morning is told of nothing but what it is about, and a slow machine is no reason to tell it
        // less.
        start.Environment["Digests__Enabled"] = "false";
        start.Environment["LocalTeams__AnswerTimeout"] = "00:01:00";
        start.Environment["Drafting__VendorTries"] = "10";
        start.Environment["Drafting__VendorTimeout"] = "00:10:00";
        foreach (var (name, value) in settings)
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        process = Process.Start(start)!;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (waitUntilReady)
            await WaitUntilReadyAsync();
    }

    public async Task WaitUntilReadyAsync() => await Eventually.TrueAsync(async () =>
    {
        if (HasExited)
            throw new InvalidOperationException($"The bot ended with code {process?.ExitCode}:\n{Output}");
        try
        {
            using var result = await Http.GetAsync("/readyz");
            return result.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }, () => $"ready\n{Output}");

    public void Kill()
    {
        if (process is { HasExited: false })
            process.Kill(entireProcessTree: true);
        process?.WaitForExit();
    }

    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Hang.Limit);
        await process!.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    /// <summary>Runs a command-line verb of the bot on this storage, beside or without the running bot.</summary>
    public Task<(int ExitCode, string Output)> VerbAsync(params string[] arguments) => FinishAsync(StartVerb(arguments));

    /// <summary>As <see cref="VerbAsync"/>, with every setting of the bot, and these.</summary>
    public Task<(int ExitCode, string Output)> VerbWithAllAsync(Dictionary<string, string> further, params string[] arguments) =>
        FinishAsync(StartVerb(arguments, settings.Concat(further)));

    private static async Task<(int ExitCode, string Output)> FinishAsync(Process started)
    {
        using var verb = started;
        var text = verb.StandardOutput.ReadToEndAsync();
        var errors = verb.StandardError.ReadToEndAsync();
        await verb.WaitForExitAsync();
        return (verb.ExitCode, await text + await errors);
    }

    /// <summary>As <see cref="VerbAsync"/>, for one that is to be watched or killed.</summary>
    public Process StartVerb(params string[] arguments) => StartVerb(arguments, settings.Where(
        static setting => OfVerbs.Any(section => setting.Key.StartsWith(section, StringComparison.Ordinal))));

    private Process StartVerb(string[] arguments, IEnumerable<KeyValuePair<string, string>> passed)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Places.Program);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.WorkingDirectory = Places.Bot;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["Storage__Path"] = Storage;
        foreach (var (name, value) in passed)
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        return Process.Start(start)!;
    }

    /// <summary>
    /// The types of all entries of a tenant, in order, as the file has them. It starts no process, so it may be asked again and again.
    /// </summary>
    public Task<IReadOnlyList<string>> TypesAsync(string tenant = "contoso")
    {
        List<string> types = [];
        using var database = LedgerFile.OpenToRead(Path.Combine(Storage, LedgerFile.Name));
        var rows = database?.Prepare("SELECT json_extract(CAST(body AS TEXT), '$.type') FROM entries WHERE tenant = ? ORDER BY seq")
            .Bind(1, tenant);
        while (rows?.Step() == true)
            types.Add(rows.Text(0));
        return Task.FromResult<IReadOnlyList<string>>(types);
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        process?.Dispose();
        Http.Dispose();
        await Task.CompletedTask;
        if (ownsStorage)
            Directory.Delete(Storage, recursive: true);
    }

    /// <summary>
    /// A port that stays free until it is listened on, also between a kill and a restart: each is given out once, and none is one that the
    /// system gives to whoever asks for any (see ip_local_port_range in ip-sysctl: from 32768 on), as tests beside this one do all the
    /// time.
    /// </summary>
    public static int FreePort()
    {
        for (var tries = 0; tries < Ports; tries++)
        {
            var port = FirstPort + (int)((uint)Interlocked.Increment(ref lastPort) % Ports);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // somebody listens there
            }
        }
        throw new InvalidOperationException("No port is free.");
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (output)
            output.AppendLine(line.Data);
    }
}
