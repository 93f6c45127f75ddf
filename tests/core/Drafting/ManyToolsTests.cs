using DevOpsAI.Connections;
using DevOpsAI.Connections.Identity;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>One device that several of a client's tools know: which of them carries the plan out, and why.</summary>
public sealed class ManyToolsTests
{
    private const string Serial = "CZC1234ABC";
    private static readonly (string, string)[] VolumeC = [("volume", "C:")];
    private static readonly (string, string)[] Disk = [("device.online", "true"), ("disk.C.freePercent", "6"), ("disk.C.freeGb", "5"),
        ("disk.C.sizeGb", "80")];

    private readonly FakeVendor rmm = new("rmm");
    private readonly FakeVendor psa = new("psa") { Actions = new Dictionary<string, ActionSpec>() };
    private readonly DraftingScene scene;

    public ManyToolsTests() => scene = new(
        new() { ["Drafting:VendorTries"] = "1" },
        (FakeConnections.To("contoso-rmm", "contoso", "rmm"), rmm), (FakeConnections.To("contoso-psa", "contoso", "psa"), psa));

    private Task<RecommendationDrafted> DraftAsync() => scene.DraftOfAsync("DiskSpaceLow", "SRV-01", VolumeC);

    private static void Add(FakeVendor vendor, string connection, params (string, string)[] state) =>
        vendor.Add(connection, "device", "SRV-01", "Contoso Ltd", [.. Disk, .. state]);

    private static IEnumerable<string> Told(RecommendationDrafted draft) => draft.Evidence.Select(static one => one.Text);

    [Fact]
    public async Task The_only_tool_that_can_do_it_does_it_and_the_others_say_who_it_is()
    {
        Add(rmm, "contoso-rmm", ("device.serial", Serial));
        Add(psa, "contoso-psa", ("device.serial", Serial));

        var draft = await DraftAsync();

        draft.Plan.Steps.ShouldHaveSingleItem().Target.Connection.ShouldBe("contoso-rmm");
        Told(draft).ShouldContain("device-1 in contoso-rmm is the device device-1 in contoso-psa, by the same serial number CZC1234ABC.");
    }

    [Fact]
    public async Task Of_two_tools_that_could_the_first_by_name_does_it_and_the_card_says_why()
    {
        Add(rmm, "contoso-rmm", ("device.serial", Serial));
        Add(scene.Vendor, "contoso-fake", ("device.serial", Serial));

        var draft = await DraftAsync();

        draft.Plan.Steps.ShouldHaveSingleItem().Target.Connection.ShouldBe("contoso-fake");
        Told(draft).ShouldContain("contoso-fake and contoso-rmm can each do it; contoso-fake does, since it is the first by its name.");
    }

    [Fact]
    public async Task Of_two_tools_that_could_the_one_that_raised_the_alert_does_it()
    {
        Add(rmm, "contoso-rmm", ("device.serial", Serial));
        Add(scene.Vendor, "contoso-fake", ("device.serial", Serial));
        var received = DraftingScene.Event("DiskSpaceLow", "SRV-01", VolumeC, 77, connection: "contoso-rmm");
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Event(received.EventId), received);
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Incident(Con(1077)), new IncidentOpened(
            Con(1077), received.Title, received.Severity, "DiskSpaceLow", "SRV-01", IncidentScope.One, received.CorrelationKey,
            received.CauseKey, received.EventId));
        await scene.DraftAsync(Con(1077));

        var draft = scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso)[^1];
        draft.Plan.Steps.ShouldHaveSingleItem().Target.Connection.ShouldBe("contoso-rmm");
        Told(draft).ShouldContain("contoso-rmm and contoso-fake can each do it; contoso-rmm does, since the alert came from there.");
    }

    [Fact]
    public async Task Two_tools_that_share_only_the_name_are_asked_about()
    {
        Add(rmm, "contoso-rmm");
        Add(scene.Vendor, "contoso-fake");

        var draft = await DraftAsync();

        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull().ShouldStartWith("Contoso Ltd has a device named SRV-01 in each of ");
        draft.Problem.ShouldContain("contoso-fake");
        draft.Problem.ShouldContain("contoso-rmm");
        draft.Problem.ShouldContain("nothing but the name says that they are one");
    }

    [Fact]
    public async Task Another_serial_number_in_a_tool_that_does_nothing_is_reason_enough_to_ask()
    {
        Add(rmm, "contoso-rmm", ("device.serial", Serial));
        Add(psa, "contoso-psa", ("device.serial", "5CG9381X7T"));

        var draft = await DraftAsync();

        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull().ShouldStartWith("Contoso Ltd has 2 devices named SRV-01: ");
        draft.Problem.ShouldContain("serial number CZC1234ABC");
        draft.Problem.ShouldContain("serial number 5CG9381X7T");
    }

    [Theory]
    [InlineData("To be filled by O.E.M.", "5CG9381X7T")]
    [InlineData("Default string", "Default string")]
    public async Task Junk_in_place_of_a_serial_number_neither_joins_nor_parts(string one, string other)
    {
        Add(rmm, "contoso-rmm", ("device.serial", one));
        Add(psa, "contoso-psa", ("device.serial", other));

        var draft = await DraftAsync();

        draft.Plan.Steps.ShouldHaveSingleItem().Target.Connection.ShouldBe("contoso-rmm");
        Told(draft).ShouldContain("device-1 in contoso-rmm is the device device-1 in contoso-psa, by its name alone.");
    }

    [Fact]
    public async Task A_persons_word_decides_from_then_on_and_can_be_taken_back()
    {
        Add(rmm, "contoso-rmm", ("device.serial", Serial));
        Add(psa, "contoso-psa", ("device.serial", "5CG9381X7T"));
        await scene.AppendAsync(
            DraftingScene.Contoso, StreamId.Identity, new IdentityConfirmed("device", "srv-01", [new("contoso-rmm", "device-1", Serial)]));

        var draft = await DraftAsync();
        draft.Plan.Steps.ShouldHaveSingleItem().Target.Connection.ShouldBe("contoso-rmm");
        Told(draft).ShouldContain(static text => text.StartsWith("test said which one is meant (entry 1)", StringComparison.Ordinal));

        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Identity, new IdentityWithdrawn("device", "SRV-01"));
        (await DraftAsync()).Plan.Steps.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_device_that_was_replaced_since_a_person_said_which_one_is_meant_is_asked_about_again()
    {
        Add(rmm, "contoso-rmm", ("device.serial", Serial));
        Add(psa, "contoso-psa", ("device.serial", "5CG9381X7T"));
        await scene.AppendAsync(
            DraftingScene.Contoso, StreamId.Identity, new IdentityConfirmed("device", "SRV-01", [new("contoso-rmm", "device-1", "OLD4711X")]));

        var draft = await DraftAsync();

        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull().ShouldContain("device-1 in contoso-rmm has another serial number since");
    }

    [Theory]
    [InlineData(VendorResponse.Throws)]
    [InlineData(VendorResponse.NotDone)]
    [InlineData(VendorResponse.Refuses)]
    public async Task A_tool_that_only_says_who_is_who_holds_up_nothing_and_its_silence_is_told(VendorResponse response)
    {
        Add(rmm, "contoso-rmm", ("device.serial", Serial));
        psa.Always = response;

        var draft = await DraftAsync();

        draft.Plan.Steps.ShouldHaveSingleItem().Target.Connection.ShouldBe("contoso-rmm");
        Told(draft).ShouldContain(
            static text => text.StartsWith("contoso-psa did not say whether it knows SRV-01: ", StringComparison.Ordinal));
    }

    private async Task<RecommendationDrafted> DraftRaisedAsync(string connection)
    {
        var received = DraftingScene.Event("DiskSpaceLow", "SRV-01", VolumeC, 77, connection: connection);
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Event(received.EventId), received);
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Incident(Con(1077)), new IncidentOpened(
            Con(1077), received.Title, received.Severity, "DiskSpaceLow", "SRV-01", IncidentScope.One, received.CorrelationKey,
            received.CauseKey, received.EventId));
        var drafting = scene.DraftAsync(Con(1077));
        scene.Clock.Advance(TimeSpan.FromSeconds(6));
        await drafting;
        return scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso)[^1];
    }

    [Theory]
    [InlineData(VendorResponse.Throws)]
    [InlineData(VendorResponse.NotDone)]
    [InlineData(VendorResponse.Refuses)]
    [InlineData(VendorResponse.Hangs)]
    public async Task A_tool_that_could_do_it_too_holds_up_nothing_where_the_one_that_raised_the_alert_knows_the_device(
        VendorResponse response)
    {
        Add(rmm, "contoso-rmm", ("device.serial", Serial));
        scene.Vendor.Always = response;

        var draft = await DraftRaisedAsync("contoso-rmm");

        draft.Problem.ShouldBeNull();
        draft.Plan.Steps.ShouldHaveSingleItem().Target.Connection.ShouldBe("contoso-rmm");
        Told(draft).ShouldContain(
            static text => text.StartsWith("contoso-fake did not say whether it knows SRV-01: ", StringComparison.Ordinal)
                && !text.EndsWith("..", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("contoso-rmm", "")]
    [InlineData("contoso-rmm", "To be filled by O.E.M.")]
    [InlineData("contoso-alertmanager", Serial)]
    public async Task It_is_needed_where_the_name_is_all_there_is_or_another_tool_raised_the_alert(string raisedBy, string serial)
    {
        Add(rmm, "contoso-rmm", ("device.serial", serial));
        scene.Vendor.Always = VendorResponse.NotDone;

        var draft = await DraftRaisedAsync(raisedBy);

        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldBe("Could not ask the vendor: contoso-fake: the fake is busy.");
        draft.VendorAway.ShouldBe(true);
    }

    [Fact]
    public async Task A_persons_word_is_enough_for_the_tool_that_raised_the_alert()
    {
        Add(rmm, "contoso-rmm");
        scene.Vendor.Always = VendorResponse.NotDone;
        await scene.AppendAsync(
            DraftingScene.Contoso, StreamId.Identity, new IdentityConfirmed("device", "srv-01", [new("contoso-rmm", "device-1", null)]));

        (await DraftRaisedAsync("contoso-rmm")).Plan.Steps.ShouldHaveSingleItem().Target.Connection.ShouldBe("contoso-rmm");
    }

    [Fact]
    public async Task Two_devices_of_one_name_at_the_tool_that_raised_the_alert_are_asked_about_whoever_is_silent()
    {
        Add(rmm, "contoso-rmm", ("device.serial", Serial));
        Add(rmm, "contoso-rmm", ("device.serial", "5CG9381X7T"));
        scene.Vendor.Always = VendorResponse.NotDone;

        (await DraftRaisedAsync("contoso-rmm")).Plan.Steps.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_no_connection_offers_is_named_with_the_connectors_that_would()
    {
        rmm.Actions = psa.Actions;
        scene.Vendor.Actions = FakeCatalog.Actions.Where(static one => one.Key != "disk.cleanup").ToDictionary();
        var draft = await DraftAsync();
        draft.Problem.ShouldBe("No connection of Contoso Ltd offers disk.cleanup. It could be had by a connection to shelf.");
    }

    [Fact]
    public async Task Where_it_is_switched_off_another_tool_does_it()
    {
        var off = new DraftingScene(
            null, (FakeConnections.To("contoso-arm", "contoso", "arm") with { Settings = Only("service.restart") }, rmm));
        Add(rmm, "contoso-arm", ("device.serial", Serial));
        Add(off.Vendor, "contoso-fake", ("device.serial", Serial));

        var draft = await off.DraftOfAsync("DiskSpaceLow", "SRV-01", VolumeC);

        draft.Plan.Steps.ShouldHaveSingleItem().Target.Connection.ShouldBe("contoso-fake");
    }

    [Fact]
    public async Task Where_it_is_switched_off_everywhere_the_card_says_where()
    {
        var off = new DraftingScene(
            null, (FakeConnections.To("contoso-arm", "contoso", "arm") with { Settings = Only("service.restart") }, rmm));
        off.Vendor.Actions = psa.Actions;
        Add(rmm, "contoso-arm", ("device.serial", Serial));

        var draft = await off.DraftOfAsync("DiskSpaceLow", "SRV-01", VolumeC);

        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldBe("No connection of Contoso Ltd may do disk.cleanup: disk.cleanup is switched off on contoso-arm. An "
            + "administrator can ask for it: enable disk.cleanup on contoso-arm.");
    }

    [Fact]
    public async Task A_device_that_only_a_tool_knows_where_it_is_switched_off_is_said_to_be_looked_for_elsewhere_only()
    {
        var off = new DraftingScene(
            null, (FakeConnections.To("contoso-arm", "contoso", "arm") with { Settings = Only("service.restart") }, rmm));
        Add(rmm, "contoso-arm", ("device.serial", Serial));

        var draft = await off.DraftOfAsync("DiskSpaceLow", "SRV-01", VolumeC);

        draft.Problem.ShouldNotBeNull().ShouldContain("Not asked: disk.cleanup is switched off on contoso-arm.");
    }

    private static Dictionary<string, string> Only(string actions) => new() { [EnabledActions.Setting] = actions };
}
