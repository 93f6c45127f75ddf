using System.Net;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>
/// From an alert about a device to a command that a real MeshCentral ran on it through its real agent, approved in a channel: what it wrote
/// is on the card and in the ledger. Then the same with a server that ends in the middle.
/// </summary>
public sealed class MeshCentralTests
{
    private const string Device = "SRV-MESH01";

    private const string Runbook = """
        name: time-service-lags
        version: 1
        title: Look at the clock
        risk: high
        target:
          kind: device
        match:
          names: [ClockLags]
        parameters:
          pause:
            title: Pause
            from: [pause]
            pattern: "[0-9]{1,3}"
            default: "0"
        needs:
          - device.online == true
        steps:
          - title: Ask {target} for its time
            action: command.run
            arguments:
              command: "echo clock-of-$((40+2)); sleep {pause}"
            verifications:
              - device.online == true
        summary: Ask {target} for its time.
        analysis: The clock of {target} is said to lag.
        """;

    [Fact]
    public async Task What_an_approved_command_wrote_is_on_the_card_and_in_the_ledger()
    {
        var (server, missing) = await MeshCentralServer.StartAsync();
        Assert.SkipWhen(server is null, missing ?? "");
        await using var mesh = server;
        var group = await mesh.CreateGroupAsync("Contoso Ltd");
        await mesh.CreateUserAsync("bot", group, rights: 0x20000);
        var agent = await mesh.StartAgentAsync(group, Device);
        var runbooks = Directory.CreateTempSubdirectory("runbooks-");
        await File.WriteAllTextAsync(Path.Combine(runbooks.FullName, "clock.yaml"), Runbook, TestContext.Current.CancellationToken);
        await using var bot = await BotProcess.StartAsync(new()
        {
            ["LocalTeams:Enabled"] = "false",
            ["Drafting:RunbooksPath"] = runbooks.FullName,
            ["Execution:SettleFor"] = "00:00:02",
            ["Connections:contoso-meshcentral:Tenant"] = "contoso",
            ["Connections:contoso-meshcentral:Connector"] = "meshcentral",
            ["Connections:contoso-meshcentral:Settings:Address"] = mesh.Address.ToString(),
            ["Connections:contoso-meshcentral:Settings:Certificate"] = mesh.Certificate,
            ["Connections:contoso-meshcentral:Settings:User"] = "bot",
            ["Connections:contoso-meshcentral:Settings:Password"] = MeshCentralServer.Password,
            ["Connections:contoso-meshcentral:Settings:Group"] = group,
        });
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        await Eventually.TrueAsync(async () => (await bot.TypesAsync()).Contains("channel.linked"), () => $"linked\n{bot.Output}");

        await AlertAsync(bot, ("pause", "0"));
        var card = await teams.CardAsync("Ask SRV-MESH01 for its time");
        var shown = card.Card!.ToJsonString();
        shown.ShouldContain("MeshCentral run");
        shown.ShouldNotContain("imulat");
        (await CommandsAsync(mesh, agent)).ShouldBeEmpty();
        await teams.ApproveAsync(PlayedTeams.Omar, card);
        await Eventually.TrueAsync(() => Task.FromResult(card.Says("clock-of-42")), () => $"its output: {card.Card}\n{bot.Output}");
        (await CommandsAsync(mesh, agent)).ShouldHaveSingleItem().ShouldContain("echo clock-of-$((40+2)); sleep 0");

        await AlertAsync(bot, ("pause", "60"));
        var second = await teams.CardAsync("sleep 60");
        await using var watching = await MeshCentralClient.SignInAsync(mesh.Address, mesh.Certificate, "bot", MeshCentralServer.Password);
        await teams.ApproveAsync(PlayedTeams.Omar, second);
        await watching.ReadAsync(static one => one["value"]?.ToString().Contains("clock-of-42", StringComparison.Ordinal) is true);
        mesh.Kill();
        await Eventually.TrueAsync(
            () => Task.FromResult(second.Says("cannot tell whether it was done")), () => $"not known: {second.Card}\n{bot.Output}");

        bot.Output.ShouldNotContain(MeshCentralServer.Password);
        bot.Kill();
        // What a vendor says is kept encrypted beside the entry; in words it is read with the client's key.
        var (exitCode, said) = await bot.VerbAsync("ledger", "list", "--tenant", "contoso");
        exitCode.ShouldBe(0, said);
        said.ShouldContain("The command ended with 0: clock-of-42");
        (await bot.VerbAsync("ledger", "verify", "--all")).ExitCode.ShouldBe(0);
        runbooks.Delete(recursive: true);
    }

    private static async Task AlertAsync(BotProcess bot, (string Name, string Value) label)
    {
        using var received = await bot.AlertmanagerAsync("contoso", Alerts.Payload("ClockLags", Device, "firing", label));
        received.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    private static async Task<IReadOnlyList<string>> CommandsAsync(MeshCentralServer mesh, MeshAgent agent)
    {
        var log = await (await mesh.AdministratorAsync()).AskAsync(
            new() { ["action"] = "events", ["nodeid"] = agent.Device, ["limit"] = 50, ["filter"] = "runcommands" },
            static message => message["action"]?.ToString() == "events");
        return [.. log["events"]!.AsArray().Select(static one => one!["cmds"]!.ToString())];
    }
}
