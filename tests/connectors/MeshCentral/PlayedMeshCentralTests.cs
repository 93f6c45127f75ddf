using System.Text.Json.Nodes;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.MeshCentral;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Connectors.MeshCentral;

public sealed class PlayedMeshCentralTests : IAsyncLifetime
{
    private readonly SkippingClock clock = new();
    private PlayedMeshCentral server = null!;
    private MeshCentralConnector connector = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await PlayedMeshCentral.StartAsync();
        connector = new(new SecretSource(TimeProvider.System), clock);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("device.reboot", 3)]
    [InlineData("device.shutdown", 2)]
    public async Task An_order_of_power_is_done_when_the_agent_leaves_and_not_when_the_server_says_ok(string action, int type)
    {
        server.Answers = static request =>
        [
            """{"action":"poweraction","responseid":"poweraction","result":"ok"}""", PlayedMeshCentral.Event(conn: 0, "node//another"),
            PlayedMeshCentral.Event(conn: 1), PlayedMeshCentral.Event(conn: 0),
        ];
        Done(await ActAsync(action)).ShouldBe("The agent of WS-01 left MeshCentral after the order.");
        var order = server.Orders.ShouldHaveSingleItem();
        order["actiontype"]!.GetValue<int>().ShouldBe(type);
        order["nodeids"]!.ToJsonString().ShouldBe($"[\"{PlayedMeshCentral.Device}\"]");
    }

    [Fact]
    public async Task A_device_that_stays_after_an_order_of_power_leaves_open_whether_it_was_done()
    {
        server.Answers = static _ => ["""{"action":"poweraction","responseid":"poweraction","result":"ok"}"""];
        (await LateAsync("device.reboot")).ShouldBe("MeshCentral told nothing within 120 s.");
        server.Orders.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_that_is_cut_after_the_order_leaves_open_whether_it_was_done()
    {
        server.Answers = static _ => null;
        (await ActAsync("command.run", "hostname")).ShouldBeOfType<CallOutcome<ActionReceipt>.Unknown>().Message.ShouldBe(
            "The connection to MeshCentral was lost.");
        server.Orders.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_other_sessions_are_told_is_not_taken_for_our_answer()
    {
        server.Answers = request => Command(request) is var (id, mark) ?
        [
            """{"action":"msg","type":"runcommands","result":"theirs","responseid":"another","nodeid":"node//BBBB"}""",
            $$$"""{"action":"msg","type":"runcommands","result":"{{{mark}}} begins\ntheirs\n{{{mark}}} ended 0","responseid":"{{{id}}}","nodeid":"node//CCCC"}""",
            """{"action":"msg","type":"console","value":"Run commands can't execute, already busy.","nodeid":"node//CCCC"}""",
            """[]""", """null""", """{"action":5,"responseid":{}}""",
            $$$"""{"action":"msg","type":"runcommands","result":"{{{mark}}} begins\r\nWS-01\r\n{{{mark}}} ended 0\r\n","responseid":"{{{id}}}","nodeid":"node//BBBB"}""",
        ] : null;
        Done(await ActAsync("command.run", "hostname")).ShouldBe("The command ended with 0: WS-01");
    }

    [Fact]
    public async Task On_Windows_the_command_stays_one_text_for_PowerShell()
    {
        server.Answers = request => Command(request) is var (id, mark)
            ? [$$$"""{"action":"msg","type":"runcommands","result":"{{{mark}}} begins\n{{{mark}}} ended 7","responseid":"{{{id}}}","nodeid":"node//BBBB"}"""]
            : null;
        (await ActAsync("command.run", "Write-Output 'a’b'")).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message.ShouldBe(
            "the command ended with 7, without output.");
        var order = server.Orders.ShouldHaveSingleItem();
        order["type"]!.GetValue<int>().ShouldBe(2);
        order["cmds"]!.ToString().ShouldContain("-ArgumentList 'Write-Output ''a’’b'''");
    }

    [Theory]
    [InlineData("Access denied", "MeshCentral does not run the command: Access denied.")]
    [InlineData("Invalid command type", "MeshCentral does not run the command: Invalid command type.")]
    public async Task What_the_server_turns_away_is_refused(string result, string told)
    {
        server.Answers = request => [$$$"""{"action":"runcommands","responseid":"{{{request["responseid"]}}}","result":"{{{result}}}"}"""];
        (await ActAsync("command.run", "hostname")).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message.ShouldBe(told);
    }

    [Fact]
    public async Task An_agent_that_went_away_just_then_was_sent_nothing()
    {
        server.Answers = static request =>
            [$$$"""{"action":"runcommands","responseid":"{{{request["responseid"]}}}","result":"Agent not connected"}"""];
        (await ActAsync("command.run", "hostname")).ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>();
    }

    [Fact]
    public async Task An_agent_that_leaves_while_the_command_runs_leaves_open_how_it_ended()
    {
        server.Answers = static _ => [PlayedMeshCentral.Event(conn: 0)];
        (await ActAsync("command.run", "hostname")).ShouldBeOfType<CallOutcome<ActionReceipt>.Unknown>().Message.ShouldBe(
            "The agent of WS-01 left MeshCentral before it told how the command ended.");
    }

    [Fact]
    public async Task A_message_without_end_is_not_kept()
    {
        server.Answers = static _ => [$"\"{new string('x', ControlChannel.MaxMessageLength)}\""];
        (await ActAsync("command.run", "hostname")).ShouldBeOfType<CallOutcome<ActionReceipt>.Unknown>().Message.ShouldBe(
            "MeshCentral sent a message of more than 8 MiB.");
    }

    [Fact]
    public void Mistakes_in_the_settings_are_all_told()
    {
        var connection = server.Connection with
        {
            Settings = new Dictionary<string, string>
            {
                ["Address"] = "http://mesh.example", ["Group"] = "Contoso", ["Certificate"] = "12:34", ["LoginKey"] = "x",
            },
        };
        connector.Problems(connection).ShouldBe(
        [
            "LoginKey: MeshCentral has no such setting; known are Address, User, Password, Group, Certificate.",
            "User: missing; user name, or the user of a login token, as in ~t:9a3jQbKZbYXDhMGR.",
            "Password: missing; password of the user or of the login token, as in env:CONTOSO_MESHCENTRAL.",
            "Address: must be https (http on loopback only), without user and query.",
            $"Group: 'Contoso' is no id of a device group, as in mesh//{new string('A', 64)}.",
            "Certificate: must be the SHA-256 of the server's certificate, 64 hex digits.",
        ]);
        connector.Problems(server.Connection).ShouldBeEmpty();
    }

    [Fact]
    public void The_catalog_keeps_the_rules() => CatalogRules.ValidationErrors(connector.Actions).ShouldBeEmpty();

    private static (string Id, string Mark)? Command(JsonNode request) =>
        (request["responseid"]!.ToString(), request["cmds"]!.ToString().Split(" begins")[0].Split('\'')[^1]);

    private static string Done(CallOutcome<ActionReceipt> outcome) => outcome.ShouldBeOfType<CallOutcome<ActionReceipt>.Done>().Value.Detail;

    private async Task<string> LateAsync(string action)
    {
        var acting = ActAsync(action);
        while (!acting.IsCompleted)
        {
            if (!server.Orders.IsEmpty)
                clock.Skip(TimeSpan.FromMinutes(2));
            await Task.Delay(10, Token);
        }
        return (await acting).ShouldBeOfType<CallOutcome<ActionReceipt>.Unknown>().Message;
    }

    private Task<CallOutcome<ActionReceipt>> ActAsync(string action, string? command = null) => connector.ActAsync(
        server.Connection,
        new("op-1", action, new("contoso-meshcentral", "device", PlayedMeshCentral.Device, "WS-01", ""),
            command is null ? new Dictionary<string, string>() : new() { ["command"] = command }),
        Token);
}
