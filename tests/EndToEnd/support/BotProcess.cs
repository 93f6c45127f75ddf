using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>
/// The bot as a user starts it: its own process, its own port on 127.0.0.1, its own storage folder. Ended by process id.
/// <see cref="Kill"/> is <c>kill -9</c>; <see cref="RestartAsync"/> keeps port and storage.
/// </summary>
internal sealed class BotProcess : IAsyncDisposable
{
    /// <summary>Settings that verbs look at.</summary>
    private static readonly string[] OfVerbs = ["Storage:", "Ledger:", "Tenants:"];

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
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(30) };
    }

    public string Storage { get; }

    public int Port { get; }

    public HttpClient Http { get; }

    public string Output
    {
        get { lock (output) return output.ToString(); }
    }

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
        start.ArgumentList.Add(Path.Combine(Places.Bot, "bin", Places.Configuration, "net10.0", "DevOpsAI.Bot.dll"));
        start.WorkingDirectory = Places.Bot;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{Port}";
        start.Environment["Storage__Path"] = Storage;
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
            using var answer = await Http.GetAsync("/readyz");
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }, TimeSpan.FromSeconds(60), () => $"ready\n{Output}");

    public void Kill()
    {
        if (process is { HasExited: false })
            process.Kill(entireProcessTree: true);
        process?.WaitForExit();
    }

    public async Task<int> WaitForExitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(atMost);
        await process!.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    /// <summary>Runs a command-line verb of the bot on this storage, beside or without the running bot.</summary>
    public async Task<(int ExitCode, string Output)> VerbAsync(params string[] arguments)
    {
        using var verb = StartVerb(arguments);
        var text = verb.StandardOutput.ReadToEndAsync();
        var errors = verb.StandardError.ReadToEndAsync();
        await verb.WaitForExitAsync();
        return (verb.ExitCode, await text + await errors);
    }

    /// <summary>As <see cref="VerbAsync"/>, for one that is to be watched or killed.</summary>
    public Process StartVerb(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(Places.Bot, "bin", Places.Configuration, "net10.0", "DevOpsAI.Bot.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.WorkingDirectory = Places.Bot;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["Storage__Path"] = Storage;
        foreach (var (name, value) in settings.Where(static setting => OfVerbs.Any(section => setting.Key.StartsWith(section, StringComparison.Ordinal))))
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        return Process.Start(start)!;
    }

    /// <summary>The types of all entries of a tenant, in order.</summary>
    public async Task<IReadOnlyList<string>> TypesAsync(string tenant = "contoso") =>
        [.. (await VerbAsync("ledger", "list", "--tenant", tenant, "--json")).Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => System.Text.Json.Nodes.JsonNode.Parse(line)!["type"]!.GetValue<string>())];

    public async ValueTask DisposeAsync()
    {
        Kill();
        process?.Dispose();
        Http.Dispose();
        await Task.CompletedTask;
        if (ownsStorage)
            Directory.Delete(Storage, recursive: true);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (output)
            output.AppendLine(line.Data);
    }
}
