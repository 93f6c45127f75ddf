namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>
/// An alert that fires is firing: where the world does not look as the runbook expects, the card says what was seen and nothing else is
/// treated in its place.
/// </summary>
public sealed class FiringAlertTests
{
    private static readonly (string, string) Online = ("device.online", "true");

    [Fact]
    public async Task An_exporter_that_is_silent_on_a_device_that_is_online_is_said_to_be_so()
    {
        var draft = await new DraftingScene().DraftOfAsync(
            "HostDown", "srv-file01", [("instance", "10.30.0.3:9182"), ("hostname", "srv-file01")]);
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldBe(
            "The alert fires, but SRV-FILE01 is online: what does not answer is the exporter or agent on it, or the way to it.");
        draft.Summary.ShouldNotContain("over");
    }

    [Fact]
    public async Task A_service_that_keeps_restarting_and_is_stopped_now_is_said_to_be_stopped()
    {
        var draft = await new DraftingScene().DraftOfAsync("NodeSystemdServiceCrashlooping", "SRV-FILE01", [("name", "Spooler.service")]);
        draft.Problem.ShouldNotBeNull().ShouldContain("the service Spooler on SRV-FILE01 is stopped");
    }

    [Theory]
    [InlineData("certificate", "www.contoso.example")]
    [InlineData("job", "iis")]
    public async Task A_certificate_that_still_has_days_left_is_not_the_one_that_has_expired(string label, string value)
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "device", "WEB-1", "Contoso Ltd", Online, ("certificate.www.contoso.example.daysLeft", "6"));
        var draft = await scene.DraftOfAsync("CertificateExpired", "WEB-1", [(label, value)]);
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull();
        (await scene.DraftOfAsync("CertificateExpiringSoon", "WEB-1", [(label, value)])).Plan.Steps.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_certificate_that_has_expired_is_renewed()
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "device", "WEB-1", "Contoso Ltd", Online, ("certificate.a.example.daysLeft", "-2"),
            ("certificate.b.example.daysLeft", "6"));
        var draft = await scene.DraftOfAsync("CertificateExpired", "WEB-1");
        draft.Plan.Steps.ShouldHaveSingleItem().Arguments["certificate"].ShouldBe("a.example");
    }

    [Theory]
    [InlineData("device", "/dev/md127")]
    [InlineData("device", "md127")]
    [InlineData("array", "md1")]
    [InlineData("pool", "tank")]
    public async Task The_only_degraded_array_is_not_rebuilt_in_the_place_of_another(string label, string value)
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "device", "SRV-R1", "Contoso Ltd", Online, ("raid.md0.state", "degraded"));
        var draft = await scene.DraftOfAsync("HostRaidDiskFailure", "SRV-R1", [(label, value)]);
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull().ShouldContain(value.Split('/')[^1]);
    }

    [Theory]
    [InlineData("ServiceDown", "instance=srv-file01:8080;job=checkout")]
    [InlineData("ServiceFailed", "instance=srv-file01:9090;service=checkout")]
    [InlineData("ServiceUnhealthy", "instance=srv-file01:8080")]
    public async Task An_application_that_is_down_starts_no_service_of_the_host(string kind, string labels)
    {
        var draft = await new DraftingScene().DraftOfAsync(kind, "srv-file01", Labels(labels));
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Drafter.ShouldBe("no runbook");
    }

    [Theory]
    [InlineData("ServiceDown", "instance=srv-file01:9182;job=windows")]
    [InlineData("ServiceStopped", "instance=srv-file01:9182;service_name=Spooler")]
    [InlineData("ServiceNotRunning", "device=srv-file01")]
    [InlineData("ServiceStopped", "service=Spooler")]
    public async Task A_service_of_the_host_that_is_down_is_started(string kind, string labels) =>
        (await new DraftingScene().DraftOfAsync(kind, "srv-file01", Labels(labels))).Plan.Steps
            .ShouldHaveSingleItem().Arguments["service"].ShouldBe("Spooler");

    [Theory]
    [InlineData("BackupFailed", "instance=srv-file01:9091;job=batch")]
    [InlineData("BackupFailed", "instance=srv-file01:8080;job=pushgateway")]
    [InlineData("RansomwareDetected", "instance=srv-file01:9115")]
    [InlineData("HostOutOfMemory", "instance=srv-file01:9272;job=vmware_exporter")]
    [InlineData("HostHighCpuLoad", "instance=srv-file01;job=integrations/azure")]
    public async Task The_host_of_an_exporter_that_measures_others_is_not_the_device(string kind, string labels)
    {
        // The sender's normalisation names no device then; one who names the exporter's all the same gets no other answer.
        var draft = await new DraftingScene().DraftOfAsync(kind, null, Labels(labels));
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull().ShouldMatch("^The event names no device|no label names the device");
    }

    [Theory]
    [InlineData(18, 13)]
    [InlineData(29, 24)]
    [InlineData(8, 4)]
    [InlineData(1, 1)]
    [InlineData(0, 1)]
    public async Task The_battery_limits_the_time_to_decide(int minutesLeft, int minutes)
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "device", "SRV-1", "Contoso Ltd", Online, ("ups.state", "battery"),
            ("ups.minutesLeft", $"{minutesLeft}"));
        var draft = await scene.DraftOfAsync("UPSOnBattery", "SRV-1");
        draft.Problem.ShouldBeNull();
        draft.NotAfter.ShouldBe(
            DateTimeOffset.FromUnixTimeMilliseconds(scene.Clock.GetUtcNow().AddMinutes(minutes).ToUnixTimeMilliseconds()));
        draft.NotAfterReason.ShouldBe($"Battery left: {minutesLeft} minutes");
        draft.Summary.ShouldNotContain("more minutes");
    }

    [Fact]
    public async Task Other_plans_have_the_time_that_policy_gives()
    {
        var draft = await new DraftingScene().DraftOfAsync("DiskSpaceLow", "SRV-FILE01", [("volume", "C:")]);
        (draft.NotAfter, draft.NotAfterReason).ShouldBe((null, null));
    }

    private static IEnumerable<(string, string)> Labels(string text) =>
        text.Split(';').Select(pair => pair.Split('=', 2)).Select(pair => (pair[0], pair[1]));
}
