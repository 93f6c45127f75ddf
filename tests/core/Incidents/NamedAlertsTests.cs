using DevOpsAI.Incidents;

namespace DevOpsAI.Tests.Core.Incidents;

/// <summary>Alerts of one class on one device: those that name different parts are different incidents, and the rest is named on one.</summary>
public sealed class NamedAlertsTests
{
    [Fact]
    public async Task Two_parts_that_only_the_titles_name_are_two_incidents_and_each_ends_with_its_own_alert()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Alert("a", "Service 'Spooler' stopped"));
        await SayAsync(world, Alert("b", "Service 'MSSQLSERVER' stopped"));
        Open(world).Select(static incident => incident.Title).ShouldBe(["Service 'Spooler' stopped", "Service 'MSSQLSERVER' stopped"]);
        await SayAsync(world, Alert("b", "It runs again") with { Status = EventStatus.Resolved });
        Open(world).ShouldHaveSingleItem().Title.ShouldBe("Service 'Spooler' stopped");
    }

    [Fact]
    public async Task An_alert_that_fires_stays_where_it_is_however_its_title_is_worded()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Alert("a", "Printer 'East' is broken"));
        await SayAsync(world, Alert("a", "Printer 'West' is broken"));
        Open(world).ShouldHaveSingleItem().Title.ShouldBe("Printer 'West' is broken");
        await SayAsync(world, Alert("a", "Done") with { Status = EventStatus.Resolved });
        Open(world).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_label_goes_before_the_title_and_a_key_that_is_made_of_parts_before_both()
    {
        using var world = new IntakeWorld();
        var labelled = new Dictionary<string, string> { ["volume"] = "C" };
        await SayAsync(world, Alert("a", "'One' is full") with { Attributes = labelled });
        await SayAsync(world, Alert("b", "'Two' is full") with { Attributes = labelled });
        Open(world).ShouldHaveSingleItem();
        await SayAsync(world, Alert("c", "'One' is slow") with { Kind = "Slow", KeyIsCoarse = true });
        await SayAsync(world, Alert("c", "'Two' is slow") with { Kind = "Slow", KeyIsCoarse = true });
        Open(world).Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_one_incident_names_every_alert_that_fires_and_ends_with_the_last()
    {
        using var world = new IntakeWorld();
        await SayAsync(world, Alert("a", "Script one failed"));
        await SayAsync(world, Alert("b", "Script two failed"));
        await SayAsync(world, Alert("c", "Memory is 91 % used"));
        await SayAsync(world, Alert("d", "Memory is 95 % used"));
        var incident = Open(world).ShouldHaveSingleItem();
        incident.Title.ShouldBe("Memory is 95 % used");
        incident.AlsoFiring.ShouldBe(["Script two failed", "Script one failed"]);
        foreach (var key in new[] { "d", "c", "b" })
            await SayAsync(world, Alert(key, "Over") with { Status = EventStatus.Resolved });
        incident = Open(world).ShouldHaveSingleItem();
        (incident.Title, incident.AlsoFiring.Any()).ShouldBe(("Script one failed", false));
        await SayAsync(world, Alert("a", "Over") with { Status = EventStatus.Resolved });
        Open(world).ShouldBeEmpty();
    }

    private static ConnectorEvent Alert(string key, string title) =>
        AnEvent.Firing("Service Status", "srv1", alert: key) with { Title = title };

    private static async Task SayAsync(IntakeWorld world, ConnectorEvent said)
    {
        await world.ReceiveAsync(said);
        await world.FollowAsync();
    }

    private static List<Incident> Open(IntakeWorld world) =>
        [.. world.State.Incidents.Values.Where(static incident => incident.IsOpen).OrderBy(static incident => incident.OpenedSeq)];
}
