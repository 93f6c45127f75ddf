using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace DevOpsAI.Tests.Support;

/// <summary>A real Prometheus Alertmanager (Debian package) on 127.0.0.1, in a process of its own.</summary>
public sealed class AlertmanagerServer : IDisposable
{
    public const string Program = "/usr/bin/prometheus-alertmanager";

    private readonly Process process;
    private readonly string folder;
    private readonly HttpClient http;

    private AlertmanagerServer(Process process, string folder, HttpClient http)
    {
        this.process = process;
        this.folder = folder;
        this.http = http;
    }

    public static bool IsInstalled => File.Exists(Program);

    public Uri Address => http.BaseAddress!;

    /// <param name="configuration">As its configuration file has it; null for one that tells nobody.</param>
    public static async Task<AlertmanagerServer> StartAsync(string? configuration = null)
    {
        var folder = Directory.CreateTempSubdirectory("alertmanager-").FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "am.yml"), configuration ?? "{ route: { receiver: nobody }, receivers: [ { name: nobody } ] }");
        var port = FreePort();
        var start = new ProcessStartInfo(Program)
            { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])
        [
            "--config.file=am.yml", "--storage.path=data", "--cluster.listen-address=",
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
        ])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var bound = new CancellationTokenSource(Hang.Limit);
        while (!await IsReadyAsync(http, bound.Token))
            await Task.Delay(50, bound.Token);
        return new(process, folder, http);
    }

    /// <summary>What Prometheus would send: an alert, firing until <paramref name="endsAt"/> or until not repeated.</summary>
    public async Task FireAsync(Dictionary<string, string> labels, string summary, DateTimeOffset? endsAt = null)
    {
        using var result = await http.PostAsJsonAsync("/api/v2/alerts", new[]
        {
            new { labels, annotations = new Dictionary<string, string> { ["summary"] = summary }, endsAt },
        });
        result.EnsureSuccessStatusCode();
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var result = await http.GetAsync("/-/ready", cancellationToken);
            return result.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
