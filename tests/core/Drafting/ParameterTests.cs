using DevOpsAI.Drafting;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>
/// Which volume, which service: named by the event or the only one that fits, never guessed; and what is observed has the last word.
/// </summary>
public sealed class ParameterTests
{
    [Theory]
    [InlineData("C", "C")]
    [InlineData("c:", "C")]
    [InlineData("C:", "C")]
    [InlineData(@"C:\", "C")]
    [InlineData(@"C:\\", "C")]
    [InlineData("d:/", "D")]
    [InlineData("/data", "data")]
    [InlineData("/data/", "data")]
    [InlineData("/var/log", "var-log")]
    [InlineData("/", "root")]
    [InlineData("/dev/sda1", "/dev/sda1")]
    [InlineData("HarddiskVolume4", "HarddiskVolume4")]
    public void A_volume_is_named_as_observations_name_it(string text, string volume) =>
        ParameterForms.Apply(ParameterForm.Volume, text).ShouldBe(volume);

    [Theory]
    [InlineData(ParameterForm.Service, "nginx.service", "nginx")]
    [InlineData(ParameterForm.Service, "W3SVC", "W3SVC")]
    [InlineData(ParameterForm.Host, "https://portal.contoso.com:443/", "portal.contoso.com")]
    [InlineData(ParameterForm.Text, "  Nightly ", "Nightly")]
    public void Other_forms_drop_what_is_not_the_name(object form, string text, string value) =>
        ParameterForms.Apply((ParameterForm)form, text).ShouldBe(value);

    [Theory]
    [InlineData("volume", "C:")]
    [InlineData("volume", @"C:\\")]
    [InlineData("mountpoint", "C:")]
    [InlineData("drive", "c")]
    [InlineData("device", @"C:\")]
    [InlineData("Volume", "C:")]
    public async Task The_volume_is_taken_from_whatever_label_names_it(string label, string value) =>
        (await new DraftingScene().DraftOfAsync("DiskSpaceLow", "SRV-FILE01", [(label, value)])).Plan.Steps[0].Arguments["volume"].ShouldBe(
            "C");

    [Fact]
    public async Task A_mount_point_counts_and_its_block_device_does_not()
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "device", "LNX01", "Contoso Ltd", ("device.online", "true"), ("disk.root.freePercent", "4"),
            ("disk.data.freePercent", "3"));
        var draft = await scene.DraftOfAsync(
            "NodeFilesystemAlmostOutOfSpace", "lnx01:9100", [("device", "/dev/sda1"), ("mountpoint", "/"), ("fstype", "ext4")]);
        draft.Plan.Steps[0].Arguments["volume"].ShouldBe("root");
    }

    [Fact]
    public async Task The_device_label_may_as_well_be_the_host()
    {
        var draft = await new DraftingScene().DraftOfAsync("DiskSpaceLow", "SRV-FILE01", [("device", "SRV-FILE01")]);
        draft.Problem.ShouldBeNull();
        draft.Plan.Steps[0].Arguments["volume"].ShouldBe("C", "the only volume below 15 %");
    }

    [Theory]
    [InlineData("SRV-R1")]
    [InlineData("srv-r1.contoso.local")]
    [InlineData("md0")]
    public async Task A_label_that_repeats_the_target_names_nothing_else(string device)
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "device", "SRV-R1", "Contoso Ltd", ("device.online", "true"), ("raid.md0.state", "degraded"),
            ("raid.md1.state", "ok"));
        (await scene.DraftOfAsync("RaidDegraded", "SRV-R1", [("device", device)])).Plan.Steps[0].Arguments["array"].ShouldBe("md0");
    }

    [Fact]
    public async Task Events_that_name_different_volumes_are_narrowed_by_what_is_observed()
    {
        var scene = new DraftingScene();
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", [("volume", "D:")]);
        var more = DraftingScene.Event("DiskSpaceLow", "SRV-FILE01", [("volume", "C:")], 77);
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Event(more.EventId), more);
        await scene.DraftAsync(id);
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso)[0].Plan.Steps[0].Arguments["volume"].ShouldBe("C");
    }

    [Fact]
    public async Task Unnamed_and_more_than_one_fits_is_left_to_a_person()
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "device", "SRV-2", "Contoso Ltd", ("device.online", "true"), ("disk.C.freePercent", "4"),
            ("disk.D.freePercent", "3"));
        (await scene.DraftOfAsync("DiskSpaceLow", "SRV-2")).Problem.ShouldBe(
            "The event names no volume, and several of SRV-2 fit the alert: C and D.");
    }

    [Fact]
    public async Task Unnamed_and_none_fits_is_said_with_what_there_is()
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "device", "SRV-2", "Contoso Ltd", ("device.online", "true"), ("disk.C.freePercent", "44"),
            ("disk.D.freePercent", "33"));
        (await scene.DraftOfAsync("DiskSpaceLow", "SRV-2")).Problem.ShouldBe(
            "The event names no volume, and none of SRV-2 fits the alert; it has C and D.");
    }

    [Fact]
    public async Task A_volume_that_is_not_there_is_named_together_with_those_that_are() =>
        (await new DraftingScene().DraftOfAsync("DiskSpaceLow", "SRV-FILE01", [("volume", "E:")])).Problem.ShouldBe(
            "SRV-FILE01 has no volume 'E'; it has C and D.");

    [Fact]
    public async Task A_service_that_is_not_there_does_not_give_way_to_one_that_is() =>
        (await new DraftingScene().DraftOfAsync("WindowsServiceDown", "SRV-FILE01", [("name", "nosuch"), ("service", "Spooler")]))
            .Problem.ShouldBe("SRV-FILE01 has no service 'nosuch'; it has Dnscache, Fax and Spooler.");

    [Fact]
    public async Task The_only_stopped_automatic_service_is_meant_when_none_is_named()
    {
        var draft = await new DraftingScene().DraftOfAsync("WindowsServerServiceStatus", "SRV-FILE01");
        draft.Plan.Steps[0].Arguments["service"].ShouldBe("Spooler", "Fax is stopped too, but started by hand");
        draft.Plan.Steps[0].Rollback.ShouldBe("service.stop");
    }

    [Fact]
    public async Task The_vendors_spelling_of_a_name_is_used()
    {
        var draft = await new DraftingScene().DraftOfAsync("WindowsServiceDown", "SRV-FILE01", [("name", "SPOOLER")]);
        draft.Plan.Steps[0].Command.ShouldBe("Start-Service Spooler -Computer SRV-FILE01");
        draft.Observed["SRV-FILE01 service.Spooler.state"].ShouldBe("stopped");
    }

    [Fact]
    public async Task Nothing_is_done_when_what_is_observed_contradicts_the_alert()
    {
        var draft = await new DraftingScene().DraftOfAsync("WindowsServiceDown", "SRV-FILE01", [("name", "Dnscache")]);
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull()
            .ShouldBe("The alert fires, but the service Dnscache on SRV-FILE01 is running: look at whether it stops again and again, or "
                + "another of its name is meant.");
        draft.Summary.ShouldBe(
            "Look at WindowsServiceDown on SRV-FILE01: it fires, but what the runbook 'Start the stopped service' mends was not found.");
        draft.Simulated.ShouldBeTrue();
        draft.Evidence.ShouldContain(evidence => evidence.Text == "SRV-FILE01: service Dnscache: running" && evidence.Seq == null);
    }

    [Fact]
    public async Task A_disk_that_has_space_again_needs_nothing() =>
        (await new DraftingScene().DraftOfAsync("DiskSpaceLow", "SRV-FILE01", [("volume", "D:")])).Problem.ShouldNotBeNull()
            .ShouldBe("The alert fires, but volume D of SRV-FILE01 has 41 % free, above the 15 % below which cleaning up is meant. If it "
                + "is filling, look at what fills it.");

    [Fact]
    public async Task What_an_offline_device_needs_must_wait()
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "device", "SRV-2", "Contoso Ltd", ("device.online", "false"), ("disk.C.freePercent", "4"));
        (await scene.DraftOfAsync("DiskSpaceLow", "SRV-2")).Problem.ShouldNotBeNull().ShouldBe("Not possible now: SRV-2: device: offline.");
    }

    [Fact]
    public async Task A_missing_observation_is_named_with_those_that_exist()
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "device", "SRV-2", "Contoso Ltd", ("device.online", "true"), ("memory.totalGb", "16"));
        (await scene.DraftOfAsync("HostOutOfMemory", "SRV-2")).Problem.ShouldBe(
            "SRV-2 does not report 'Free memory' (memory.freePercent); it reports memory.totalGb.");
    }

    [Fact]
    public async Task An_observation_that_is_no_number_decides_nothing()
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "device", "SRV-2", "Contoso Ltd", ("device.online", "true"), ("memory.freePercent", "n/a"));
        var draft = await scene.DraftOfAsync("HostOutOfMemory", "SRV-2");
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull().ShouldContain("cannot be held against");
    }

    [Fact]
    public async Task A_step_that_has_become_pointless_is_left_out()
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "user", "anna.lopez", "Contoso Ltd", ("user.enabled", "false"), ("user.sessions", "3"),
            ("user.riskySignIns", "1"));
        var draft = await scene.DraftOfAsync("ImpossibleTravel", null, [("user", "anna.lopez")]);
        draft.Plan.Steps.ShouldHaveSingleItem().Action.ShouldBe("user.revoke-sessions");
    }

    [Fact]
    public async Task Only_what_the_plan_rests_on_is_observed()
    {
        var draft = await new DraftingScene().DraftOfAsync("DiskSpaceLow", "SRV-FILE01", [("volume", "C:")]);
        draft.Observed.Keys.ShouldBe(["SRV-FILE01 device.online", "SRV-FILE01 disk.C.freePercent"], ignoreOrder: true);
        draft.Summary.ShouldBe("Clean up volume C of SRV-FILE01, which has 6 % free.");
        draft.Plan.Steps[0].Editable.ShouldBe(["categories"]);
        draft.Plan.Steps[0].Preconditions.Select(condition => condition.ToString())
            .ShouldBe(["device.online == true", "disk.C.freePercent < 15"]);
        draft.Plan.Steps[0].Verifications.Select(condition => condition.ToString()).ShouldBe(["disk.C.freePercent >= 15"]);
    }
}
