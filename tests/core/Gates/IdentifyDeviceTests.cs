using DevOpsAI.Connections.Identity;
using DevOpsAI.Drafting;
using DevOpsAI.Gates;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

/// <summary>A person says which records a device is, on the ledger, and takes it back.</summary>
public sealed class IdentifyDeviceTests
{
    private readonly GateScene scene = new();
    private readonly FakeVendor rmm = new("rmm");
    private readonly FakeVendor psa = new("psa");
    private readonly FakeConnections connections;

    public IdentifyDeviceTests()
    {
        connections = new(
            (FakeConnections.To("contoso-rmm", "contoso", "rmm"), rmm), (FakeConnections.To("contoso-psa", "contoso", "psa"), psa));
        rmm.Add("contoso-rmm", "device", "SRV-01", "Contoso Ltd", ("device.serial", "CZC1234ABC"));
        psa.Add("contoso-psa", "device", "SRV-01", "Contoso Ltd", ("device.serial", "5CG9381X7T"));
    }

    private Task<RequestResult> IdentifyAsync(Person by, params RecordName[] records) => new IdentifyDeviceHandler(
        scene.Recorder, connections, new(connections, NullLogger<TargetSearch>.Instance), new(scene), scene.Access)
        .Handle(new(Contoso, by, "srv-01", records, Correlation), Cancelled);

    private Task<RequestResult> ForgetAsync(Person by) =>
        new ForgetDeviceHandler(scene.Recorder, scene.Access).Handle(new(Contoso, by, "SRV-01", CorrelationId.Parse("beef")), Cancelled);

    private Task<DeviceKnown> LookUpAsync() => new LookUpDeviceHandler(
        connections, new(connections, NullLogger<TargetSearch>.Instance), new(scene), scene.States).Handle(new(Contoso, "SRV-01"), Cancelled);

    [Fact]
    public async Task What_an_approver_says_is_on_record_with_the_serial_number_of_then_and_counts_until_it_is_taken_back()
    {
        (await LookUpAsync()).Things.Count.ShouldBe(2);

        (await IdentifyAsync(Ada, new RecordName("contoso-rmm", "device-1"))).Message.ShouldBe(
            "srv-01 of Contoso Ltd is device-1 in contoso-rmm from now on.");
        scene.Ledger.Facts<IdentityConfirmed>(Contoso).ShouldHaveSingleItem().Records
            .ShouldBe([new("contoso-rmm", "device-1", "CZC1234ABC")]);
        var known = await LookUpAsync();
        known.Things.ShouldHaveSingleItem().Records.ShouldHaveSingleItem().Target.Connection.ShouldBe("contoso-rmm");
        known.Things[0].Evidence[0].ShouldBe("Ada Approver said which one is meant (entry 1).");

        (await ForgetAsync(Root)).Message.ShouldBe("What was said of SRV-01 does not count any more.");
        (await LookUpAsync()).Things.Count.ShouldBe(2);
        (await ForgetAsync(Root)).Message.ShouldBe("Nobody has said which device SRV-01 is.");
    }

    [Fact]
    public async Task Who_may_not_decide_may_not_say_so_either()
    {
        (await IdentifyAsync(Tim, new RecordName("contoso-rmm", "device-1"))).Refusal.ShouldBe(Refusal.NotAllowed);
        (await IdentifyAsync(Stranger, new RecordName("contoso-rmm", "device-1"))).Refusal.ShouldBe(Refusal.NotAllowed);
        scene.Ledger.Entries(Contoso).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("contoso-other", "device-1", "There is no connection contoso-other that could know it.")]
    [InlineData("contoso-rmm", "device-9", "contoso-rmm knows no device srv-01 with the id device-9.")]
    public async Task What_is_not_there_is_not_recorded(string connection, string id, string message)
    {
        (await IdentifyAsync(Ada, new RecordName(connection, id))).Message.ShouldBe(message);
        scene.Ledger.Entries(Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_tool_that_does_not_answer_is_said_and_nothing_is_recorded()
    {
        rmm.Always = VendorResponse.NotDone;
        (await IdentifyAsync(Ada, new RecordName("contoso-rmm", "device-1"))).Message.ShouldBe(
            "contoso-rmm does not answer: the fake is busy.");
        scene.Ledger.Entries(Contoso).ShouldBeEmpty();
    }
}
