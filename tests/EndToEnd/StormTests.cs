using System.Globalization;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>Half a minute in which everything goes wrong at one client, over real HTTP and Local Teams.</summary>
public sealed class StormTests
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);
    private const string Storm = "Many different alerts at once";
    private static readonly TimeSpan Bar = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Name, subject label, subject, and the button that the plan is approved with, or read first where it cannot be undone; null where the
    /// Sandbox leaves no plan.
    /// </summary>
    private static readonly (string Kind, string Label, string Subject, string? Button)[] Security =
    [
        ("MalwareFound", "instance", "WS-RECEPTION", "Approve"), ("SuspiciousSignIn", "user", "anna.lopez@contoso.example", "All details"),
        ("RansomwareSuspected", "instance", "SRV-FILE01", null),
        ("BruteForceAttack", "instance", "SRV-DC01", null), ("ImpossibleTravel", "user", "ben.ito@contoso.example", null),
        ("EdrIntrusionDetected", "instance", "SRV-SQL01", null),
        ("PhishingReported", "user", "carla.diaz@contoso.example", null), ("PrivilegeEscalation", "instance", "SRV-DC02", null),
        ("DataExfiltration", "instance", "SRV-SQL02", null),
    ];

    [Fact]
    public async Task Each_alert_about_security_has_a_card_of_its_own_within_seconds_and_the_rest_is_one_list()
    {
        await using var bot = await BotProcess.StartAsync();
        var session = new LocalSession(bot);
        await session.SettledAsync();
        var sent = new Dictionary<string, DateTimeOffset>();
        for (var index = 0; index < 28; index++)
        {
            var kind = index % 3 == 1
                ? Security[index / 3].Kind
                : string.Create(CultureInfo.InvariantCulture, $"QueueBacklog{(char)('A' + index)}");
            var payload = index % 3 == 1 ? For(Security[index / 3]) : Alerts.Payload(kind, $"app-{index:00}", "firing");
            sent[kind] = DateTimeOffset.UtcNow;
            (await bot.AlertmanagerAsync("contoso", payload)).EnsureSuccessStatusCode();
            await Task.Delay(Between, TestContext.Current.CancellationToken);
        }
        await session.CardAsync(LocalSession.Contoso, Storm);
        foreach (var alert in Security)
            await session.CardAsync(LocalSession.Contoso, alert.Kind);
        var cards = await session.CardsAsync(LocalSession.Contoso);
        cards.Count(static card => card.Card.Contains(Storm, StringComparison.Ordinal)).ShouldBe(1);
        foreach (var alert in Security)
        {
            var (at, card) = cards
                .Where(card => card.Card.Contains(alert.Kind, StringComparison.Ordinal)
                    && !card.Card.Contains(Storm, StringComparison.Ordinal))
                .ShouldHaveSingleItem();
            (at - sent[alert.Kind]).ShouldBeLessThan(Bar, alert.Kind);
            if (alert.Button is { } button)
                JsonNode.Parse(card)!["actions"]!.AsArray().Select(static action => (string)action!["title"]!)
                    .ShouldContain(button, $"{alert.Kind} waits with a plan");
        }
        var (code, gaps) = await bot.VerbAsync("ledger", "gaps", "--tenant", "contoso");
        code.ShouldBe(0, gaps);
    }

    private static JsonObject For((string Kind, string Label, string Subject, string? Button) alert)
    {
        var payload = Alerts.Payload(alert.Kind, alert.Subject, "firing");
        if (alert.Label == "user")
        {
            var labels = payload["alerts"]![0]!["labels"]!.AsObject();
            labels.Remove("instance");
            labels["user"] = alert.Subject;
        }
        return payload;
    }
}
