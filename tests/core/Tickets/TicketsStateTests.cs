using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tickets;

namespace DevOpsAI.Tests.Core.Tickets;

public sealed class TicketsStateTests
{
    [Fact]
    public void The_record_that_nothing_was_written_about_for_longest_is_kept_on_the_ledger_alone()
    {
        var (state, seq) = (TicketsState.Empty, 0L);
        for (var number = 1; number <= TicketsState.MaxRecords; number++)
            state = state.Apply(Linked(number, ++seq), null!);
        // The first to come is in use still.
        state = state.Apply(Linked(1, ++seq), null!);
        state = state.Apply(Linked(TicketsState.MaxRecords + 1, ++seq), null!);

        state.Records.Count.ShouldBe(TicketsState.MaxRecords);
        state.Find(Con(1)).ShouldNotBeNull();
        state.Find(Con(2)).ShouldBeNull();
        state.Find(Con(TicketsState.MaxRecords + 1)).ShouldNotBeNull();
    }

    private static LedgerEntry Linked(int number, long seq) => new(
        TicketsScene.Contoso, seq, DateTimeOffset.UnixEpoch, "ticket.linked", StreamId.Ticket(Con(number)), 1, Actor.Service("test"),
        CorrelationId.Parse("c0ffee"), null, new TicketLinked(Con(number), "contoso-psa", $"{number}", $"{number}", TicketOrigin.Opened),
        default);
}
