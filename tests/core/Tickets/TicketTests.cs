using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Tickets;

namespace DevOpsAI.Tests.Core.Tickets;

/// <summary>The ticket of an incident is found or opened, told every state once, and closed on success.</summary>
public sealed class TicketTests
{
    private static readonly string[] Success = ["proposed", "approved", "executing", "verified"];

    private static IEnumerable<string> Texts(PlayedTicket ticket) => ticket.Notes.Select(static note => note[..note.LastIndexOf(" (", StringComparison.Ordinal)]);

    [Fact]
    public async Task A_ticket_is_opened_told_every_state_in_order_and_closed_on_success()
    {
        using var scene = await new TicketsScene().OpenAsync();
        await scene.TellAsync(Success);

        var ticket = scene.Psa.Tickets.ShouldHaveSingleItem();
        (ticket.Device, ticket.Title, ticket.Reference, ticket.IsClosed).ShouldBe(("88", "W3SVC has stopped", scene.Reference, true));
        Texts(ticket).ShouldBe(
        [
            "DevOps AI Bot, CON-1042: proposed (L2, revision 1): Restart W3SVC on SRV-01.",
            "DevOps AI Bot, CON-1042: approved by Ana Approver.",
            "DevOps AI Bot, CON-1042: being carried out (CON-1042-x1).",
            "DevOps AI Bot, CON-1042: verified: W3SVC is running.",
            "DevOps AI Bot, CON-1042: CON-1042-x1 carried out and verified.",
        ]);
        ticket.Hours.ShouldBe(["0.01"]);
        scene.Written.OfType<TicketLinked>().ShouldHaveSingleItem().Origin.ShouldBe(TicketOrigin.Opened);
        scene.Written.OfType<TicketTrouble>().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_same_entries_again_write_nothing_more()
    {
        using var scene = await new TicketsScene().OpenAsync();
        await scene.TellAsync(Success);
        var (calls, written) = (scene.Psa.Calls, scene.Written.Count);
        foreach (var state in Success)
            await scene.HandleAsync(scene.EntryOf(state));
        (scene.Psa.Calls, scene.Written.Count).ShouldBe((calls, written));
    }

    [Theory]
    [InlineData("rejected", "rejected by Ana Approver: Not during (month) end !")]
    [InlineData("expired", "expired: nobody decided in time, and nothing was done.")]
    [InlineData("resolved", "nothing is left to decide: The alert has ended by itself.")]
    [InlineData("failed", "failed: W3SVC is stopped.")]
    [InlineData("unknown", "nobody can tell whether it took effect; a person looks: The answer was lost.")]
    public async Task What_did_not_succeed_is_told_and_the_ticket_stays_open(string state, string told)
    {
        using var scene = await new TicketsScene().OpenAsync();
        await scene.TellAsync("proposed", state);
        var ticket = scene.Psa.Tickets.ShouldHaveSingleItem();
        Texts(ticket).Last().ShouldBe($"DevOps AI Bot, CON-1042: {told}");
        ticket.IsClosed.ShouldBeFalse();
        ticket.Hours.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_undone_after_the_end_is_told_and_the_ticket_is_not_opened_again()
    {
        using var scene = await new TicketsScene().OpenAsync();
        await scene.TellAsync([.. Success, "undone"]);
        var ticket = scene.Psa.Tickets.ShouldHaveSingleItem();
        Texts(ticket).Last().ShouldBe("DevOps AI Bot, CON-1042: undone, and that was verified. W3SVC is as before.");
        ticket.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_ticket_that_carries_the_reference_is_found_and_none_is_opened()
    {
        using var scene = await new TicketsScene().OpenAsync();
        var known = scene.Psa.AddTicket("88", "Something else", scene.Reference);
        await scene.TellAsync(Success);
        scene.Psa.Tickets.ShouldBe([known]);
        (known.Notes.Count, known.IsClosed).ShouldBe((5, true));
        scene.Written.OfType<TicketLinked>().ShouldHaveSingleItem().Origin.ShouldBe(TicketOrigin.Reference);
    }

    [Theory]
    [InlineData("SRV-01: W3SVC has stopped")]
    [InlineData("WindowsServiceStopped on the web server: W3SVC")]
    public async Task The_only_open_ticket_of_the_device_that_names_the_alert_is_taken(string title)
    {
        using var scene = await new TicketsScene().OpenAsync();
        var known = scene.Psa.AddTicket("88", title);
        scene.Psa.AddTicket("88", "Replace the keyboard");
        await scene.TellAsync(Success);
        scene.Psa.Tickets.Count.ShouldBe(2);
        (known.Notes.Count, known.IsClosed).ShouldBe((5, true));
        scene.Written.OfType<TicketLinked>().ShouldHaveSingleItem().Origin.ShouldBe(TicketOrigin.Device);
    }

    [Fact]
    public async Task A_title_alone_makes_no_ticket_the_incidents()
    {
        using var scene = await new TicketsScene().OpenAsync();
        var foreign = scene.Psa.AddTicket("89", "W3SVC has stopped");
        var another = scene.Psa.AddTicket("88", "W3SVC has stopped [CON-1041-0a1b2c3d]");
        var otherService = scene.Psa.AddTicket("88", "WindowsServiceStopped: Spooler");
        var closed = scene.Psa.AddTicket("88", "W3SVC has stopped");
        closed.IsClosed = true;
        await scene.TellAsync("proposed");
        scene.Psa.Tickets.Count.ShouldBe(5);
        foreign.Notes.Concat(another.Notes).Concat(otherService.Notes).Concat(closed.Notes).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_two_tickets_that_name_the_alert_none_is_taken()
    {
        using var scene = await new TicketsScene(TicketUse.Note).OpenAsync();
        scene.Psa.AddTicket("88", "W3SVC has stopped");
        scene.Psa.AddTicket("88", "W3SVC has stopped again");
        await scene.TellAsync(Success);
        scene.Psa.Tickets.SelectMany(static one => one.Notes).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_ticket_that_another_incident_has_just_taken_is_left_to_it()
    {
        using var scene = await new TicketsScene().OpenAsync();
        var known = scene.Psa.AddTicket("88", "W3SVC has stopped");
        await scene.AppendAsync(
            StreamId.TicketClaim("contoso-psa", known.Id), new TicketClaimed(Con(1041), "contoso-psa", known.Id));
        await scene.TellAsync(Success);
        scene.Psa.Tickets.Count.ShouldBe(2);
        (known.Notes.Count, scene.Psa.Tickets[1].Notes.Count).ShouldBe((0, 5));
        scene.Ledger.Facts<TicketClaimed>(TicketsScene.Contoso).Select(static claim => (claim.IncidentId, claim.TicketId))
            .ShouldBe([(Con(1041), known.Id), (TicketsScene.Incident, scene.Psa.Tickets[1].Id)]);
    }

    [Fact]
    public async Task A_ticket_with_the_reference_that_another_incident_has_is_left_to_it_and_said()
    {
        using var scene = await new TicketsScene().OpenAsync();
        var known = scene.Psa.AddTicket("88", "Merged", scene.Reference);
        await scene.AppendAsync(
            StreamId.TicketClaim("contoso-psa", known.Id), new TicketClaimed(Con(1041), "contoso-psa", known.Id));
        await scene.TellAsync(Success);
        scene.Psa.Tickets.ShouldHaveSingleItem().Notes.ShouldBeEmpty();
        scene.Written.ShouldHaveSingleItem().ShouldBeOfType<TicketTrouble>().Problem
            .ShouldBe($"Ticket {scene.Reference} of contoso-psa is another incident's already.");
    }

    [Fact]
    public async Task A_device_that_the_PSA_refuses_to_tell_of_gets_no_ticket_beside_the_one_it_may_have()
    {
        using var scene = await new TicketsScene().OpenAsync();
        scene.Psa.AddTicket("88", "W3SVC has stopped");
        scene.Psa.RefusesToTell = true;
        var entry = await scene.RecordAsync("proposed");
        await Should.ThrowAsync<PsaUnavailableException>(() => scene.HandleAsync(entry));
        scene.Psa.RefusesToTell = false;
        await scene.UntilToldAsync(entry);
        scene.Psa.Tickets.ShouldHaveSingleItem().Notes.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_device_whose_tickets_the_PSA_hides_gets_none_beside_the_one_it_may_have()
    {
        using var scene = await new TicketsScene().OpenAsync();
        scene.Psa.AddTicket("88", "W3SVC has stopped");
        scene.Psa.HidesTickets = true;
        var entry = await scene.RecordAsync("proposed");
        (await Should.ThrowAsync<PsaUnavailableException>(() => scene.HandleAsync(entry))).Message
            .ShouldMatch("^contoso-psa refuses to tell the tickets of .+, so that nothing is known of them[.]$");
        scene.Psa.HidesTickets = false;
        await scene.UntilToldAsync(entry);
        scene.Psa.Tickets.ShouldHaveSingleItem().Notes.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Notes_alone_are_written_where_the_connection_says_note()
    {
        using var scene = await new TicketsScene(TicketUse.Note).OpenAsync();
        var known = scene.Psa.AddTicket("88", "W3SVC has stopped");
        await scene.TellAsync(Success);
        (known.Notes.Count, known.Hours.Count, known.IsClosed).ShouldBe((4, 0, false));
    }

    [Fact]
    public async Task None_is_opened_where_the_connection_says_note()
    {
        using var scene = await new TicketsScene(TicketUse.Note).OpenAsync();
        await scene.TellAsync(Success);
        scene.Psa.Tickets.ShouldBeEmpty();
        scene.Written.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_is_asked_where_the_connection_says_off()
    {
        using var scene = await new TicketsScene(TicketUse.Off).OpenAsync();
        scene.Psa.AddTicket("88", "W3SVC has stopped", scene.Reference);
        await scene.TellAsync(Success);
        (scene.Psa.Calls, scene.Written.Count, scene.Psa.Tickets[0].Notes.Count).ShouldBe((0, 0, 0));
    }

    [Fact]
    public async Task What_is_switched_off_is_not_written_into_tickets()
    {
        using var none = await new TicketsScene(actions: "none").OpenAsync();
        none.Psa.AddTicket("88", "W3SVC has stopped", none.Reference);
        await none.TellAsync(Success);
        (none.Psa.Calls, none.Written.Count).ShouldBe((0, 0));

        using var notes = await new TicketsScene(actions: "ticket.note, ticket.resolve").OpenAsync();
        var known = notes.Psa.AddTicket("88", "W3SVC has stopped", notes.Reference);
        await notes.TellAsync(Success);
        (known.Notes.Count, known.Hours.Count, known.IsClosed).ShouldBe((4, 0, true));
    }

    [Fact]
    public async Task A_simulation_is_not_told_in_a_real_PSA()
    {
        using var scene = await new TicketsScene(simulated: true).OpenAsync();
        await scene.TellAsync(Success);
        (scene.Psa.Calls, scene.Written.Count).ShouldBe((0, 0));
    }

    [Fact]
    public async Task What_reaches_further_than_tickets_is_not_done_without_a_gate()
    {
        using var scene = await new TicketsScene().OpenAsync();
        scene.Psa.Actions = scene.Psa.Actions.ToDictionary(
            static one => one.Key, static one => one.Value with { BlastRadius = BlastRadius.OneDevice });
        await scene.TellAsync(Success);
        scene.Psa.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_device_that_the_PSA_does_not_know_has_no_ticket_and_that_is_said_once()
    {
        using var scene = await new TicketsScene().OpenAsync();
        scene.Psa.ForgetDevices();
        await scene.TellAsync(Success);
        scene.Psa.Tickets.ShouldBeEmpty();
        scene.Written.ShouldHaveSingleItem().ShouldBeOfType<TicketTrouble>().Problem
            .ShouldBe("There is no ticket. contoso-psa knows no device SRV-01.");
    }

    [Fact]
    public async Task A_device_of_the_same_name_with_another_serial_number_gets_no_ticket()
    {
        using var scene = await new TicketsScene().OpenAsync();
        scene.Psa.ForgetDevices();
        scene.Psa.AddDevice("90", "SRV-01", "5CG9381X7T");
        await scene.TellAsync(Success);
        scene.Psa.Tickets.ShouldBeEmpty();
        scene.Written.OfType<TicketTrouble>().ShouldHaveSingleItem().Problem.ShouldContain("is not certain");
    }

    [Fact]
    public async Task States_of_more_than_a_day_ago_are_not_told()
    {
        using var scene = await new TicketsScene().OpenAsync();
        var entry = await scene.RecordAsync("proposed");
        scene.Clock.Advance(TimeSpan.FromHours(25));
        await scene.HandleAsync(entry);
        (scene.Psa.Calls, scene.Written.Count).ShouldBe((0, 0));
    }
}
