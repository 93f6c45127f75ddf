using System.Text.Json.Nodes;
using DevOpsAI.Connections;

namespace DevOpsAI.Tests.Connectors.MicrosoftGraph;

/// <summary>Every request is judged by Graph's own description. What Intune accepts it has not done yet.</summary>
public sealed class GraphDevicesTests : IAsyncLifetime
{
    private GraphHost host = null!;

    public async ValueTask InitializeAsync() => host = await GraphHost.StartAsync();

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_device_is_found_by_its_exact_name_in_its_own_directory_and_several_are_several()
    {
        (await host.FindAsync("device", "nd-pc-014")).ShouldHaveSingleItem().ShouldBe(
            new("contoso-graph", "device", GraphHost.PcId, "ND-PC-014", "Northwind Dental"));
        (await host.FindAsync("device", "TWICE")).Count.ShouldBe(2);
        (await host.FindAsync("device", "ND-PC-01")).ShouldBeEmpty();
        (await host.FindAsync("device", "x' or deviceName ne '")).ShouldBeEmpty();
        (await host.FindAsync("device", "ND-PC-014", host.Fabrikam)).ShouldHaveSingleItem().Id.ShouldBe("99999999-034c-705c-4c03-5c704c035c70");
        host.Vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task What_is_told_of_a_device_is_in_the_words_of_the_vocabulary()
    {
        var seen = await host.ObserveAsync(host.Device());
        seen.ShouldBe(
        [
            "device.compliance = noncompliant", "device.encrypted = true",
            "device.entraId = b465e4e8-e4e8-b465-e8e4-65b4e8e465b4", "device.lastSeen = 2026-08-20T11:31:08Z",
            $"device.lastUser = {GraphHost.Mia}", "device.mac = 0A1B2C3D4E5F, 0A1B2C3D4E60", "device.os = Windows 10.0.22631.4037", "device.serial = 5CG2098XYZ",
            "laps.backedUp = true", "laps.lastBackup = 2026-08-01T09:00:00Z", "laps.nextRotation = 2026-08-31T09:00:00Z",
        ]);
        seen.ShouldAllBe(static one => Capabilities.Observing(one.Split(' ')[0]) != null);
        host.Vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task A_word_that_nobody_knows_is_left_out()
    {
        var device = host.World.Find(GraphHost.ContosoId, "managedDevices", GraphHost.PcId);
        device["complianceState"] = "notInvented";
        device["deviceActionResults"]!.AsArray().Add(new JsonObject { ["actionName"] = "rebootNow", ["actionState"] = "notInvented" });
        (await host.ObserveAsync(host.Device())).ShouldNotContain(
            static one => one.StartsWith("device.compliance", StringComparison.Ordinal) || one.StartsWith("action.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("device.reboot", "rebootNow", "")]
    [InlineData("device.shutdown", "shutDown", "")]
    [InlineData("scan.start", "windowsDefenderScan", """{"quickScan":true}""")]
    public async Task An_order_is_queued_once_and_what_became_of_it_is_read_back(string action, string called, string body)
    {
        (await host.ActAsync(action, host.Device())).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>().Value.Detail.ShouldStartWith(
            "Intune queued it");
        (await host.ObserveAsync(host.Device())).ShouldContain($"action.{action}.state = pending");
        (await host.ActAsync(action, host.Device())).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message.ShouldBe(
            "Intune has this order for ND-PC-014 queued already since 2026-12-01T00:00:00Z; nothing was sent.");
        host.World.Effects.ShouldBe([$"POST /deviceManagement/managedDevices/{GraphHost.PcId}/{called}"]);
        host.Calls.Single(static one => one.Method == "POST").Body.ShouldBe(body);
        host.World.Find(GraphHost.ContosoId, "managedDevices", GraphHost.PcId)["deviceActionResults"]![0]!["actionState"] = "done";
        (await host.ObserveAsync(host.Device())).ShouldContain($"action.{action}.state = done");
        host.Vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task Only_the_latest_of_several_orders_counts()
    {
        var results = host.World.Find(GraphHost.ContosoId, "managedDevices", GraphHost.PcId)["deviceActionResults"]!.AsArray();
        results.Add(new JsonObject { ["actionName"] = "rebootNow", ["actionState"] = "done", ["startDateTime"] = "2026-11-02T00:00:00Z" });
        results.Add(new JsonObject { ["actionName"] = "rebootNow", ["actionState"] = "pending", ["startDateTime"] = "2026-11-01T00:00:00Z" });
        (await host.ObserveAsync(host.Device())).ShouldContain("action.device.reboot.state = done");
        (await host.ActAsync("device.reboot", host.Device())).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
    }

    [Fact]
    public async Task An_alert_of_the_device_is_taken_in_hand_once()
    {
        const string Id = "da637551227677560813_-961444813";
        (await host.ActAsync("alert.acknowledge", host.Device(), ("alert", Id))).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        (await host.ActAsync("alert.acknowledge", host.Device(), ("alert", Id))).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>().Value
            .Detail.ShouldContain("nothing was sent");
        host.World.Effects.ShouldBe([$"PATCH /security/alerts_v2/{Id}"]);
        host.World.Find(GraphHost.ContosoId, "alerts_v2", Id)["status"]!.ToString().ShouldBe("inProgress");
        host.Vendor.MustHaveBeenAccepted();
    }

    [Theory]
    [InlineData("22222222-034c-705c-4c03-5c704c035c70", "TWICE", "da637551227677560813_-961444813", "foreign-alert")]
    [InlineData(GraphHost.PcId, "ND-PC-014", "no-such-alert", "gone")]
    [InlineData(GraphHost.PcId, "ND-PC-014", "a/../../incidents", "gone")]
    public async Task An_alert_of_another_device_is_left_alone(string id, string name, string alert, string code)
    {
        if (name == "TWICE")
            host.World.Find(GraphHost.ContosoId, "managedDevices", id)["azureADDeviceId"] = "00000000-0000-4000-8000-000000000001";
        (await host.ActAsync("alert.acknowledge", host.Device(id, name), ("alert", alert)))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe(code);
        host.World.Effects.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(GraphHost.PcId, "ANOTHER", "renamed")]
    [InlineData("99999999-034c-705c-4c03-5c704c035c70", "ND-PC-014", "gone")]
    public async Task A_device_that_is_not_the_one_that_was_approved_is_left_alone(string id, string name, string code)
    {
        (await host.ActAsync("device.reboot", host.Device(id, name))).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe(code);
        host.World.Effects.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_action_for_another_kind_is_none()
    {
        (await host.ActAsync("user.disable", host.Device())).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe(
            "no-such-action");
        (await host.ActAsync("device.isolate", host.Device())).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe(
            "no-such-action");
        host.Calls.ShouldBeEmpty();
    }
}
