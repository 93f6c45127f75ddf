using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>
/// What MSPs see daily, as common exporters spell it, raised at one bot: each ends in its own card and, once approved, in Verified.
/// </summary>
public sealed class RunbookTests
{
    /// <summary>Alert, labels, and what the card must name.</summary>
    internal static readonly (string Kind, string Labels, string Shows)[] Areas =
    [
        ("HostOutOfDiskSpace", "instance=srv-file01.contoso.local:9182;mountpoint=C:", "Clean up volume C of SRV-FILE01"),
        ("LogVolumeFull", "instance=srv-sql01;volume=logs", "volume logs of SRV-SQL01"),
        ("WindowsServerServiceStatus", "instance=WS-RECEPTION:9182;exported_name=spooler;state=running", "Start the service Spooler"),
        ("windows_service_down", "instance=10.1.2.3:9182;hostname=SRV-SQL01.contoso.local;name=SQLSERVERAGENT",
            "Start the service SQLSERVERAGENT"),
        ("VeeamBackupFailed", "instance=srv-backup01;job=veeam;job_name=Nightly", "backup job Nightly on SRV-BACKUP01"),
        ("MalwareDetected", "host=WS-RECEPTION;file=invoice.exe", "invoice.exe"),
        ("WindowsUpdateFailed", "computer=SRV-DC01.CONTOSO.LOCAL;kb=KB5044281", "Install KB5044281 on SRV-DC01"),
        ("InstanceDown", "instance=WS-FINANCE02:9182;job=windows", "Wake WS-FINANCE02"),
        ("SSLCertExpiringSoon", "instance=https://www.contoso.example;host=SRV-WEB01;cn=www.contoso.example",
            "Renew the certificate www.contoso.example on SRV-WEB01"),
        ("HostHighCpuLoad", "instance=srv-sql01:9100", "ReportBuilder"),
        ("HostOutOfMemory", "instance=srv-sql01.ad.contoso.local:9182", "Restart SRV-SQL01"),
        ("NodeRAIDDegraded", "instance=SRV-BACKUP01:9100;device=md0", "array md0 of SRV-BACKUP01"),
        ("ImpossibleTravel", "user=anna.lopez@contoso.example", "Disable the account anna.lopez"),
        ("AccountLockedOut", @"user=CONTOSO\ben.okafor", "Unlock the account ben.okafor"),
        ("MailboxFull", "user=ben.okafor@contoso.example", "quota of the mailbox ben.okafor"),
        ("PrinterQueueStuck", "instance=prn-office;queue=Office", "queue Office on PRN-OFFICE"),
        ("VPNTunnelDown", "site=Contoso HQ;tunnel=hq-azure", "tunnel hq-azure of Contoso HQ"),
        ("NutUpsOnBattery", "instance=SRV-HV01:9995", "Shut SRV-HV01 down"),
        ("NodeRebootRequired", "nodename=SRV-DC01;instance=10.0.0.2:9100", "Restart SRV-DC01"),
        ("HostClockSkew", "instance=SRV-WEB01:9182;service=ntp", "time service W32Time"),
        ("RansomwareDetected", "instance=WS-CEO", "Isolate WS-CEO"),
    ];

    [Fact]
    public async Task Every_area_ends_in_its_own_card_and_in_Verified()
    {
        await using var bot =
            await BotProcess.StartAsync(
                new() { ["LocalTeams:Enabled"] = "false", ["Storms:SameCause"] = "100", ["Storms:Tenant"] = "100" });
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        await bot.SandboxAsync(HttpMethod.Post, "devices/dev-c-105/state",
            """{"services":{"W32Time":{"state":"running","startup":"automatic"}}}""");

        for (var number = 0; number < Areas.Length; number++)
        {
            var (kind, labels, shows) = Areas[number];
            using var received = await bot.AlertmanagerAsync("contoso", Alert(kind, labels));
            received.StatusCode.ShouldBe(HttpStatusCode.Accepted, kind);
            // So many cards in one channel meet Teams' limit of 60 calls in 30 s, and wait for it.
            var card = await teams.CardAsync($"\"incident\":\"CON-{1001 + number}\"");
            card.Card!.ToJsonString().ShouldContain(shows, Case.Insensitive, kind);
            await teams.ApproveAsync(PlayedTeams.Omar, card);
            await Eventually.TrueAsync(
                () => Task.FromResult(IsVerified(card)), () => $"{kind} verified: {card.Card}");
        }

        var effects = (await bot.SandboxAsync(HttpMethod.Get, "effects"))["effects"]!.AsArray();
        effects.Select(effect => effect!["operationId"]!.GetValue<string>()).ShouldBeUnique();
        (await bot.VerbAsync("ledger", "verify", "--tenant", "contoso")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Two_services_of_one_device_are_two_cards_and_both_are_started()
    {
        await using var bot = await BotProcess.StartAsync(new() { ["LocalTeams:Enabled"] = "false" });
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        await bot.SandboxAsync(HttpMethod.Post, "devices/dev-c-107/state",
            """{"services":{"W32Time":{"state":"stopped","startup":"automatic"}}}""");
        var both = Alert("WindowsServiceDown", "instance=WS-RECEPTION:9182;name=Spooler");
        both["alerts"]!.AsArray().Add(Alert("WindowsServiceDown", "instance=WS-RECEPTION:9182;name=W32Time")["alerts"]![0]!.DeepClone());
        using var received = await bot.AlertmanagerAsync("contoso", both);
        received.StatusCode.ShouldBe(HttpStatusCode.Accepted);

        foreach (var service in new[] { "Spooler", "W32Time" })
        {
            var card = await teams.CardAsync($"Start the service {service} on WS-RECEPTION");
            await teams.ApproveAsync(PlayedTeams.Omar, card);
            await Eventually.TrueAsync(
                () => Task.FromResult(IsVerified(card)), () => $"{service}: {card.Card}");
        }
        var services = (await bot.SandboxAsync(HttpMethod.Get, "devices/dev-c-107"))["services"]!;
        (services["Spooler"]!["state"]!.GetValue<string>(), services["W32Time"]!["state"]!.GetValue<string>()).ShouldBe(
            ("running", "running"));
    }

    private static bool IsVerified(PlayedMessage card) =>
        card.Card!["fallbackText"]!.GetValue<string>().Contains(" Verified: ", StringComparison.Ordinal);

    internal static JsonObject Alert(string kind, string labels)
    {
        var pairs = labels.Split(';').Select(label => label.Split('=', 2)).ToDictionary(label => label[0], label => label[1]);
        var payload =
            Alerts.Payload(kind, pairs.GetValueOrDefault("instance", ""), "firing", [.. pairs.Select(pair => (pair.Key, pair.Value))]);
        if (!pairs.ContainsKey("instance"))
            payload["alerts"]![0]!["labels"]!.AsObject().Remove("instance");
        return payload;
    }
}

internal static class Approving
{
    /// <summary>
    /// Approves as a person does: with the button, or page by page where the plan cannot be undone. Nothing where it runs by itself.
    /// </summary>
    public static async Task ApproveAsync(this PlayedTeams teams, PlayedPerson who, PlayedMessage card)
    {
        var view = await teams.ViewAsync(who, card);
        if (Button(view, "Approve") is null && Button(view, "Reject") is not null)
        {
            var details = Button(view, "All details");
            while (details is not null && Button(view, "Approve") is null)
            {
                view = (await teams.InvokeAsync(who, card, details))["value"]!.AsObject();
                details = PlayedTeams.Actions(view)
                    .FirstOrDefault(action => action["verb"]?.GetValue<string>() == "details" && action["data"]?["review"] is not null);
            }
        }
        if (Button(view, "Approve") is { } approve)
            await teams.InvokeAsync(who, card, approve);
    }

    public static async Task<JsonObject> SandboxAsync(this BotProcess bot, HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, "/sandbox/" + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "sandbox-contoso-dev");
        if (json is not null)
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var result = await bot.Http.SendAsync(request);
        result.EnsureSuccessStatusCode();
        return (await result.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private static JsonObject? Button(JsonObject view, string title) =>
        PlayedTeams.Actions(view).FirstOrDefault(action => action["title"]!.GetValue<string>() == title);
}
