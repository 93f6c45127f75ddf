using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.EndToEnd.Cluster;

/// <summary>Three bots on one database, killed at random (SIGKILL) and started again under load.</summary>
public sealed class ClusterTests(ITestOutputHelper log)
{
    /// <summary>How long bots are killed, in seconds; the benchmark verb <c>cluster</c> makes it ten minutes.</summary>
    private static readonly TimeSpan KillFor = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("CLUSTER_SECONDS") ?? "25", CultureInfo.InvariantCulture));

    private static readonly (string Device, string Id, string Service)[] Things =
    [
        ("SRV-FILE01", "dev-c-101", "Spooler"), ("SRV-DC01", "dev-c-102", "DNS"),
        ("SRV-SQL01", "dev-c-103", "SQLSERVERAGENT"), ("SRV-WEB01", "dev-c-105", "W3SVC"), ("WS-RECEPTION", "dev-c-107", "Spooler"),
    ];

    [Fact]
    public async Task Bots_that_die_and_return_lose_no_event_double_no_effect_and_leave_an_intact_ledger()
    {
        await using var cluster = await BotCluster.StartAsync(3);
        await using var teams = await PlayedTeams.StartAsync(cluster.Http);
        await Eventually.TrueAsync(async () =>
        {
            await teams.SayAsync(PlayedTeams.Tara, "link contoso");
            await Task.Delay(1000);
            return Of(await cluster.EntriesAsync(TestContext.Current.CancellationToken), "channel.linked").Any();
        }, () => $"linked\n{string.Join('\n', cluster.Bots.Select(static bot => bot.Output))}");

        // The database has its bad moments too.
        await cluster.Cosmos.FailAsync(
            new { fault = "status", status = 429, ms = 50, chance = 0.02 },
            new { fault = "status", status = 503, chance = 0.01, container = "ledger" },
            new { fault = "lose-answer", chance = 0.02, container = "ledger", kind = "create" },
            new { fault = "lose-answer", chance = 0.02, container = "documents" });
        var clock = Stopwatch.StartNew();
        var team = Things.Select(thing => new Technician(cluster, teams, "contoso", thing.Device, thing.Id, thing.Service)).ToList();
        var working = Task.WhenAll(team.Select(one => Task.Run(() => one.WorkAsync(() => clock.Elapsed > KillFor))));
        var kills = 0;
        var chance = new Random(20261121);
        while (clock.Elapsed < KillFor && !working.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromSeconds(3 + (5 * chance.NextDouble())), TestContext.Current.CancellationToken);
            var bot = cluster.Bots[chance.Next(cluster.Bots.Count)];
            bot.Kill();
            kills++;
            await Task.Delay(TimeSpan.FromSeconds(2 * chance.NextDouble()), TestContext.Current.CancellationToken);
            await bot.RestartAsync(waitUntilReady: false);
        }
        await working;
        await cluster.Cosmos.FailAsync();

        var (exitCode, verified) = await cluster.Bots[0].VerbAsync("ledger", "verify", "--all");
        exitCode.ShouldBe(0, verified);
        var entries = await cluster.EntriesAsync(TestContext.Current.CancellationToken);
        var received = Of(entries, "event.received").Select(static entry => entry["data"]!["eventId"]!.GetValue<string>()).ToList();
        received.ShouldBeUnique();
        var acknowledged = team.SelectMany(static one => one.Acknowledged).ToList();
        acknowledged.Except(received).ShouldBeEmpty();

        var incidents = team.SelectMany(static one => one.Incidents).ToList();
        incidents.ShouldBeUnique();
        Of(entries, "incident.opened").Count().ShouldBe(incidents.Count);
        var decided =
            Of(entries, "proposal.decided").Where(static entry => entry["data"]!["complete"]?.GetValue<bool>() == true)
                .Select(GetIncident).ToList();
        decided.GroupBy(static id => id).Where(static ofOne => ofOne.Count() > 1).ShouldBeEmpty();
        Of(entries, "execution.finished").Where(static entry => entry["data"]!["outcome"]!.GetValue<string>() == "verified")
            .Select(GetIncident)
            .ShouldBe(incidents, ignoreOrder: true);

        var effects = await EffectsAsync(cluster);
        effects.GroupBy(static effect => effect["operationId"]!.GetValue<string>()).Where(static ofOne => ofOne.Count() > 1)
            .Select(static ofOne => ofOne.Key).ShouldBeEmpty();
        effects.Count.ShouldBe(incidents.Count);

        // An incident's own card begins its summary with the incident; what is said about a click names it later.
        var cards = teams.Messages.Values.Where(static message => message.Card is not null)
            .GroupBy(static message =>
                System.Text.RegularExpressions.Regex.Match((string?)message.Card!["fallbackText"] ?? "", "^CON-[0-9]{4,}",
                    System.Text.RegularExpressions.RegexOptions.NonBacktracking).Value)
            .Where(ofOne => incidents.Contains(ofOne.Key)).ToList();
        log.WriteLine($"{kills} kills, {acknowledged.Count} events acknowledged, {incidents.Count} incidents, {effects.Count} effects, "
            + $"{cards.Sum(static ofOne => ofOne.Count() - 1)} cards sent twice because their bot died between sending and recording; "
            + $"{clock.Elapsed.TotalSeconds:0} s\n{verified}");
        log.WriteLine(Slowest(entries));
        // A card is sent again only when its bot died before it could write down that it was sent (ADR 5).
        cards.Sum(static ofOne => ofOne.Count() - 1).ShouldBeLessThanOrEqualTo(kills);
    }

    private static string GetIncident(JsonObject entry) => entry["data"]!["incidentId"]!.GetValue<string>();

    private static IEnumerable<JsonObject> Of(List<JsonObject> entries, string type) =>
        entries.Where(entry => entry["type"]!.GetValue<string>() == type);

    /// <summary>What happened when to the incident that took longest.</summary>
    private static string Slowest(List<JsonObject> entries)
    {
        var slowest =
            entries.Where(
                static entry => entry["stream"]!.GetValue<string>() is ['i' or 'p' or 'c', ..] stream
                    && !stream.StartsWith("poll", StringComparison.Ordinal) && stream.Contains('/', StringComparison.Ordinal))
            .GroupBy(static entry => entry["stream"]!.GetValue<string>().Split('/')[1])
            .MaxBy(static ofOne => GetTime(ofOne.Last()) - GetTime(ofOne.First()))!;
        return $"slowest: {slowest.Key}\n" + string.Join('\n', slowest.Select(static entry => $"  {entry["at"]} {entry["type"]}"));
    }

    private static DateTimeOffset GetTime(JsonObject entry) =>
        DateTimeOffset.Parse(entry["at"]!.GetValue<string>(), CultureInfo.InvariantCulture);

    private static async Task<List<JsonObject>> EffectsAsync(BotCluster cluster)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sandbox/effects");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "sandbox-contoso-dev");
        using var result = await cluster.Vendor.Http.SendAsync(request);
        return [.. (await result.Content.ReadFromJsonAsync<JsonObject>())!["effects"]!.AsArray()
            .Select(static effect => effect!.AsObject())];
    }
}
