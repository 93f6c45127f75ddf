using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Tests.Connectors.Toolkit;

namespace DevOpsAI.Tests.Connectors.Sandbox;

public sealed class SandboxContract : ConnectorContract
{
    protected override async Task<IVendorUnderTest> StartAsync() => await SandboxHost.StartAsync();
}

public sealed class SandboxConnectorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_vendor_that_is_not_there_certainly_did_nothing()
    {
        await using var host = await SandboxHost.StartAsync(vendor: "http://127.0.0.1:9/");
        var target = new Target(host.Connection.Name, "device", "dev-c-101", "SRV-FILE01", "Contoso Ltd");
        var outcome =
            await host.Connector.ActAsync(host.Connection, new("op-1", "device.isolate", target, new Dictionary<string, string>()), Token);
        outcome.ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>();
    }

    [Fact]
    public async Task A_throttled_read_says_when_to_come_back()
    {
        await using var host = await SandboxHost.StartAsync();
        await host.SwitchAsync(new() { ["throttle"] = 1 });
        var outcome = await host.Connector.FindAsync(host.Connection, "device", "SRV-FILE01", Token);
        outcome.ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.NotDone>().TryAgainIn.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task What_it_did_survives_the_end_of_the_process_and_its_switches_do_not()
    {
        await using var host = await SandboxHost.StartAsync();
        var device = await FindAsync(host, "device", "WS-RECEPTION");
        await ActAsync(host, device, "service.start", "op-1", ("service", "Spooler"));
        await host.SwitchAsync(new() { ["rejects"] = new JsonArray("*") });
        await host.RestartAsync();
        (await host.EffectsAsync("op-1")).ShouldBe(1);
        (await ObserveAsync(host, device))["service.Spooler.state"].ShouldBe("running");
        await ActAsync(host, device, "service.stop", "op-2", ("service", "Spooler"));
    }

    [Fact]
    public async Task A_call_made_twice_is_counted_twice()
    {
        await using var host = await SandboxHost.StartAsync();
        var device = await FindAsync(host, "device", "WS-RECEPTION");
        await ActAsync(host, device, "service.start", "op-1", ("service", "Spooler"));
        await ActAsync(host, device, "service.start", "op-1", ("service", "Spooler"));
        (await host.EffectsAsync("op-1")).ShouldBe(2);
    }

    [Theory]
    [InlineData("device", "WS-RECEPTION", "service.start", "service=Spooler", "service.Spooler.state == running")]
    [InlineData("device", "SRV-FILE01", "service.restart", "service=LanmanServer", "service.LanmanServer.state == running")]
    [InlineData("device", "SRV-SQL01", "disk.cleanup", "volume=logs;categories=logs", "disk.logs.freePercent >= 15")]
    [InlineData("device", "SRV-BACKUP01", "backup.run", "job=Nightly", "backup.Nightly.state == ok")]
    [InlineData("device", "WS-RECEPTION", "malware.quarantine", "file=invoice.exe", "malware.invoice.exe.state == quarantined")]
    [InlineData("device", "WS-RECEPTION", "device.isolate", "", "device.isolated == true")]
    [InlineData("device", "SRV-DC01", "patch.install", "patch=KB5044281", "patch.KB5044281.state == installed")]
    [InlineData("device", "SRV-DC01", "device.reboot", "", "device.pendingReboot == false")]
    [InlineData("device", "SRV-SQL01", "device.reboot", "", "memory.freePercent >= 10")]
    [InlineData("device", "WS-FINANCE02", "device.wake", "", "device.online == true")]
    [InlineData("device", "SRV-HV01", "device.shutdown", "", "device.online == false")]
    [InlineData("device", "SRV-WEB01", "certificate.renew", "certificate=www.contoso.example",
        "certificate.www.contoso.example.daysLeft >= 30")]
    [InlineData("device", "SRV-SQL01", "process.lower-priority", "process=ReportBuilder", "process.ReportBuilder.priority != normal")]
    [InlineData("device", "SRV-BACKUP01", "raid.rebuild", "array=md0", "raid.md0.state != degraded")]
    [InlineData("device", "PRN-OFFICE", "printer.clear-queue", "queue=Office", "printer.Office.jobs == 0")]
    [InlineData("device", "SRV-FILE01", "ticket.create", "title=Disk is failing;priority=high", "ticket.Disk is failing.state == open")]
    [InlineData("user", "anna.lopez", "user.disable", "", "user.enabled == false")]
    [InlineData("user", "anna.lopez@contoso.example", "user.revoke-sessions", "", "user.sessions == 0")]
    [InlineData("user", "ben.okafor", "user.unlock", "", "user.locked == false")]
    [InlineData("mailbox", "ben.okafor", "mailbox.raise-quota", "gigabytes=10", "mailbox.usedPercent < 90")]
    [InlineData("site", "Contoso HQ", "vpn.restart-tunnel", "tunnel=hq-azure", "vpn.hq-azure.state == up")]
    public async Task Each_trouble_of_the_demonstration_can_be_remedied_and_taken_back(
        string kind, string name, string action, string arguments, string after)
    {
        await using var host = await SandboxHost.StartAsync();
        var target = await FindAsync(host, kind, name);
        var pairs = arguments.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('='))
            .Select(pair => (pair[0], pair[1])).ToArray();
        var words = after.Split(' ');
        var verification = new Condition(string.Join(' ', words[..^2]), words[^2], words[^1]);
        var before = await ObserveAsync(host, target);
        if (action != "service.restart")
            verification.Holds(before).ShouldNotBe(true, "there must be something to demonstrate");

        await ActAsync(host, target, action, "op-1", pairs);
        verification.Holds(await ObserveAsync(host, target)).ShouldBe(true);

        if (host.Connector.Actions[action].Rollback is { } rollback)
        {
            await ActAsync(host, target, rollback, "op-1-r", pairs);
            verification.Holds(await ObserveAsync(host, target)).ShouldNotBe(true);
            if (action != "ticket.create")
                (await ObserveAsync(host, target)).Where(pair => !pair.Key.Contains("Gb", StringComparison.Ordinal))
                    .ShouldBe(before.Where(pair => !pair.Key.Contains("Gb", StringComparison.Ordinal)), ignoreOrder: true);
        }
    }

    [Fact]
    public async Task Every_action_of_the_catalog_is_known_to_the_vendor()
    {
        await using var host = await SandboxHost.StartAsync();
        foreach (var action in host.Connector.Actions.Keys)
        {
            using var result = await host.Http.PostAsJsonAsync(
                "sandbox/actions", new { operationId = "op", action, targetId = "nothing", arguments = new { } }, Token);
            (await result.Content.ReadFromJsonAsync<JsonObject>(Token))!["code"]!.ToString().ShouldBe("not-found", action);
        }
    }

    [Fact]
    public async Task Drift_happens_the_next_time_somebody_looks()
    {
        await using var host = await SandboxHost.StartAsync();
        var target = await FindAsync(host, "device", "SRV-FILE01");
        await host.SwitchAsync(
            JsonNode.Parse(
                """{ "drift": [{ "target": "SRV-FILE01", "state": { "disks": { "C": { "freePercent": 40 } } } }] }""")!.AsObject());
        (await ObserveAsync(host, target))["disk.C.freePercent"].ShouldBe("40");
        (await ObserveAsync(host, target))["disk.C.freeGb"].ShouldBe("48");
    }

    [Fact]
    public async Task The_world_can_be_changed_by_hand_and_reset()
    {
        await using var host = await SandboxHost.StartAsync();
        var target = await FindAsync(host, "device", "SRV-FILE01");
        using var changed = await host.Http.PostAsJsonAsync(
            $"sandbox/devices/{target.Id}/state", JsonNode.Parse("""{ "disks": { "C": { "freePercent": 33.5 } } }"""), Token);
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ObserveAsync(host, target))["disk.C.freePercent"].ShouldBe("33.5");
        await ActAsync(host, target, "device.isolate", "op-1");
        (await host.Http.PostAsync("sandbox/reset", null, Token)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await ObserveAsync(host, target))["disk.C.freePercent"].ShouldBe("6");
        (await host.EffectsAsync("op-1")).ShouldBe(0);
    }

    [Fact]
    public async Task An_alert_is_raised_at_the_tenants_own_connection_with_what_the_world_says()
    {
        await using var host = await SandboxHost.StartAsync();
        using var result = await host.Http.PostAsJsonAsync("sandbox/raise", new { kind = "DiskSpaceLow", device = "SRV-FILE01" }, Token);
        result.StatusCode.ShouldBe(HttpStatusCode.OK);
        var (connection, authorization, alert) = host.Delivered.ShouldHaveSingleItem();
        connection.ShouldBe("contoso-sandbox");
        authorization.ShouldBe("Bearer token-c");
        alert["volume"]!.ToString().ShouldBe("C");
        alert["id"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Every_runbook_area_has_an_alert_to_demonstrate()
    {
        await using var host = await SandboxHost.StartAsync();
        var alerts = (await host.Http.GetFromJsonAsync<JsonArray>("sandbox/alerts", Token))!;
        alerts.Select(alert => alert!["kind"]!.ToString()).Distinct().ShouldBe(
        [
            "DiskSpaceLow", "WindowsServiceDown", "BackupFailed", "MalwareDetected", "PatchFailed", "DeviceOffline",
            "CertificateExpiringSoon", "HostHighCpuLoad",
            "HostOutOfMemory", "RaidDegraded", "SuspiciousSignIn", "AccountLocked", "MailboxAlmostFull", "PrinterQueueStuck",
            "VpnTunnelDown", "UpsOnBattery", "RebootRequired",
        ], ignoreOrder: true);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer wrong")]
    [InlineData("Basic token-c")]
    public async Task Nobody_without_a_token_is_let_in(string? authorization)
    {
        await using var host = await SandboxHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Http.BaseAddress };
        if (authorization is not null)
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        foreach (var path in new[] { "devices", "effects", "switches", "alerts" })
        {
            using var result = await client.GetAsync($"sandbox/{path}", Token);
            result.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
        }
    }

    [Theory]
    [InlineData("actions", "")]
    [InlineData("actions", "[]")]
    [InlineData("actions", "{\"operationId\":\"x\"}")]
    [InlineData("actions", "{\"operationId\":\"x\",\"action\":\"device.reboot\",\"targetId\":\"dev-c-101\",\"arguments\":7}")]
    [InlineData("actions", "{\"operationId\":\"x\",\"action\":\"service.start\",\"targetId\":\"dev-c-101\"}")]
    [InlineData("raise", "{}x")]
    [InlineData("raise", "{\"device\":\"NOBODY\"}")]
    [InlineData("devices/dev-c-101/state", "null")]
    public async Task Bad_input_is_answered_400_and_changes_nothing(string path, string body)
    {
        await using var host = await SandboxHost.StartAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var result = await host.Http.PostAsync($"sandbox/{path}", content, Token);
        result.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await host.EffectsAsync("x")).ShouldBe(0);
    }

    [Fact]
    public async Task An_offline_device_refuses()
    {
        await using var host = await SandboxHost.StartAsync();
        var target = await FindAsync(host, "device", "WS-FINANCE02");
        var outcome =
            await host.Connector.ActAsync(host.Connection, new("op-1", "device.isolate", target, new Dictionary<string, string>()), Token);
        outcome.ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("device-offline");
    }

    [Fact]
    public async Task A_vendor_that_keeps_failing_is_left_alone_for_a_while()
    {
        await using var host = await SandboxHost.StartAsync();
        var target = await FindAsync(host, "device", "SRV-FILE01");
        await host.SwitchAsync(new() { ["failAfter"] = 100 });
        var outcomes = new List<CallOutcome<ActionReceipt>>();
        for (var i = 0; i < 12; i++)
            outcomes.Add(
                await host.Connector.ActAsync(
                    host.Connection, new($"op-{i}", "device.isolate", target, new Dictionary<string, string>()), Token));
        outcomes[0].ShouldBeOfType<CallOutcome<ActionReceipt>.Unknown>();
        outcomes[^1].ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>();
        (await host.EffectsAsync("op-11")).ShouldBe(0);
    }

    private static async Task<Target> FindAsync(SandboxHost host, string kind, string name) =>
        (await host.Connector.FindAsync(host.Connection, kind, name, Token)).ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Done>().Value
            .ShouldHaveSingleItem();

    private static async Task<IReadOnlyDictionary<string, string>> ObserveAsync(SandboxHost host, Target target) =>
        (await host.Connector.ObserveAsync(
            host.Connection, target, Token)).ShouldBeOfType<CallOutcome<IReadOnlyDictionary<string, string>>.Done>().Value;

    private static async Task ActAsync(SandboxHost host, Target target, string action, string operation,
        params (string Name, string Value)[] arguments) =>
        (await host.Connector.ActAsync(host.Connection,
            new(operation, action, target, arguments.ToDictionary(pair => pair.Name, pair => pair.Value)), Token))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
}
