using System.Net;
using DevOpsAI.Common;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>
/// Alertmanager raises an alert about a device that NinjaOne knows and HaloPSA has a ticket for: one incident, one device, carried out
/// through NinjaOne, and the ticket is told every state, read back and closed. The vendors are stand-ins that keep state.
/// </summary>
public sealed class OneDeviceManyToolsTests
{
    private const string Kind = "WindowsServiceStopped";

    private static readonly string[] Told = ["proposed (L2, revision 1): Start W3SVC on SRV-NINJA01.", "approved by Tara Tech.",
        "being carried out (", "verified: "];

    [Fact]
    public async Task An_alert_is_one_incident_on_one_device_whose_ticket_is_found_told_and_closed()
    {
        await using var halo = await PlayedHalo.StartAsync();
        var ticket = halo.AddTicket($"{Kind} on SRV-NINJA01");
        var other = halo.AddTicket("Replace the keyboard");
        await using var ninja = await PlayedNinjaOne.StartAsync();
        await using var bot = await BotProcess.StartAsync(Settings(ninja, halo, "full"));
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        await LinkAsync(bot, teams);

        await RaiseAsync(bot);
        await RaiseAsync(bot);

        var card = await teams.CardAsync("SRV-NINJA01");
        card.Says("NinjaOne windows-service").ShouldBeTrue($"{card.Card}");
        await teams.ClickAsync(PlayedTeams.Tara, card, "Approve");
        await Eventually.TrueAsync(() => Task.FromResult(card.Says("Verified")), () => $"verified: {card.Card}\n{bot.Output}");
        await Eventually.TrueAsync(
            () => Task.FromResult(halo.Tickets.Single(one => (int)one["id"]! == ticket)["status_name"]!.ToString() == "Closed"),
            () => $"closed: {string.Join('\n', halo.Requests)}\n{bot.Output}");

        ninja.Calls.Count(static call => call.StartsWith("POST /v2", StringComparison.Ordinal)).ShouldBe(1);
        ShouldBeToldOnce(halo, ticket);
        halo.Notes(other).ShouldBeEmpty();
        halo.Tickets.Count.ShouldBe(2, "no other was opened");
        (await bot.TypesAsync()).Count(static type => type == "incident.opened").ShouldBe(1);

        var details = await DetailsAsync(teams, card);
        details.ShouldContain("7 in contoso-ninjaone is the device 88 in contoso-halopsa, by the same vendor id ninjaone:7.");
        details.ShouldContain($"{ticket} in contoso-halopsa, the only open ticket of this device that names the alert: 4 private notes, closed by the bot.");
        bot.Output.ShouldNotContain("the-secret-of-halo");
        bot.Kill();
        var (verified, output) = await bot.VerbAsync("ledger", "verify", "--all");
        verified.ShouldBe(0, output);
    }

    [Fact]
    public async Task A_ticket_is_opened_where_there_is_none_and_a_kill_in_between_neither_loses_nor_doubles_a_word()
    {
        await using var halo = await PlayedHalo.StartAsync();
        await using var ninja = await PlayedNinjaOne.StartAsync();
        var settings = Settings(ninja, halo, "full");
        var order = Path.Combine(Directory.CreateTempSubdirectory("ticket-crash-").FullName, "at");
        settings["Testing:CrashAtFile"] = order;
        await using var bot = await BotProcess.StartAsync(settings);
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        await LinkAsync(bot, teams);

        await RaiseAsync(bot);
        var card = await teams.CardAsync("SRV-NINJA01");
        await Eventually.TrueAsync(
            async () => (await bot.TypesAsync()).Contains("card.posted") && halo.Tickets is [var one] && halo.Notes((int)one["id"]!).Count == 1,
            () => $"opened: {string.Join('\n', halo.Requests)}\n{bot.Output}");
        await File.WriteAllTextAsync($"{order}.new", Failpoint.TicketSent, TestContext.Current.CancellationToken);
        File.Move($"{order}.new", order);
        try
        {
            await teams.ClickAsync(PlayedTeams.Tara, card, "Approve");
        }
        catch (HttpRequestException)
        {
            // The bot may end before it answers.
        }
        await bot.WaitForExitAsync(TestContext.Current.CancellationToken);
        File.Delete(order);
        await bot.RestartAsync();

        await Eventually.TrueAsync(
            () => Task.FromResult(halo.Tickets is [var one] && one["status_name"]!.ToString() == "Closed"),
            () => $"closed: {string.Join('\n', halo.Requests)}\n{bot.Output}");
        halo.Tickets.ShouldHaveSingleItem()["summary"]!.ToString().ShouldStartWith($"{Kind} on SRV-NINJA01 (SRV-NINJA01, #88) [CON-1001-");
        ShouldBeToldOnce(halo, (int)halo.Tickets[0]["id"]!);
    }

    [Fact]
    public async Task A_PSA_that_is_away_holds_up_nothing_and_is_told_on_the_details()
    {
        await using var halo = await PlayedHalo.StartAsync();
        halo.IsAway = true;
        await using var ninja = await PlayedNinjaOne.StartAsync();
        await using var bot = await BotProcess.StartAsync(Settings(ninja, halo, "full"));
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        await LinkAsync(bot, teams);

        await RaiseAsync(bot);
        var card = await teams.CardAsync("SRV-NINJA01");
        await teams.ClickAsync(PlayedTeams.Tara, card, "Approve");
        await Eventually.TrueAsync(() => Task.FromResult(card.Says("Verified")), () => $"verified: {card.Card}\n{bot.Output}");
        await Eventually.TrueAsync(async () => (await bot.TypesAsync()).Contains("ticket.trouble"), () => $"told\n{bot.Output}");

        ninja.Calls.Count(static call => call.StartsWith("POST /v2", StringComparison.Ordinal)).ShouldBe(1);
        (await DetailsAsync(teams, card)).ShouldContain("contoso-halopsa does not answer");
        (await bot.TypesAsync()).Count(static type => type == "ticket.trouble").ShouldBe(1);
    }

    private static void ShouldBeToldOnce(PlayedHalo halo, int ticket)
    {
        var notes = halo.Notes(ticket).Where(static note => note["timetaken"] is null).ToList();
        notes.ShouldAllBe(static note => (bool)note["hiddenfromuser"]!);
        var texts = notes.Select(static note => note["note"]!.ToString()["DevOps AI Bot, CON-1001: ".Length..]).ToList();
        texts.Count.ShouldBe(Told.Length, string.Join('\n', texts));
        for (var at = 0; at < Told.Length; at++)
            texts[at].ShouldStartWith(Told[at]);
        halo.Notes(ticket).Count(static note => note["timetaken"] is not null).ShouldBe(1);
    }

    private static async Task LinkAsync(BotProcess bot, PlayedTeams teams)
    {
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        await Eventually.TrueAsync(async () => (await bot.TypesAsync()).Contains("channel.linked"), () => $"linked\n{bot.Output}");
    }

    private static async Task RaiseAsync(BotProcess bot)
    {
        using var answer = await bot.RaiseAsync(Kind, "SRV-NINJA01:9182", ("service_name", "W3SVC"));
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    /// <summary>All pages of the card's details.</summary>
    private static async Task<string> DetailsAsync(PlayedTeams teams, PlayedMessage card)
    {
        var action = PlayedTeams.Actions(card.Card!).Concat(PlayedTeams.Actions(await teams.ViewAsync(PlayedTeams.Tara, card)))
            .First(static one => one["title"]!.ToString() is "Details" or "All details");
        var pages = new List<string>();
        while (pages.Count < 10)
        {
            var page = await teams.InvokeAsync(PlayedTeams.Tara, card, action);
            pages.Add(page.ToJsonString());
            if (PlayedTeams.Actions(page["value"]).FirstOrDefault(
                static one => one["title"]!.ToString() is "Next page" or "Evidence and history") is not { } next)
                break;
            action = next;
        }
        return string.Join('\n', pages);
    }

    private static Dictionary<string, string> Settings(PlayedNinjaOne ninja, PlayedHalo halo, string tickets) => new()
    {
        ["LocalTeams:Enabled"] = "false",
        ["Execution:SettleFor"] = "00:00:03",
        ["Connections:contoso-ninjaone:Tenant"] = "contoso",
        ["Connections:contoso-ninjaone:Connector"] = "ninjaone",
        ["Connections:contoso-ninjaone:Settings:Instance"] = "eu",
        ["Connections:contoso-ninjaone:Settings:Address"] = ninja.Address,
        ["Connections:contoso-ninjaone:Settings:ClientId"] = "client",
        ["Connections:contoso-ninjaone:Settings:ClientSecret"] = PlayedNinjaOne.FirstSecret,
        ["Connections:contoso-ninjaone:Settings:Organization"] = "2",
        ["Connections:contoso-halopsa:Tenant"] = "contoso",
        ["Connections:contoso-halopsa:Connector"] = "halopsa",
        ["Connections:contoso-halopsa:Settings:Tickets"] = tickets,
        ["Connections:contoso-halopsa:Settings:Host"] = "contoso.halopsa.com",
        ["Connections:contoso-halopsa:Settings:Address"] = halo.Address,
        ["Connections:contoso-halopsa:Settings:Tenant"] = "contoso",
        ["Connections:contoso-halopsa:Settings:ClientId"] = "client",
        ["Connections:contoso-halopsa:Settings:ClientSecret"] = "the-secret-of-halo",
        ["Connections:contoso-halopsa:Settings:Client"] = "21",
        ["Connections:contoso-halopsa:Settings:TicketType"] = "1",
        ["Connections:contoso-halopsa:Settings:ClosedStatus"] = "9",
        ["Connections:contoso-halopsa:Settings:NoteOutcome"] = "7",
    };
}
