using DevOpsAI.Connections;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>What the engine says of an operation whose answer was lost: never more than what the vendor's records show.</summary>
public sealed class ReconcileTests : IAsyncLifetime
{
    private const string Acme = """
        name: acme
        title: Acme
        settings:
          Company: { title: company, example: "1" }
        address: https://api.acme.example
        errors:
          - { when: ["{later} == true"], meaning: notDone, tryAgainInSeconds: 9 }
        targets:
          device:
            find: { request: "GET /devices?name={$name}" }
            id: "{id}"
            names: ["{name}"]
            belongs: ["{company} == {$setting.Company}"]
            read: GET /devices/{$target.id}
        actions:
          device.reboot:
            reversibility: irreversible
            idempotent: false
            command: Acme reboot {target}
            call: POST /devices/{$target.id}/reboot
            body: { reference: "{$operation}" }
            reconcile: &jobs
              request: GET /jobs?reference={$operation | plain}&device={$target.id}
              items: jobs
              paging: { style: cursor, parameter: cursor, from: next }
              where: ["{reference} == {$operation}", "{kind} == reboot"]
              belongs: ["{company} == {$setting.Company}"]
              absenceProvesNotDone: true
          device.shutdown:
            reversibility: irreversible
            idempotent: false
            command: Acme shut down {target}
            call: POST /devices/{$target.id}/shutdown
            body: { reference: "{$operation}" }
          device.wake:
            reversibility: irreversible
            idempotent: true
            command: Acme wake {target}
            call: POST /devices/{$target.id}/wake
            body: { reference: "{$operation}" }
            reconcile:
              request: GET /jobs?reference={$operation | plain}&device={$target.id}
              items: jobs
              where: ["{tags} has {$operation}"]
              belongs: ["{company} == {$setting.Company}"]
        """;

    private const string Ours = """{"reference":"op-1","kind":"reboot","company":1}""";
    private const string Another = """{"reference":"op-11","kind":"reboot","company":1}""";

    private readonly ManifestHost host = new(Acme);
    private JudgedVendor vendor = null!;

    private Connection Connection => Connect("acme", ("Address", $"{vendor.Address}"), ("Company", "1"));

    public async ValueTask InitializeAsync() => vendor = await JudgedVendor.StartAsync("none", "/none", static _ => new(404, "{}"));

    public async ValueTask DisposeAsync()
    {
        await vendor.DisposeAsync();
        host.Dispose();
    }

    /// <summary>What the list of jobs is, and what is said of op-1.</summary>
    public static TheoryData<string, OperationStatus> Lists => new()
    {
        { $$"""{"jobs":[{{Another}},{{Ours}}]}""", OperationStatus.Applied },
        { $$"""{"jobs":[{{Ours}},{{Ours}}]}""", OperationStatus.Applied },
        { $$"""{"jobs":[null,7,{},{{Ours}}]}""", OperationStatus.Applied },
        { """{"jobs":[]}""", OperationStatus.NotApplied },
        { $$"""{"jobs":[{{Another}}]}""", OperationStatus.NotApplied },
        { """{"jobs":[{"reference":null,"kind":"wake","company":1}]}""", OperationStatus.NotApplied },
        { """{"jobs":[{"reference":"op-1","kind":"reboot","company":2}]}""", OperationStatus.CannotTell },
        { """{"jobs":[{"reference":"op-1","kind":"wake","company":1}]}""", OperationStatus.CannotTell },
        { """{"jobs":[{"kind":"reboot","company":1}]}""", OperationStatus.CannotTell },
        { """{"jobs":[{"reference":"op-2","company":1}]}""", OperationStatus.CannotTell },
        { """{"jobs":[{"reference":"op-2","kind":"reboot"}]}""", OperationStatus.CannotTell },
        { """{"jobs":[{"reference":{"is":"op-1"},"kind":"reboot","company":1}]}""", OperationStatus.CannotTell },
        { """{"jobs":[null]}""", OperationStatus.CannotTell },
        { """{"jobs":null}""", OperationStatus.CannotTell },
        { """{"results":[]}""", OperationStatus.CannotTell },
        // The list goes on where the vendor does not say how.
        { """{"jobs":[],"next":"2"}""", OperationStatus.CannotTell },
    };

    [Theory, MemberData(nameof(Lists))]
    public async Task An_operation_is_told_by_the_records_of_it(string jobs, OperationStatus told)
    {
        vendor.Answers = request => Answer(request, _ => VendorReply.Ok(jobs));
        (await LookUpAsync("device.reboot")).ShouldBe(new CallOutcome<OperationStatus>.Done(told));
        var asked = vendor.Requests[^1];
        (asked.Path, asked.Query["reference"], asked.Query["device"]).ShouldBe(("/jobs", "op-1", "7"));
        vendor.Requests.ShouldAllBe(static one => one.Method == "GET", "looking changes nothing");
    }

    [Theory]
    [InlineData("""{"tags":["a","op-1"],"company":1}""", OperationStatus.Applied)]
    [InlineData("""{"tags":["a","op-11"],"company":1}""", OperationStatus.CannotTell)]
    [InlineData("""{"tags":["a","op-1"],"company":2}""", OperationStatus.CannotTell)]
    [InlineData(null, OperationStatus.CannotTell)]
    public async Task Where_absence_proves_nothing_nobody_says_that_it_was_not_done(string? job, OperationStatus told)
    {
        vendor.Answers = request => Answer(request, _ => VendorReply.Ok($$"""{"jobs":[{{job}}]}"""));
        (await LookUpAsync("device.wake")).ShouldBe(new CallOutcome<OperationStatus>.Done(told));
    }

    [Fact]
    public async Task Every_page_is_read_before_anything_is_said_to_be_absent()
    {
        vendor.Answers = request => Answer(request, asked => VendorReply.Ok(asked.Query.GetValueOrDefault("cursor") switch
        {
            null => $$"""{"jobs":[{{Another}}],"next":"2"}""",
            "2" => $$"""{"jobs":[{{Another}}],"next":"3"}""",
            _ => $$"""{"jobs":[{{Ours}}]}""",
        }));
        (await LookUpAsync("device.reboot")).ShouldBe(new CallOutcome<OperationStatus>.Done(OperationStatus.Applied));

        vendor.Answers = request => Answer(request, asked => asked.Query.ContainsKey("cursor")
            ? new(403, "{}")
            : VendorReply.Ok($$"""{"jobs":[{{Another}}],"next":"2"}"""));
        (await LookUpAsync("device.reboot")).ShouldBeOfType<CallOutcome<OperationStatus>.Refused>();
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_ends_as_the_reading_does()
    {
        foreach (var (reply, kind) in new (VendorReply, Type)[]
        {
            (new(403, "{}"), typeof(CallOutcome<OperationStatus>.Refused)),
            (new(404, "{}"), typeof(CallOutcome<OperationStatus>.Refused)),
            (new(429, "{}", RetryAfter: "9"), typeof(CallOutcome<OperationStatus>.NotDone)),
            (new(200, "<html>", "text/html"), typeof(CallOutcome<OperationStatus>.NotDone)),
            (VendorReply.Ok("""{"later":true,"jobs":[]}"""), typeof(CallOutcome<OperationStatus>.NotDone)),
            (VendorReply.Ok("""{"jobs":{"1":{}}}"""), typeof(CallOutcome<OperationStatus>.Unknown)),
        })
        {
            vendor.Answers = request => Answer(request, _ => reply);
            (await LookUpAsync("device.reboot")).GetType().ShouldBe(kind, $"{reply}");
        }
    }

    [Fact]
    public async Task A_target_that_is_not_the_clients_is_not_looked_up()
    {
        vendor.Answers = request => Answer(request, _ => VendorReply.Ok($$"""{"jobs":[{{Ours}}]}"""));
        (await LookUpAsync("device.reboot", id: "8")).ShouldBeOfType<CallOutcome<OperationStatus>.Refused>().Code.ShouldBe("foreign-target");
        vendor.Requests.ShouldAllBe(static one => one.Path == "/devices/8");
        var before = vendor.Requests.Count;
        (await LookUpAsync("device.reboot", connection: "another")).ShouldBeOfType<CallOutcome<OperationStatus>.Refused>();
        vendor.Requests.Count.ShouldBe(before);
    }

    [Fact]
    public async Task Without_a_way_to_ask_nothing_is_asked_and_nothing_told()
    {
        (await LookUpAsync("device.shutdown")).ShouldBe(new CallOutcome<OperationStatus>.Done(OperationStatus.CannotTell));
        (await LookUpAsync("no.such-action")).ShouldBe(new CallOutcome<OperationStatus>.Done(OperationStatus.CannotTell));
        vendor.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_operation_that_a_query_cannot_hold_is_not_asked_for()
    {
        vendor.Answers = request => Answer(request, _ => VendorReply.Ok("""{"jobs":[]}"""));
        (await LookUpAsync("device.reboot", operation: "op\" or 1")).ShouldBeOfType<CallOutcome<OperationStatus>.Refused>();
        vendor.Requests.ShouldNotContain(static one => one.Path == "/jobs");
    }

    private Task<CallOutcome<OperationStatus>> LookUpAsync(
        string action, string id = "7", string operation = "op-1", string? connection = null) =>
        host.Connector("acme").LookUpAsync(
            Connection,
            new(operation, action, new(connection ?? Connection.Name, "device", id, "SRV-1", ""), new Dictionary<string, string>()), Token);

    private static VendorReply Answer(VendorRequest request, Func<VendorRequest, VendorReply> jobs) => request.Path switch
    {
        "/devices/7" => VendorReply.Ok("""{"id":7,"name":"SRV-1","company":1}"""),
        "/devices/8" => VendorReply.Ok("""{"id":8,"name":"SRV-1","company":2}"""),
        "/jobs" => jobs(request),
        _ => new(404, "{}"),
    };
}
