using DevOpsAI.Common;
using DevOpsAI.Tickets;
using FsCheck;
using FsCheck.Fluent;

namespace DevOpsAI.Tests.Core.Tickets;

/// <summary>Whatever the PSA answers and whenever the process ends, each thing is written once.</summary>
public sealed class TicketCrashTests
{
    private static readonly string[] Success = ["proposed", "approved", "executing", "verified"];

    public static TheoryData<string, int> Instants
    {
        get
        {
            var all = new TheoryData<string, int>();
            // Opening, a note for each state, the time, and the end.
            foreach (var point in Failpoint.OfTickets)
            {
                for (var pass = 1; pass <= 7; pass++)
                    all.Add(point, pass);
            }
            return all;
        }
    }

    [Theory, MemberData(nameof(Instants))]
    public async Task A_crash_at_any_instant_writes_nothing_twice_and_loses_nothing(string point, int pass)
    {
        using var scene = await new TicketsScene().OpenAsync();
        var passed = 0;
        foreach (var state in Success)
        {
            await scene.UntilToldAsync(await scene.RecordAsync(state), hit =>
            {
                if (hit == point && ++passed == pass)
                    throw new CrashException(point);
            });
        }
        passed.ShouldBeGreaterThanOrEqualTo(pass, "the crash took place");
        ShouldBeWrittenOnce(scene);
    }

    [Theory]
    [InlineData(PsaMood.DoesAndLosesTheAnswer)]
    [InlineData(PsaMood.LosesItAltogether)]
    [InlineData(PsaMood.IsBusy)]
    public async Task A_lost_answer_is_looked_up_before_anything_is_repeated(PsaMood mood)
    {
        for (var at = 0; at < 7; at++)
        {
            using var scene = await new TicketsScene().OpenAsync();
            for (var before = 0; before < at; before++)
                scene.Psa.Moods.Enqueue(PsaMood.Does);
            scene.Psa.Moods.Enqueue(mood);
            await scene.TellAsync(Success);
            ShouldBeWrittenOnce(scene);
        }
    }

    [Fact]
    public void Any_moods_and_any_crashes_write_each_thing_at_most_once_and_in_order() => Prop.ForAll(
        (from moods in Gen.Elements(
            PsaMood.Does, PsaMood.Does, PsaMood.IsBusy, PsaMood.DoesAndLosesTheAnswer, PsaMood.LosesItAltogether).ListOf(12)
        from crashes in Gen.Choose(1, 30).ListOf(3)
        select (Moods: moods.ToList(), Crashes: crashes.ToHashSet())).ToArbitrary(),
        story => CheckAsync(story.Moods, story.Crashes).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    private static async Task CheckAsync(List<PsaMood> moods, HashSet<int> crashes)
    {
        using var scene = await new TicketsScene().OpenAsync();
        moods.ForEach(scene.Psa.Moods.Enqueue);
        var passed = 0;
        foreach (var state in Success)
        {
            await scene.UntilToldAsync(await scene.RecordAsync(state), hit =>
            {
                if (crashes.Contains(++passed))
                    throw new CrashException(hit);
            });
        }
        ShouldBeWrittenOnce(scene);
    }

    [Fact]
    public async Task Where_the_PSA_does_not_tell_what_became_of_a_note_it_is_left_at_that_and_said()
    {
        using var scene = await new TicketsScene().OpenAsync();
        scene.Psa.TellsNotes = false;
        scene.Psa.Moods.Enqueue(PsaMood.Does);
        scene.Psa.Moods.Enqueue(PsaMood.DoesAndLosesTheAnswer);
        await scene.TellAsync("proposed", "approved");
        scene.Psa.Tickets.ShouldHaveSingleItem().Notes.Count.ShouldBe(2);
        scene.Written.OfType<TicketWritten>().ShouldContain(
            static written => written.What == TicketWrite.Note && written.Outcome == TicketOutcome.Unknown);
    }

    [Theory, InlineData(PsaMood.DoesAndLosesTheAnswer, 1), InlineData(PsaMood.LosesItAltogether, 0)]
    public async Task Time_is_not_written_again_where_the_PSA_tells_notes_but_not_all_time(PsaMood mood, int booked)
    {
        using var scene = await new TicketsScene().OpenAsync();
        scene.Psa.TellsTimes = false;
        // The ticket and four notes.
        for (var before = 0; before < 5; before++)
            scene.Psa.Moods.Enqueue(PsaMood.Does);
        scene.Psa.Moods.Enqueue(mood);
        await scene.TellAsync(Success);
        var ticket = scene.Psa.Tickets.ShouldHaveSingleItem();
        (ticket.Hours.Count, ticket.IsClosed).ShouldBe((booked, true));
        scene.Written.OfType<TicketWritten>().Single(static written => written.What == TicketWrite.Time).Outcome
            .ShouldBe(TicketOutcome.Unknown);
    }

    [Fact]
    public async Task A_search_that_is_refused_proves_nothing_of_a_ticket_whose_answer_was_lost()
    {
        using var scene = await new TicketsScene().OpenAsync();
        scene.Psa.Moods.Enqueue(PsaMood.DoesAndLosesTheAnswer);
        var entry = await scene.RecordAsync("proposed");
        await Should.ThrowAsync<PsaUnavailableException>(() => scene.HandleAsync(entry));
        scene.Psa.RefusesToTell = true;
        scene.Clock.Advance(TimeSpan.FromHours(1));
        (await Should.ThrowAsync<PsaUnavailableException>(() => scene.HandleAsync(entry))).Message
            .ShouldBe("contoso-psa refuses to be searched for a ticket, so that nothing is known of what it has.");
        scene.Psa.Tickets.ShouldHaveSingleItem();

        scene.Psa.RefusesToTell = false;
        await scene.UntilToldAsync(entry);
        scene.Psa.Tickets.ShouldHaveSingleItem().Notes.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_refusal_is_on_record_in_the_PSAs_words_and_the_next_state_is_told_all_the_same()
    {
        using var scene = await new TicketsScene().OpenAsync();
        scene.Psa.Moods.Enqueue(PsaMood.Does);
        scene.Psa.Moods.Enqueue(PsaMood.Refuses);
        await scene.TellAsync("proposed", "approved");
        scene.Psa.Tickets.ShouldHaveSingleItem().Notes.ShouldHaveSingleItem().ShouldContain("approved by");
        scene.Written.OfType<TicketWritten>().ShouldContain(
            static written => written.Outcome == TicketOutcome.Refused && written.Detail == "An outcome must be entered.");
    }

    [Fact]
    public async Task A_PSA_that_is_away_is_told_once_on_the_incident_and_everything_is_written_when_it_is_back()
    {
        using var scene = await new TicketsScene().OpenAsync();
        scene.Psa.IsAway = true;
        var entry = await scene.RecordAsync("proposed");
        for (var attempt = 0; attempt < 5; attempt++)
        {
            await Should.ThrowAsync<PsaUnavailableException>(() => scene.HandleAsync(entry));
            scene.Clock.Advance(TimeSpan.FromSeconds(30));
        }
        scene.Written.ShouldHaveSingleItem().ShouldBeOfType<TicketTrouble>().Problem
            .ShouldBe("contoso-psa does not answer: The PSA is away.");

        scene.Psa.IsAway = false;
        await scene.UntilToldAsync(entry);
        scene.Psa.Tickets.ShouldHaveSingleItem().Notes.ShouldHaveSingleItem();
    }

    private static void ShouldBeWrittenOnce(TicketsScene scene)
    {
        var ticket = scene.Psa.Tickets.ShouldHaveSingleItem();
        ticket.Notes.Select(static note => note.Split("CON-1042: ")[1].Split(' ')[0]).ShouldBe(
            ["proposed", "approved", "being", "verified:", "CON-1042-x1"]);
        (ticket.Hours.Count, ticket.IsClosed).ShouldBe((1, true));
        scene.Written.OfType<TicketLinked>().ShouldHaveSingleItem();
        scene.Written.OfType<TicketWritten>().Select(static written => written.OperationId).ShouldBeUnique();
    }
}
