using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Tickets;

namespace DevOpsAI.Tests.Core.Tickets;

/// <summary>What the PSA says of the bot's own writing is no news.</summary>
public sealed class TicketEchoTests
{
    private static async Task<string?> FindAsync(
        TicketsScene scene, string? ticket, TimeSpan after, string connection = "contoso-psa", string title = "Ticket was updated") =>
        await scene.Echoes.FindAsync(
            TicketsScene.Contoso, connection,
            new(
                "s-9", EventStatus.Firing, Severity.Warning, "TicketUpdated", null, title, null, "a-9", scene.Clock.GetUtcNow() + after,
                ticket is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["ticket"] = ticket }),
            TestContext.Current.CancellationToken);

    [Fact]
    public async Task An_event_about_a_ticket_that_the_bot_wrote_last_is_its_echo_and_a_later_one_is_news()
    {
        using var scene = await new TicketsScene().OpenAsync();
        await scene.TellAsync("proposed");
        var ticket = scene.Psa.Tickets.ShouldHaveSingleItem().Id;
        (await FindAsync(scene, ticket, TimeSpan.Zero)).ShouldBe($"{scene.Reference}-{scene.EntryOf("proposed").Seq}");
        (await FindAsync(scene, ticket, TimeSpan.FromSeconds(30))).ShouldNotBeNull();
        (await FindAsync(scene, ticket, TimeSpan.FromMinutes(5))).ShouldBeNull("somebody else wrote since");
    }

    [Fact]
    public async Task Events_about_other_tickets_and_over_other_connections_are_news()
    {
        using var scene = await new TicketsScene().OpenAsync();
        await scene.TellAsync("proposed");
        (await FindAsync(scene, "1", TimeSpan.Zero)).ShouldBeNull();
        (await FindAsync(scene, null, TimeSpan.Zero)).ShouldBeNull();
        (await FindAsync(scene, scene.Psa.Tickets[0].Id, TimeSpan.Zero, "contoso-rmm")).ShouldBeNull();
        (await FindAsync(scene, scene.Psa.Tickets[0].Id, TimeSpan.Zero, "fabrikam-psa")).ShouldBeNull();
    }

    [Fact]
    public async Task The_echo_of_a_ticket_whose_id_is_not_on_record_yet_is_known_by_the_reference()
    {
        using var scene = await new TicketsScene().OpenAsync();
        scene.Psa.Moods.Enqueue(PsaMood.DoesAndLosesTheAnswer);
        await Should.ThrowAsync<PsaUnavailableException>(async () => await scene.HandleAsync(await scene.RecordAsync("proposed")));
        (await FindAsync(scene, "10423", TimeSpan.Zero, title: $"New ticket: W3SVC has stopped (SRV-01, #88) [{scene.Reference}]"))
            .ShouldBe($"{scene.Reference}-open");
    }
}
