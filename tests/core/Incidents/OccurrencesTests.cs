using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Core.Incidents;

/// <summary>What is remembered of an alert that comes again, and for how long.</summary>
public sealed class OccurrencesTests : IDisposable
{
    private readonly IntakeWorld world = new();
    private int number = 1000;

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task The_first_time_there_is_nothing_to_say()
    {
        await OpenAsync();
        Before().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_person_did_and_what_ended_by_itself_are_told_apart()
    {
        await OpenAsync();
        await CloseAsync("handled");
        world.Clock.Advance(TimeSpan.FromDays(3));
        await OpenAsync();
        await CloseAsync(ClosedReasons.Resolved);
        world.Clock.Advance(TimeSpan.FromDays(9));
        await OpenAsync();
        Before().Select(one => (one.IncidentId, one.ClosedReason))
            .ShouldBe([(Con(1001), "handled"), (Con(1002), ClosedReasons.Resolved)]);
        (world.Clock.GetUtcNow() - Before()[1].EndedAt!.Value).ShouldBe(TimeSpan.FromDays(9));
    }

    [Fact]
    public async Task Another_device_another_part_another_alert_and_a_storm_are_something_else()
    {
        await OpenAsync("disk|srv1|c");
        await OpenAsync("disk|srv1|d");
        await OpenAsync("disk|srv2|c");
        await OpenAsync("cpu|srv1");
        await OpenAsync("disk|srv1|e", IncidentScope.Cause);
        await OpenAsync("disk|srv1|e", IncidentScope.Cause);
        var occurrences = world.State.Occurrences;
        world.State.Incidents.Values.ShouldAllBe(incident => occurrences.Before(incident).Count == 0);
    }

    [Fact]
    public async Task After_thirty_days_it_is_forgotten_and_takes_no_room()
    {
        for (var n = 0; n < 50; n++)
            await OpenAsync($"disk|srv{n}");
        world.State.Occurrences.Count.ShouldBe(50);
        world.Clock.Advance(TimeSpan.FromDays(31));
        await OpenAsync("disk|srv0");
        Before().ShouldBeEmpty();
        world.State.Occurrences.Count.ShouldBe(1);
    }

    [Fact]
    public async Task One_that_comes_all_the_time_is_kept_a_bounded_number_of_times()
    {
        for (var n = 0; n < 3 * Occurrences.MaxOfOne; n++)
        {
            await OpenAsync();
            await CloseAsync(ClosedReasons.Resolved);
        }
        world.State.Occurrences.Count.ShouldBe(Occurrences.MaxOfOne);
        Before()[^1].IncidentId.ShouldBe(Con(1059));
        world.Clock.Advance(TimeSpan.FromDays(31));
        await OpenAsync("cpu|srv1");
        world.State.Occurrences.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_fix_that_was_taken_back_held_nothing()
    {
        await OpenAsync();
        var (id, stream) = (Con(1001), StreamId.Proposal(Con(1001)));
        var step = new PlanStep("Clean up C", "disk.cleanup", new("c", "device", "d", "srv1", "Contoso Ltd"),
            new Dictionary<string, string>(), "clean", [], [], [], null);
        await world.AppendAsync(stream, new ProposalStaged(
            id, 1, ProposalKind.Remedy, Actor.Service("drafting"), new([step]), new Dictionary<string, string>(),
            new(GateLevel.L1, [], Role.Approver, 1, false, world.Clock.GetUtcNow().AddHours(1), null, null, "1"), false, "seal", "nonce"));
        await world.AppendAsync(stream, new ExecutionStarted(id, 1, "CON-1001-x1", "seal", "me", world.Clock.GetUtcNow()));
        await world.AppendAsync(stream, new ExecutionFinished(id, "CON-1001-x1", ExecutionOutcome.Verified, "", [], false, null));
        await CloseAsync("verified");
        world.Clock.Advance(TimeSpan.FromDays(2));
        await OpenAsync();
        Before().ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(one => one.Done.ShouldBe("Clean up C"), one => one.ClosedReason.ShouldBe("verified"));
        await world.AppendAsync(stream, new UndoStarted(id, 2, "CON-1001-u1", "seal", "me", world.Clock.GetUtcNow()));
        await world.AppendAsync(stream, new UndoFinished(id, "CON-1001-u1", ExecutionOutcome.Verified, "", []));
        Before().ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(one => one.Done.ShouldBeNull(), one => one.ClosedReason.ShouldBe(Occurrences.TakenBack));
    }

    private IReadOnlyList<Occurrence> Before() => world.State.Occurrences.Before(world.State.Find(Con(number))!);

    private async Task OpenAsync(string key = "disk|srv1|c", IncidentScope scope = IncidentScope.One)
    {
        var id = Con(++number);
        await world.AppendAsync(StreamId.Incident(id),
            new IncidentOpened(id, "Disk", Severity.Warning, "Disk", "srv1", scope, key, "disk", $"E-{number}"));
    }

    private Task CloseAsync(string reason) =>
        world.AppendAsync(StreamId.Incident(Con(number)), new IncidentClosed(Con(number), reason));
}
