using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>A real Prometheus Alertmanager (Debian package) that sends its webhooks to the bot.</summary>
internal sealed class Alertmanager : IDisposable
{
    public const string Program = "/usr/bin/prometheus-alertmanager";

    private readonly Process process;
    private readonly string folder;
    private readonly HttpClient http;

    private Alertmanager(Process process, string folder, HttpClient http)
    {
        this.process = process;
        this.folder = folder;
        this.http = http;
    }

    public static bool IsInstalled => File.Exists(Program);

    public static async Task<Alertmanager> StartAsync(BotProcess bot, string tenant)
    {
        var folder = Directory.CreateTempSubdirectory("alertmanager-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "am.yml"), $"""
            route: {"{"} receiver: bot, group_by: [alertname], group_wait: 1s, group_interval: 2s, repeat_interval: 1h {"}"}
            receivers:
            - name: bot
              webhook_configs:
              - url: http://127.0.0.1:{bot.Port}/api/events/{tenant}-alertmanager
                send_resolved: true
                http_config: {"{"} authorization: {"{"} type: Bearer, credentials: alertmanager-{tenant}-dev {"}"} {"}"}
            """);
        var port = BotProcess.FreePort();
        var start = new ProcessStartInfo(Program)
            { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in new[]
        {
            "--config.file=am.yml", "--storage.path=data", "--cluster.listen-address=",
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
        })
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                using var result = await http.GetAsync("/-/ready");
                return result.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, () => "Alertmanager ready");
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
}
