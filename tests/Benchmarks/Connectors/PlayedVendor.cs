using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Benchmarks.Connectors;

/// <summary>
/// An RMM with companies of so many devices, one in a hundred of which has an alert; on 127.0.0.1, described by <see cref="Manifest"/>. It
/// can say that it is asked too often, or not answer at all.
/// </summary>
internal sealed class PlayedVendor : IAsyncDisposable
{
    public const int Devices = 2_000;
    public const int PageSize = 250;

    /// <summary>Pages of one reading: all are full, so the last is known by an empty one.</summary>
    public const int Pages = (Devices / PageSize) + 1;

    /// <summary>Calls a minute that a key is allowed, which is one for all companies.</summary>
    public const int Budget = 600;

    public const string Manifest = """
        name: bench-rmm
        title: Bench RMM
        settings:
          Key: { title: key, secret: true, example: env:BENCH_KEY }
          Company: { title: id of the client's company, example: "17", pattern: "[0-9]+" }
        address: https://bench.example.test
        authentication:
          headers: { X-Api-Key: "{$secret.Key}" }
        budget: { requests: 600, perSeconds: 60 }
        health: GET /companies/{$setting.Company}
        targets:
          device:
            find: { request: "GET /companies/{$setting.Company}/devices?name={$name}", items: devices }
            id: "{id}"
            names: ["{name}"]
            belongs: ["{company} == {$setting.Company}"]
            read: GET /devices/{$target.id}
            observe:
              - values: { device.online: "{online}" }
        poll:
          - request: GET /companies/{$setting.Company}/devices?pageSize=250
            items: devices
            paging: { style: lastId, parameter: after, from: id, size: 250 }
            everySeconds: 30
            events:
              - when: ["{alert} == false"]
                ignore: true
              - belongs: ["{company} == {$setting.Company}"]
                id: "{company}/{id}"
                severity: { of: "{severity}", map: { high: error }, otherwise: warning }
                kind: disk_space_low
                device: "{name}"
                title: "{text}"
                key: "{company}/{id}"
        """;

    private readonly WebApplication app;
    private readonly ConcurrentDictionary<int, int> requests = new();
    private readonly Queue<long> lastMinute = new();
    private int open;
    private int mostOpen;

    private PlayedVendor(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    /// <summary>Lists that were read to their end, by company.</summary>
    public ConcurrentDictionary<int, int> Readings { get; } = new();

    /// <summary>Requests for lists that were read to their end, by company.</summary>
    public ConcurrentDictionary<int, int> Requests { get; } = new();

    /// <summary>Calls within a minute, at most.</summary>
    public int MostInAMinute { get; private set; }

    /// <summary>Calls that were under way at once, at most.</summary>
    public int MostOpen => mostOpen;

    /// <summary>Says that it is asked too often.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Never answers.</summary>
    public bool Hangs { get; set; }

    public static async Task<PlayedVendor> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var vendor = new PlayedVendor(app);
        app.Run(vendor.AnswerAsync);
        await app.StartAsync();
        return vendor;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var under = Interlocked.Increment(ref open);
        for (var most = mostOpen; under > most; most = mostOpen)
            Interlocked.CompareExchange(ref mostOpen, under, most);
        Count();
        try
        {
            if (Hangs)
                await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await AnswerAsync(http, http.Request.Path.Value!.Split('/'));
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    private void Count()
    {
        lock (lastMinute)
        {
            var now = Stopwatch.GetTimestamp();
            while (lastMinute.TryPeek(out var first) && Stopwatch.GetElapsedTime(first, now) >= TimeSpan.FromMinutes(1))
                lastMinute.Dequeue();
            lastMinute.Enqueue(now);
            MostInAMinute = Math.Max(MostInAMinute, lastMinute.Count);
        }
    }

    private async Task AnswerAsync(HttpContext http, string[] path)
    {
        if (IsBusy)
        {
            http.Response.StatusCode = (int)HttpStatusCode.TooManyRequests;
            http.Response.Headers.RetryAfter = "30";
            return;
        }
        http.Response.ContentType = "application/json";
        if (path is not [_, "companies", var id, "devices"])
        {
            await http.Response.WriteAsync(Device(1, int.Parse(path[^1], CultureInfo.InvariantCulture)));
            return;
        }
        var company = int.Parse(id, CultureInfo.InvariantCulture);
        if (http.Request.Query["name"] is [{ } name])
        {
            await http.Response.WriteAsync($$"""{"devices":[{{Device(company, int.Parse(name.Split('-')[1], CultureInfo.InvariantCulture))}}]}""");
            return;
        }
        var asked = requests.AddOrUpdate(company, 1, static (_, count) => count + 1);
        var after = http.Request.Query["after"] is [{ } last] ? int.Parse(last, CultureInfo.InvariantCulture) : 0;
        var page = new StringBuilder("{\"devices\":[");
        page.AppendJoin(',', Enumerable.Range(after + 1, Math.Min(PageSize, Devices - after)).Select(n => Device(company, n)));
        if (after == Devices)
        {
            Requests[company] = asked;
            Readings.AddOrUpdate(company, 1, static (_, count) => count + 1);
        }
        await http.Response.WriteAsync(page.Append("]}").ToString());
    }

    /// <summary>As much as vendors tell of one.</summary>
    private static string Device(int company, int n) => string.Create(CultureInfo.InvariantCulture, $$"""
        {"id":{{n}},"company":"{{company}}","name":"SRV-{{n}}","online":true,"alert":{{(n % 100 == 0 ? "true" : "false")}},"severity":"high","text":"Disk C: of SRV-{{n}} is almost full","os":{"name":"Windows Server 2022 Standard","build":"20348.2700","architecture":"64-bit"},"system":{"manufacturer":"Dell Inc.","model":"PowerEdge R650","serialNumber":"SN-{{company}}-{{n}}","memory":137438953472},"lastContact":1796083200.5,"addresses":["192.0.2.7","2001:db8::7"],"macs":["00:00:5E:00:53:07"],"tags":["server","backup","production"],"notes":"Looked after by the team of the main office; reboot on Sundays between two and four in the morning only."}
        """);
}
