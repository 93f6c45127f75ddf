using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Tests.Support;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>Wazuh: an agent is always named, a client is a group of agents, and 200 does not mean that it was done.</summary>
public sealed class WazuhTests
{
    private static readonly VendorTable Wazuh = new(
        "wazuh", "wazuh-4.14.7.judge.json", "/security/user/authenticate", "",
        [("Server", "https://wazuh.northmsp.example:55000"), ("User", "bot"), ("ApiPassword", "the-secret"), ("Group", "contoso"), ("Token", "in")],
        new()
        {
            ["POST /security/user/authenticate"] = """{"data":{"token":"t"},"error":0}""",
            ["GET /groups/contoso/agents"] = """{"data":{"affected_items":[]},"error":0}""",
            ["GET /agents"] = """
                {"data":{"affected_items":[{"id":"003","name":"SRV-FILE01","status":"active","group":["default","contoso"],
                 "os":{"name":"Microsoft Windows Server 2022"},"lastKeepAlive":"2026-12-01T00:00:00+00:00"}],"total_failed_items":0},"error":0}
                """,
            ["PUT /agents/003/restart"] = """{"data":{"affected_items":["003"]},"message":"Restart command was sent","error":0}""",
            ["PUT /active-response"] = """
                {"data":{"affected_items":[],"failed_items":[{"error":{"code":1652,"message":"Command not defined"},"id":["003"]}]},
                 "message":"AR command was not sent to any agent","error":1}
                """,
        });

    [Fact]
    public async Task An_agent_of_the_clients_group_is_found_observed_and_restarted()
    {
        var (host, vendor, connection) = await Wazuh.StartAsync();
        await using var ended = vendor;
        using var disposed = host;
        var calls = new ManifestConnectorOf(host, connection);
        await DoneAsync(host.Connector("wazuh").CheckAsync(connection, Token));
        (await calls.FindAsync("SRV-FILE01")).ShouldHaveSingleItem().Id.ShouldBe("003");
        var seen = await calls.ObserveAsync("003");
        (seen["device.online"], seen["device.lastSeen"]).ShouldBe(("true", "2026-12-01T00:00:00Z"));
        (await calls.ActAsync("wazuh.restart-agent", "003")).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        (await calls.ActAsync("wazuh.active-response", "003", ("response", "!restart-wazuh")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message.ShouldBe("Wazuh did not do it: Command not defined");
        vendor.Requests.Where(static one => one.Method == "PUT").ShouldAllBe(static one =>
            one.Path.Contains("003", StringComparison.Ordinal) || one.Query.GetValueOrDefault("agents_list") == "003");
        vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task An_agent_of_another_group_is_left_alone()
    {
        var table = Wazuh with
        {
            Routes = new(Wazuh.Routes) { ["GET /agents"] = Wazuh.Routes["GET /agents"].Replace("\"contoso\"", "\"fabrikam\"", StringComparison.Ordinal) },
        };
        var (host, vendor, connection) = await table.StartAsync();
        await using var ended = vendor;
        using var disposed = host;
        (await new ManifestConnectorOf(host, connection).FindAsync("SRV-FILE01")).ShouldBeEmpty();
        (await new ManifestConnectorOf(host, connection).ActAsync("wazuh.restart-agent", "003"))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("foreign-target");
        vendor.Requests.ShouldNotContain(static one => one.Method == "PUT");
    }

    [Theory]
    [InlineData("""{"id":"1.2","timestamp":"2023-04-25T13:50:43.764+0000","rule":{"level":5,"description":"sshd: Attempt to login","id":"5710","groups":["syslog","sshd"]},"agent":{"id":"001","name":"linux-agent","labels":{"client":"contoso"}},"full_log":"Invalid user","data":{"srcip":"18.18.18.18"},"decoder":{"name":"sshd"}}""")]
    [InlineData("""{"severity":2,"id":"1.2","title":"t","all_fields":{"id":"1.2","timestamp":"2023-04-25T13:50:43.764000Z","rule":{"level":5,"description":"sshd: Attempt to login","id":"5710","groups":["syslog","sshd"]},"agent":{"id":"001","name":"linux-agent","labels":{"client":"contoso"}},"full_log":"Invalid user","data":{"srcip":"18.18.18.18"},"decoder":{"name":"sshd"}}}""")]
    public async Task An_alert_is_read_as_it_is_and_as_the_bundled_integration_posts_it(string body)
    {
        using var host = new ManifestHost();
        var connection = Connect("wazuh", [.. Wazuh.Settings]);
        var alert = (await Sources.ReadAsync(host.Source("wazuh"), connection, Encoding.UTF8.GetBytes(body))).ShouldHaveSingleItem();
        alert.SourceId.ShouldBe("1.2/firing");
        alert.Severity.ShouldBe(Severity.Warning);
        alert.Kind.ShouldBe("wazuh_rule_5710");
        alert.Device.ShouldBe("linux-agent");
        alert.Title.ShouldBe("sshd: Attempt to login on linux-agent");
        alert.AlertKey.ShouldBe("001/5710/5710");
        alert.OccurredAt.ShouldBe(new DateTimeOffset(2023, 4, 25, 13, 50, 43, 764, TimeSpan.Zero));
        alert.Attributes["srcip"].ShouldBe("18.18.18.18");
        host.Source("wazuh").GetCredentials(connection).Bearer.ShouldNotBeNull();
        foreach (var other in (string[])["\"labels\":{\"client\":\"fabrikam\"}", "\"labels\":{}"])
        {
            var foreign = body.Replace("\"labels\":{\"client\":\"contoso\"}", other, StringComparison.Ordinal);
            await Should.ThrowAsync<DevOpsAI.Connectors.Toolkit.MalformedEventException>(
                Sources.ReadAsync(host.Source("wazuh"), connection, Encoding.UTF8.GetBytes(foreign)));
        }
    }

    [Theory]
    [InlineData("wazuh-alert-510-rootcheck.json", "510", Severity.Warning, "/bin/grep")]
    [InlineData("wazuh-alert-550-fim-modified.json", "550", Severity.Warning, "/boot/efi/EFI/ubuntu/BOOTX64.CSV")]
    [InlineData("wazuh-alert-554-fim-file-added.json", "554", Severity.Warning, "/media/user/software/suspicious-file.exe")]
    [InlineData("wazuh-alert-5710-ssh-invalid-user.json", "5710", Severity.Warning, "5710")]
    [InlineData("wazuh-alert-60602-windows-app-error.json", "60602", Severity.Error, "Microsoft-Windows-Defrag")]
    [InlineData("wazuh-alert-19014-sca.json", "19014", Severity.Error, "15500")]
    public async Task Alerts_of_each_module_are_read_and_told_apart_by_what_they_are_about(string file, string rule, Severity severity, string part)
    {
        if (PrismServer.FindDescription(Path.Combine("..", "samples", file)) is not { } path)
        {
            Assert.Skip($"the sample {file} is not on this machine");
            return;
        }
        var sent = JsonNode.Parse(await File.ReadAllTextAsync(path, Token))!;
        using var host = new ManifestHost();
        var connection = Connect("wazuh", [.. Wazuh.Settings]);
        (await Should.ThrowAsync<MalformedEventException>(() => Sources.ReadAsync(host.Source("wazuh"), connection, Bytes(sent))))
            .Field.ShouldBe("agent.labels.client");
        sent["agent"]!["labels"] = new JsonObject { ["client"] = "contoso" };
        var alert = (await Sources.ReadAsync(host.Source("wazuh"), connection, Bytes(sent))).ShouldHaveSingleItem();
        (alert.Kind, alert.Severity, alert.SourceId).ShouldBe(($"wazuh_rule_{rule}", severity, $"{sent["id"]}/firing"));
        alert.Device.ShouldBe(sent["agent"]!["name"]!.ToString());
        alert.AlertKey.ShouldBe($"{sent["agent"]!["id"]}/{rule}/{part}");
        alert.OccurredAt.ShouldBe(DateTimeOffset.Parse(sent["timestamp"]!.ToString(), CultureInfo.InvariantCulture));
        alert.Title.ShouldNotBeEmpty();
    }

    private static byte[] Bytes(JsonNode document) => Encoding.UTF8.GetBytes(document.ToJsonString());
}
