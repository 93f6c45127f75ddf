using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Connectors.MeshCentral;

/// <summary>Against the real server with its real agents on this machine.</summary>
[Collection(MeshCentralCollection.Name)]
public sealed class MeshCentralTests : IAsyncLifetime
{
    private readonly MeshCentralSite site;

    public MeshCentralTests(MeshCentralSite site) => this.site = site;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        site.MustBeThere();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_device_is_found_by_either_of_its_names_and_only_in_the_group_of_the_client()
    {
        var target = await FindOneAsync(site.Connection, "srv-file01");
        target.ShouldBe(new(site.Connection.Name, "device", site.Agent.Device, MeshCentralSite.Server, "Contoso Ltd"));
        (await FindOneAsync(site.Foreign, MeshCentralSite.Server)).Id.ShouldNotBe(target.Id);
        var both = await FindAsync(site.Connection, Environment.MachineName);
        both.Select(static one => one.Id).Distinct().Count().ShouldBe(2, "both agents run on this machine");
        both.ShouldAllBe(static one => one.Name.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase), "as it was asked for");
        (await FindAsync(site.Connection, "SRV-FILE0")).ShouldBeEmpty();
        (await site.Connector.FindAsync(site.Connection, "user", "anna", Token)).ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Done>()
            .Value.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_it_tells_of_a_device_is_in_the_words_of_the_vocabulary()
    {
        var online = await ObserveAsync(site.Connection, MeshCentralSite.Server);
        online["device.online"].ShouldBe("true");
        online["device.os"].ShouldNotBeNullOrWhiteSpace();
        var offline = await ObserveAsync(site.Connection, MeshCentralSite.Spare);
        offline["device.online"].ShouldBe("false");
        foreach (var seen in (string[])[online["device.lastSeen"], offline["device.lastSeen"]])
            DateTimeOffset.Parse(seen, null).ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(30));
        online.Keys.ShouldAllBe(static name => Capabilities.Observing(name) != null);
    }

    [Fact]
    public async Task A_command_is_run_and_its_output_comes_back_in_the_receipt()
    {
        (await RunAsync("echo to-one; echo to-the-other >&2; id -u")).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>().Value.Detail
            .ShouldStartWith("The command ended with 0: to-one\nto-the-other\n");
        (await RunAsync("true")).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>().Value.Detail.ShouldBe(
            "The command ended with 0, without output.");
    }

    [Theory]
    [InlineData("echo 'it''s'; echo \"a b\" | awk '{print $2}'; printf '%s' '}'", "its\nb\n}")]
    [InlineData("printf '\\033[31mred\\033[0m\\007\\n'; printf 'one\\r\\ntwo\\n'", "red\none\ntwo")]
    [InlineData("cat; echo nothing was left to read", "nothing was left to read")]
    public async Task A_command_is_run_as_it_was_approved_and_its_output_is_plain(string command, string shown) =>
        (await RunAsync(command)).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>().Value.Detail.ShouldBe($"The command ended with 0: {shown}");

    [Fact]
    public async Task Of_a_long_output_the_beginning_and_the_end_are_kept()
    {
        var detail = (await RunAsync("seq 1 60000")).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>().Value.Detail;
        detail.Length.ShouldBeLessThan(500);
        detail.ShouldStartWith("The command ended with 0: 1\n2\n3\n");
        detail.ShouldContain("characters left out");
        detail.ShouldEndWith("59999\n60000");
    }

    [Theory]
    [InlineData("echo broken; exit 3", "the command ended with 3: broken")]
    [InlineData("if", "the command ended with 2: ")]
    public async Task A_command_that_fails_is_told_as_failed_with_its_output(string command, string told) =>
        (await RunAsync(command)).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message.ShouldStartWith(told);

    [Fact]
    public async Task Our_operation_stands_in_the_log_of_the_server()
    {
        await RunAsync("echo logged", operation: "op-77");
        var administrator = await site.Vendor.AdministratorAsync();
        var log = await administrator.AskAsync(
            new() { ["action"] = "events", ["nodeid"] = site.Agent.Device, ["limit"] = 50, ["filter"] = "runcommands" },
            static message => message["action"]?.ToString() == "events");
        log["events"]!.AsArray().Select(static one => one!["cmds"]!.ToString()).ShouldContain(
            static cmds => cmds.Contains("devopsai-op-77-", StringComparison.Ordinal) && cmds.Contains("echo logged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_sent_to_a_device_whose_agent_is_away()
    {
        var outcome = (await RunAsync("echo never", MeshCentralSite.Spare)).ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>();
        outcome.Message.ShouldBe("The agent of SRV-SPARE is not connected to MeshCentral; nothing was sent.");
        outcome.TryAgainIn.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_device_of_another_client_is_refused_however_it_is_labelled()
    {
        var theirs = await FindOneAsync(site.Foreign, MeshCentralSite.Server);
        foreach (var target in (Target[])[theirs, theirs with { Connection = site.Connection.Name }])
        {
            (await ActAsync(site.Connection, target, "command.run", "echo never"))
                .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("foreign-target");
            (await site.Connector.ObserveAsync(site.Connection, target, Token))
                .ShouldBeOfType<CallOutcome<IReadOnlyDictionary<string, string>>.Refused>();
        }
        // Nor does a connection reach it whose account sees both groups.
        var both = site.Connect(MeshCentralServer.Administrator, site.Contoso);
        (await ActAsync(both, theirs with { Connection = both.Name }, "command.run", "echo never"))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("foreign-target");
    }

    [Fact]
    public async Task A_device_that_was_renamed_may_be_another_one()
    {
        var target = await FindOneAsync(site.Connection, MeshCentralSite.Server) with { Name = "SRV-OLD" };
        (await ActAsync(site.Connection, target, "command.run", "echo never"))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message.ShouldContain("is called SRV-FILE01 now");
    }

    [Theory]
    [InlineData("device.reboot", "Reset / Off")]
    [InlineData("device.shutdown", "Reset / Off")]
    public async Task A_right_that_the_account_lacks_is_named_since_the_server_answers_ok_to_what_it_drops(string action, string right) =>
        (await ActAsync(site.Connection, await FindOneAsync(site.Connection, MeshCentralSite.Server), action))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message.ShouldBe(
                $"The account of this connection lacks the right '{right}' on the device group Contoso Ltd at MeshCentral.");

    [Fact]
    public async Task Waking_asks_the_other_agents_of_the_account_and_a_device_that_is_awake_is_left_alone()
    {
        (await ActAsync(site.Connection, await FindOneAsync(site.Connection, MeshCentralSite.Server), "device.wake"))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Done>().Value.Detail.ShouldBe("SRV-FILE01 is awake already; nothing was sent.");
        var spare = await ActAsync(site.Connection, await FindOneAsync(site.Connection, MeshCentralSite.Spare), "device.wake");
        var told = spare switch
        {
            CallOutcome<ActionReceipt>.Done(var receipt) => receipt.Detail,
            // A machine without a network card has no address to wake it by.
            CallOutcome<ActionReceipt>.Refused(_, var message) => message,
            _ => $"{spare}",
        };
        told.ShouldMatch("^MeshCentral (had SRV-SPARE woken: Used 1 device|cannot wake SRV-SPARE: No )");
    }

    [Fact]
    public async Task It_is_asked_whether_the_credentials_are_right_and_what_the_account_may_do()
    {
        (await CheckAsync(site.Connection)).ShouldBeOfType<CallOutcome<string>.Done>().Value.ShouldBe(
            "MeshCentral takes the credentials of contoso-meshcentral; its device group is Contoso Ltd. Its account lacks the rights for "
            + "device.reboot, device.shutdown.");
        (await CheckAsync(site.Connect("viewer", site.Contoso))).ShouldBeOfType<CallOutcome<string>.Done>().Value.ShouldEndWith(
            "Its account lacks the rights for command.run, device.reboot, device.shutdown, device.wake.");
    }

    [Fact]
    public async Task A_login_token_serves_as_well_as_the_password()
    {
        await using var bot = await MeshCentralClient.SignInAsync(site.Vendor.Address, site.Vendor.Certificate, "bot", MeshCentralServer.Password);
        var token = await bot.AskAsync(
            new() { ["action"] = "createLoginToken", ["name"] = "devops", ["expire"] = 10 },
            static message => message["action"]?.ToString() == "createLoginToken");
        (await CheckAsync(With(("User", token["tokenUser"]!.ToString()), ("Password", token["tokenPass"]!.ToString()))))
            .ShouldBeOfType<CallOutcome<string>.Done>();
    }

    [Fact]
    public async Task Whatever_is_set_wrong_is_told_with_what_to_set_anew()
    {
        await RefusedAsync(With(("Password", "wrong")), "does not take the credentials (noauth). Set User and Password anew.");
        await RefusedAsync(With(("Group", site.Fabrikam)), "The account sees no such device group at MeshCentral: set Group anew");
        await RefusedAsync(With(("Certificate", new string('0', 64))), $"its SHA-256 is {site.Vendor.Certificate}.");
        await RefusedAsync(With(("Certificate", "")), "The certificate of MeshCentral is not one that is trusted");
        (await CheckAsync(With(("Address", $"{site.Vendor.Address}no/such/place")))).ShouldBeOfType<CallOutcome<string>.NotDone>().Message
            .ShouldEndWith("It let nobody in before that: see whether Address is right.");
        (await CheckAsync(With(("Address", "https://127.0.0.1:1")))).ShouldBeOfType<CallOutcome<string>.NotDone>().Message.ShouldBe(
            "MeshCentral cannot be reached.");
        (await CheckAsync(With(("Password", "env:NO_SUCH_VARIABLE")))).ShouldBeOfType<CallOutcome<string>.NotDone>().Message.ShouldContain(
            "env:NO_SUCH_VARIABLE");
    }

    [Fact]
    public async Task A_second_order_waits_for_the_first_and_an_agent_that_is_busy_for_somebody_else_is_told()
    {
        // A server and an agent of its own: what another test left running on an agent keeps it busy.
        await using var twin = await site.Vendor.StartTwinAsync();
        var agent = await twin.StartAgentAsync(site.Contoso, "SRV-TWIN");
        var administrator = await twin.AdministratorAsync();
        var connection = site.Connect("bot", site.Contoso, twin);
        var target = new Target(connection.Name, "device", agent.Device, "SRV-TWIN", "");
        await administrator.AskAsync(
            new()
            {
                ["action"] = "runcommands", ["nodeids"] = new JsonArray(target.Id), ["type"] = 3, ["cmds"] = "echo theirs; sleep 8",
                ["runAsUser"] = 0, ["reply"] = true,
            },
            static message => message["type"]?.ToString() == "console"
                && message["value"]!.ToString().Contains("theirs", StringComparison.Ordinal));
        var busy = ActAsync(connection, target, "command.run", "echo ours");
        (await ActAsync(connection, target, "command.run", "echo second")).ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>().Message
            .ShouldBe("SRV-TWIN is still at an order of ours; nothing was sent.");
        (await busy).ShouldBeOfType<CallOutcome<ActionReceipt>.Unknown>().Message.ShouldBe(
            "SRV-TWIN says that it is busy with another command, and showed no sign of having begun this one.");
        await administrator.ReadAsync(static message => message["type"]?.ToString() == "runcommands");
    }

    [Fact]
    public async Task A_server_that_ends_while_a_command_runs_leaves_open_whether_it_was_done()
    {
        await using var twin = await site.Vendor.StartTwinAsync();
        var agent = await twin.StartAgentAsync(site.Contoso, "SRV-TWIN");
        await using var watching = await MeshCentralClient.SignInAsync(twin.Address, twin.Certificate, "bot", MeshCentralServer.Password);
        var connection = site.Connect("bot", site.Contoso, twin);
        var target = new Target(connection.Name, "device", agent.Device, "SRV-TWIN", "");
        var call = new ActionCall(
            "op-1", "command.run", target, new Dictionary<string, string> { ["command"] = "echo under-way; sleep 60" });
        var running = site.Connector.ActAsync(connection, call, Token);
        await watching.ReadAsync(static message => message["value"]?.ToString().Contains("under-way", StringComparison.Ordinal) is true);
        twin.Kill();
        (await running).ShouldBeOfType<CallOutcome<ActionReceipt>.Unknown>().Message.ShouldBe("The connection to MeshCentral was lost.");
        (await site.Connector.LookUpAsync(connection, call, Token)).ShouldBe(
            new CallOutcome<OperationStatus>.Done(OperationStatus.CannotTell));
        (await CheckAsync(connection)).ShouldBeOfType<CallOutcome<string>.NotDone>();
    }

    private Connection With(params (string Name, string Value)[] changed)
    {
        var settings = new Dictionary<string, string>(site.Connection.Settings, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in changed)
            settings[name] = value;
        return site.Connection with { Settings = settings };
    }

    private async Task RefusedAsync(Connection connection, string told) =>
        (await CheckAsync(connection)).ShouldBeOfType<CallOutcome<string>.Refused>().Message.ShouldContain(told);

    private Task<CallOutcome<string>> CheckAsync(Connection connection) => site.Connector.CheckAsync(connection, Token);

    private async Task<IReadOnlyList<Target>> FindAsync(Connection connection, string name) =>
        (await site.Connector.FindAsync(connection, "device", name, Token)).ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Done>().Value;

    private async Task<Target> FindOneAsync(Connection connection, string name) => (await FindAsync(connection, name)).ShouldHaveSingleItem();

    private async Task<IReadOnlyDictionary<string, string>> ObserveAsync(Connection connection, string name) =>
        (await site.Connector.ObserveAsync(connection, await FindOneAsync(connection, name), Token))
            .ShouldBeOfType<CallOutcome<IReadOnlyDictionary<string, string>>.Done>().Value;

    private async Task<CallOutcome<ActionReceipt>> RunAsync(
        string command, string device = MeshCentralSite.Server, string operation = "op-1") =>
        await ActAsync(site.Connection, await FindOneAsync(site.Connection, device), "command.run", command, operation);

    private Task<CallOutcome<ActionReceipt>> ActAsync(
        Connection connection, Target target, string action, string? command = null, string operation = "op-1") =>
        site.Connector.ActAsync(
            connection,
            new(operation, action, target, command is null ? new Dictionary<string, string>() : new() { ["command"] = command }), Token);
}
