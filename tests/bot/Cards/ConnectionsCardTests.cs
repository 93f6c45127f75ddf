using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Cards;

/// <summary>What a connection lives on is on the card where it is known, and what ends soon is a warning although all works.</summary>
public sealed class ConnectionsCardTests
{
    private static readonly DateTimeOffset Noon = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly ConnectionExpiry Certificate = new("certificate", Noon.AddDays(9), TimeSpan.FromDays(30), "Upload a new one.");

    [Fact]
    public void All_that_is_known_is_told_with_whose_knowledge_it_is()
    {
        var told = Words(Line(new()
        {
            Calls = new(50, 3, Noon), Budget = new(41, 100, TimeSpan.FromMinutes(5)),
            Expiries = [new("access token", Noon.AddHours(1), null, "")],
        }));
        told.ShouldContain("seen by this instance of the bot: last answer 11/21/2026 7:00 AM "
            + "· 3 of the last 50 calls failed · 41 of 100 calls left in 5 minutes");
        told.ShouldContain("access token until 11/21/2026 7:00 AM, renewed by itself");
        told.ShouldContain("ok");
    }

    [Fact]
    public void What_is_not_known_is_not_told()
    {
        var told = Words(Line(ConnectionVitals.Unknown));
        foreach (var word in (string[])["instance", "calls", "until"])
            told.ShouldNotContain(word);
        Words(Line(new() { Budget = new(1, 1, TimeSpan.FromHours(1)) })).ShouldContain(
            "seen by this instance of the bot: 1 of 1 calls left in 1 hour");
        Words(Line(new() { Calls = new(2, 2, null) })).ShouldContain("bot: no answer yet · 2 of the last 2 calls failed");
    }

    [Fact]
    public void A_connection_that_lacks_what_its_actions_need_is_said_to_do_none_of_them()
    {
        var line = Line(ConnectionVitals.Unknown);
        Words(line with { MayDo = new(["a", "b"], 2) }).ShouldContain("may do all of its 2 actions");
        Words(line with { MayDo = new(["a", "b"], 2) { Lack = "Url" } }).ShouldContain("can do none of its 2 actions: it has no Url");
    }

    [Fact]
    public void What_ends_soon_is_told_with_what_to_do_while_all_still_works()
    {
        var told = Words(Line(new() { Expiries = [Certificate] }) with { Due = [Certificate] });
        told.ShouldContain("ends soon");
        told.ShouldContain("Upload a new one.");
        told.ShouldNotContain("renewed by itself");
        Words(Line(new() { Expiries = [Certificate] })).ShouldNotContain("ends soon");
    }

    private static ConnectionLine Line(ConnectionVitals vitals) => new(
        new("contoso-acme", TenantId.Parse("contoso"), "acme", new Dictionary<string, string>()), "Acme", false, null, false, null, false, null,
        new CallOutcome<string>.Done("Acme takes the credentials."))
    {
        Vitals = vitals,
    };

    private static string Words(ConnectionLine line) =>
        VisibleWords.For(
        ConnectionsCard.Build([new(new(TenantId.Parse("contoso"), "Contoso", "CON"), [line])]).AsReceived());
}
