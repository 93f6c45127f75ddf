using DevOpsAI.Drafting;
using DevOpsAI.Incidents;
using DevOpsAI.Proposals;

namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>What an event names is found exactly or not at all, and only among the tenant's own.</summary>
public sealed class TargetTests
{
    private static readonly (string, string)[] VolumeC = [("volume", "C:")];

    [Theory]
    [InlineData("SRV-FILE01")]
    [InlineData("srv-file01")]
    [InlineData("srv-file01:9182")]
    [InlineData("srv-file01.contoso.local")]
    [InlineData("SRV-FILE01.corp.contoso.com:9182")]
    [InlineData("srv-file01.contoso.local.")]
    [InlineData("https://srv-file01.contoso.local:8443/health?x=1")]
    [InlineData("  SRV-FILE01 ")]
    public async Task Port_domain_and_case_do_not_matter(string device)
    {
        var draft = await new DraftingScene().DraftOfAsync("DiskSpaceLow", device, VolumeC);
        draft.Problem.ShouldBeNull();
        draft.Plan.Steps.ShouldHaveSingleItem().Target.ShouldBe(new("contoso-fake", "device", "device-1", "SRV-FILE01", "Contoso Ltd"));
    }

    [Theory]
    [InlineData("SRV-FILE1")]
    [InlineData("SRV-FILE011")]
    [InlineData("SRV-FILE")]
    [InlineData("FILE01")]
    [InlineData("SRV FILE01")]
    [InlineData("SRV-FILE01 ; reboot")]
    [InlineData("srv-file01.contoso.local; x")]
    [InlineData("../SRV-FILE01")]
    [InlineData("ЅRV-FILE01")]
    [InlineData("SRV-FILE01\u200b")]
    [InlineData("FAB-WEB01")]
    public async Task A_similar_name_is_not_taken(string device)
    {
        var draft = await new DraftingScene().DraftOfAsync("DiskSpaceLow", device, VolumeC);
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull().ShouldStartWith("Contoso Ltd has no device named ");
        draft.Simulated.ShouldBeFalse();
    }

    [Theory]
    [InlineData("localhost:9100")]
    [InlineData("host.docker.internal")]
    [InlineData("kubernetes.default.svc.cluster.local:443")]
    [InlineData("127.0.0.1:9182")]
    [InlineData("[::1]:9100")]
    public async Task What_every_machine_calls_itself_names_none(string device)
    {
        var draft = await new DraftingScene().DraftOfAsync("DiskSpaceLow", device, VolumeC);
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull().ShouldContain("is what every machine calls itself");
    }

    [Fact]
    public async Task The_same_name_at_another_client_is_another_device()
    {
        var scene = new DraftingScene();
        (await scene.DraftOfAsync("DiskSpaceLow", "SRV-FILE01", VolumeC)).Plan.Steps[0].Target.Client.ShouldBe("Contoso Ltd");
        (await scene.DraftOfAsync("DiskSpaceLow", "SRV-FILE01", VolumeC, DraftingScene.Fabrikam)).Plan.Steps[0].Target.Client.ShouldBe(
            "Fabrikam Inc");
    }

    [Theory]
    [InlineData("srv-file01.fabrikam.local")]
    [InlineData("srv-file01.fabrikam")]
    [InlineData(@"FABRIKAM\SRV-FILE01")]
    public async Task A_name_in_another_clients_domain_is_not_shortened(string device)
    {
        var draft = await new DraftingScene().DraftOfAsync("DiskSpaceLow", device, VolumeC);
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldBe($"'{device}' carries the name of another client than Contoso Ltd.");
    }

    [Theory]
    [InlineData("customer", "fabrikam")]
    [InlineData("tenant", "Fabrikam Inc")]
    [InlineData("Client", "FABRIKAM")]
    public async Task A_label_that_names_another_client_stops_it(string label, string value)
    {
        var draft = await new DraftingScene().DraftOfAsync("DiskSpaceLow", "SRV-FILE01", [.. VolumeC, (label, value)]);
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull().ShouldContain("names another client than Contoso Ltd");
    }

    [Fact]
    public async Task A_label_that_names_the_own_client_is_fine() =>
        (await new DraftingScene().DraftOfAsync("DiskSpaceLow", "SRV-FILE01", [.. VolumeC, ("customer", "contoso")])).Problem
            .ShouldBeNull();

    [Fact]
    public async Task A_device_that_the_vendor_gives_to_another_client_is_left_alone()
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "device", "SRV-ODD", "Fabrikam Inc", ("device.online", "true"), ("disk.C.freePercent", "5"));
        var draft = await scene.DraftOfAsync("DiskSpaceLow", "SRV-ODD", VolumeC);
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldBe("The vendor says that SRV-ODD belongs to another client than Contoso Ltd.");
    }

    [Fact]
    public async Task Two_devices_of_one_name_are_ambiguous()
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "device", "srv-file01", "Contoso Ltd", ("device.online", "true"), ("disk.C.freePercent", "5"));
        var draft = await scene.DraftOfAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull().ShouldStartWith("Contoso Ltd has 2 devices named SRV-FILE01: ");
    }

    [Theory]
    [InlineData("10.20.0.5")]
    [InlineData("10.20.0.5:9100")]
    [InlineData("[fe80::1]:9100")]
    [InlineData("https://10.20.0.5:8443/")]
    public async Task An_address_that_nobody_knows_is_said_to_be_one(string device)
    {
        var draft = await new DraftingScene().DraftOfAsync("DiskSpaceLow", device, VolumeC);
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull().ShouldContain("is an IP address that no connection of Contoso Ltd knows as a device");
    }

    [Fact]
    public async Task An_address_gives_way_to_the_name_beside_it()
    {
        var draft = await new DraftingScene().DraftOfAsync(
            "DiskSpaceLow", "10.20.0.5", [.. VolumeC, ("nodename", "SRV-FILE01"), ("host", "srv-file01.contoso.local")]);
        draft.Problem.ShouldBeNull();
    }

    [Fact]
    public async Task Names_that_contradict_each_other_are_left_to_a_person()
    {
        var draft = await new DraftingScene().DraftOfAsync(
            "DiskSpaceLow", "10.20.0.5", [.. VolumeC, ("nodename", "SRV-FILE01"), ("host", "SRV-DC01")]);
        draft.Problem.ShouldBe(
            "The alert's labels name different hosts: 'host' says SRV-DC01, 'nodename' says SRV-FILE01. A person must say which one is "
            + "meant.");
    }

    [Theory]
    [InlineData("srv-file01.contoso.local", null)]
    [InlineData("SRV-FILE01:9182", null)]
    [InlineData("srv-file01.branch.example", "The events name several devices: SRV-FILE01 and srv-file01.branch.example.")]
    [InlineData("srv-file01.fabrikam", "The events name several devices: SRV-FILE01 and srv-file01.fabrikam.")]
    public async Task Two_names_in_one_incident_count_when_they_lead_to_one_device(string second, string? problem)
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "device", "srv-file01.branch.example", "Contoso Ltd", ("disk.C.freePercent", "6"));
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        var received = DraftingScene.Event("DiskSpaceLow", second, VolumeC, 2) with { CorrelationKey = "diskspacelow|srv-file01" };
        await scene.AppendAsync(DraftingScene.Contoso, DevOpsAI.Ledger.StreamId.Event(received.EventId), received);
        await scene.DraftAsync(id);
        var draft = scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).ShouldHaveSingleItem();
        draft.Problem.ShouldBe(problem);
        if (problem is null)
            draft.Plan.Steps.ShouldHaveSingleItem().Target.Name.ShouldBe("SRV-FILE01");
    }

    [Fact]
    public async Task An_unknown_device_does_not_give_way_to_another_name()
    {
        var draft = await new DraftingScene().DraftOfAsync("DiskSpaceLow", "SRV-NEW", [.. VolumeC, ("host", "SRV-FILE01")]);
        draft.Problem.ShouldBe("Contoso Ltd has no device named SRV-NEW.");
    }

    [Fact]
    public async Task An_event_that_names_nothing_says_so()
    {
        var draft = await new DraftingScene().DraftOfAsync("DiskSpaceLow", null, VolumeC);
        draft.Problem.ShouldBe("The event names no device.");
        draft.Drafter.ShouldStartWith("runbook disk-space");
    }

    [Theory]
    [InlineData("anna.lopez@contoso.com")]
    [InlineData(@"CONTOSO\anna.lopez")]
    [InlineData("Anna.Lopez")]
    public async Task A_user_is_found_by_account_or_address(string user)
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "user", "anna.lopez", "Contoso Ltd", ("user.locked", "true"), ("user.riskySignIns", "0"));
        var draft = await scene.DraftOfAsync("AccountLocked", "SRV-DC01", [("user", user)]);
        draft.Problem.ShouldBeNull();
        draft.Plan.Steps[0].Target.Name.ShouldBe("anna.lopez");
    }

    [Theory]
    [InlineData("anna.lopez@fabrikam")]
    [InlineData(@"FABRIKAM\anna.lopez")]
    public async Task A_user_of_another_client_is_not(string user)
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "user", "anna.lopez", "Contoso Ltd", ("user.locked", "true"), ("user.riskySignIns", "0"));
        (await scene.DraftOfAsync("AccountLocked", null, [("user", user)])).Plan.Steps.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("host:9182", "host")]
    [InlineData("[::1]:9100", "::1")]
    [InlineData("::1", "::1")]
    [InlineData("https://portal.contoso.com/login", "portal.contoso.com")]
    [InlineData("host:port", "host:port")]
    [InlineData(":80", ":80")]
    [InlineData("", "")]
    public void The_host_is_taken_out_of_an_address(string text, string host) => TargetNames.GetHost(text).ShouldBe(host);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("https:///")]
    public void What_is_no_name_is_none(string text) => TargetNames.From(text).ShouldBeNull();
}
