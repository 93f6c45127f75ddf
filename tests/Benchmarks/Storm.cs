using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace DevOpsAI.Benchmarks;

/// <summary>
/// Ten thousand alerts in twenty seconds, on many devices, of a few causes with a tail of others, while people approve three cards.
/// Local Teams counts what the bot asked of Teams, and answers 429 to whatever is over Teams' limits.
/// </summary>
internal sealed class Storm : IBenchmark
{
    private const string Channel = "19:local-contoso@thread.tacv2";
    private const double MaxMemoryMegabytes = 512;
    private const double AnswerBudgetMilliseconds = 3_000;
    private const int Senders = 8;
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AfterwardsWatched = TimeSpan.FromSeconds(35);

    public string Verb => "storm";

    public async Task<IReadOnlyList<Measured>> RunAsync(bool quick)
    {
        var deliveries = StormAlerts.Deliveries(quick ? 1_000 : 10_000);
        var storage = Directory.CreateTempSubdirectory("bench-storm-").FullName;
        try
        {
            using var bot =
                await Server.StartBotAsync(storage, new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Development" });
            using var http = new HttpClient
            {
                BaseAddress = new Uri($"http://127.0.0.1:{bot.Port}"),
                DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Server.GetLocalToken(storage)) },
            };
            await UntilAsync("the channel is linked", async () => (await MessagesAsync(http)).Count > 0 ? "" : null);
            foreach (var (_, delivery) in StormAlerts.Remediable)
                await SendAsync(http, delivery);
            var clicks =
                await Task.WhenAll(
                    StormAlerts.Remediable.Select(one =>
                        UntilAsync($"the card of {one.Device} is there", async () => GetCard(await MessagesAsync(http), one.Device))));
            var quiet = bot.PeakMemoryBytes;
            var clock = Stopwatch.StartNew();
            var storming = PourAsync(http, deliveries, Lasts);
            var results = new List<double>();
            foreach (var (card, number) in clicks.Select((card, number) => (card, number)))
            {
                await Task.WhenAny(Task.Delay((Lasts * (number + 1) / (clicks.Length + 1)) - clock.Elapsed), storming);
                results.Add(await ApproveAsync(http, card));
            }
            var repeated = await storming;
            var poured = clock.Elapsed;
            await UntilAsync("every event has its place",
                async () => await bot.ReadinessAsync() is { Behind: 0, Intake.Waiting: 0 } ? "" : null);
            var settled = clock.Elapsed;
            // The cards go on catching up; Teams' longer window has to be seen full.
            await Task.Delay(quick ? TimeSpan.Zero : AfterwardsWatched);
            var intake = (await bot.ReadinessAsync()).Intake;
            var counters = await http.GetFromJsonAsync<JsonElement>("/localteams/api/counters");
            return Report(deliveries.Sum(static delivery => delivery.Alerts) + StormAlerts.Remediable.Count, intake, counters, results,
                new(bot.PeakMemoryBytes, quiet, poured, settled, repeated));
        }
        finally
        {
            Directory.Delete(storage, recursive: true);
        }
    }

    private sealed record Run(long PeakBytes, long QuietBytes, TimeSpan Poured, TimeSpan Settled, int Repeated);

    private static IReadOnlyList<Measured> Report(int sent, IntakeCounts intake, JsonElement counters, List<double> results, Run run)
    {
        var unaccounted = Math.Abs(sent - intake.Received) + Math.Abs(intake.Received - intake.Shown - intake.Folded - intake.Digested);
        var writing = counters.GetProperty("conversations").EnumerateArray()
            .Where(static one => one.GetProperty("operation").GetString() is "send" or "create").ToList();
        double Most(string span) => writing.Max(one => one.GetProperty("most").GetProperty(span).GetDouble());
        return
        [
            Measured.AtMost("storm, alerts that are neither shown, folded nor digested", unaccounted + intake.Waiting, "", 0,
                new Dictionary<string, double>
            {
                ["alerts sent"] = sent,
                ["on record"] = intake.Received,
                ["shown (opened an incident)"] = intake.Shown,
                ["folded (counted on a card)"] = intake.Folded,
                ["digested"] = intake.Digested,
                ["seconds until the last 202"] = run.Poured.TotalSeconds,
                ["seconds until every alert had its place"] = run.Settled.TotalSeconds,
                ["deliveries repeated after 429 or 503"] = run.Repeated,
            }),
            Measured.AtMost("storm, seconds for all alerts", run.Settled.TotalSeconds, "s", 60, new Dictionary<string, double>()),
            Measured.AtMost("storm, calls that Teams would throttle", counters.GetProperty("throttled").GetDouble(), "", 0,
                new Dictionary<string, double>
            {
                ["most writes to a conversation in 1 s (Teams: 7)"] = Most("1s"),
                ["most writes to a conversation in 2 s (Teams: 8)"] = Most("2s"),
                ["most writes to a conversation in 30 s (Teams: 60)"] = Most("30s"),
                ["most calls of the app in 1 s (Teams: 50)"] = counters.GetProperty("mostPerSecond").GetDouble(),
                ["new messages"] = counters.GetProperty("sends").GetDouble() + counters.GetProperty("creates").GetDouble(),
                ["card updates"] = counters.GetProperty("updates").GetDouble(),
            }),
            Measured.AtMost("storm, slowest of three approvals in its midst", results.Max(), "ms", AnswerBudgetMilliseconds,
                new Dictionary<string, double>()),
            Measured.AtMost("storm, peak working set", run.PeakBytes / 1e6, "MB", MaxMemoryMegabytes,
                new Dictionary<string, double> { ["before the storm, MB"] = run.QuietBytes / 1e6 }),
        ];
    }

    /// <summary>Sends the deliveries evenly over the time; as a monitoring system does, what was not taken is sent again.</summary>
    /// <returns>How often a delivery was sent again.</returns>
    private static async Task<int> PourAsync(HttpClient http, IReadOnlyList<StormDelivery> deliveries, TimeSpan lasts)
    {
        var clock = Stopwatch.StartNew();
        var (next, repeated) = (-1, 0);
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(async _ =>
        {
            for (var n = Interlocked.Increment(ref next); n < deliveries.Count; n = Interlocked.Increment(ref next))
            {
                var early = (lasts * n / deliveries.Count) - clock.Elapsed;
                if (early > TimeSpan.Zero)
                    await Task.Delay(early);
                while (!await SendAsync(http, deliveries[n]))
                {
                    Interlocked.Increment(ref repeated);
                    await Task.Delay(TimeSpan.FromSeconds(1));
                }
            }
        }));
        return repeated;
    }

    private static async Task<bool> SendAsync(HttpClient http, StormDelivery delivery)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/events/{delivery.Connection}")
            { Content = new ByteArrayContent(delivery.Body) };
        request.Content.Headers.ContentType = new(delivery.ContentType);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", delivery.Token);
        using var result = await http.SendAsync(request);
        if (result.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
            return false;
        return result.StatusCode == HttpStatusCode.Accepted
            ? true
            : throw new InvalidOperationException($"{result.StatusCode}: {await result.Content.ReadAsStringAsync()}");
    }

    /// <summary>Presses Approve as Alex would; milliseconds until the answer is there and says that it counts.</summary>
    private static async Task<double> ApproveAsync(HttpClient http, string messageId)
    {
        var clock = Stopwatch.StartNew();
        using var result =
            await http.PostAsJsonAsync("/localteams/api/people/alex/clicks", new { conversation = Channel, messageId, verb = "approve" });
        var milliseconds = clock.Elapsed.TotalMilliseconds;
        var body = await result.Content.ReadAsStringAsync();
        return result.IsSuccessStatusCode && body.Contains("You approved", StringComparison.Ordinal)
            ? milliseconds
            : throw new InvalidOperationException($"The approval was answered {result.StatusCode}: {body}");
    }

    private static async Task<List<JsonElement>> MessagesAsync(HttpClient http)
    {
        var state = await http.GetFromJsonAsync<JsonElement>("/localteams/api/state");
        return [.. state.GetProperty("conversations").EnumerateArray().First(static one => one.GetProperty("id").GetString() == Channel)
            .GetProperty("messages").EnumerateArray().Select(static message => message.GetProperty("message"))];
    }

    /// <summary>The id of the message whose card offers to approve something on this device; null while there is none.</summary>
    private static string? GetCard(List<JsonElement> messages, string device) => messages
        .Where(message => message.TryGetProperty("card", out var card) && card.GetRawText() is var text
            && text.Contains(device, StringComparison.OrdinalIgnoreCase) && text.Contains("\"approve\"", StringComparison.Ordinal))
        .Select(static message => message.GetProperty("id").GetString())
        .FirstOrDefault();

    private static async Task<string> UntilAsync(string what, Func<Task<string?>> look)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromMinutes(2); await Task.Delay(100))
        {
            if (await look() is { } found)
                return found;
        }
        throw new TimeoutException($"Two minutes passed without this: {what}.");
    }
}
