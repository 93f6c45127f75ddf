using DevOpsAI.Common;

namespace DevOpsAI.Bot.Hosting;

/// <summary>
/// What a newcomer may raise with a button: an alert for each way in which one can go. Before each the simulated device is put into the
/// state that the alert reports, so that a button shows the same the second time.
/// </summary>
internal static class SampleAlerts
{
    /// <param name="Channel">Of Local Teams.</param>
    /// <param name="Device">Id of the simulated device.</param>
    /// <param name="World">Merged into the device before; <c>{}</c> leaves it as it is.</param>
    private sealed record Sample(string Id, string Title, string Expect, string Connection, string Channel, string Device, string World,
        string Alert);

    private static readonly Sample[] All =
    [
        new("contoso-disk", "Disk almost full", "asks for a decision", "contoso-sandbox", "Contoso", "dev-c-101",
            """{"disks":{"C":{"freePercent":6}}}""",
            """{"kind":"DiskSpaceLow","device":"SRV-FILE01","severity":"critical","volume":"C:","""
                + """ "title":"Disk C: almost full on SRV-FILE01"}"""),
        new("contoso-service", "Service down", "asks for a decision", "contoso-sandbox", "Contoso", "dev-c-103",
            """{"services":{"SQLSERVERAGENT":{"state":"stopped"}}}""",
            """{"kind":"WindowsServiceDown","device":"SRV-SQL01","severity":"critical","service_name":"SQLSERVERAGENT","""
                + """ "title":"Service SQLSERVERAGENT on SRV-SQL01 is stopped"}"""),
        new("contoso-cpu", "High processor load", "runs by itself, and can be undone", "contoso-sandbox", "Contoso", "dev-c-103",
            """{"cpu":{"percent":96},"processes":{"ReportBuilder":{"cpuPercent":71,"priority":"normal"}}}""",
            """{"kind":"HostHighCpuLoad","device":"SRV-SQL01","severity":"warning","process":"ReportBuilder","""
                + """ "title":"Processor of SRV-SQL01 is busy"}"""),
        new("contoso-malware", "Malware found", "asks for a decision", "contoso-sandbox", "Contoso", "dev-c-107",
            """{"malware":{"invoice.exe":{"state":"active"}}}""",
            """{"kind":"MalwareDetected","device":"WS-RECEPTION","severity":"critical","file":"invoice.exe","""
                + """ "title":"invoice.exe on WS-RECEPTION is malware"}"""),
        new("contoso-unknown", "Something no runbook knows", "a person must see to it", "contoso-sandbox", "Contoso", "dev-c-106",
            "{}",
            """{"kind":"RackDoorOpen","device":"SRV-HV01","severity":"warning","""
                + """ "title":"The rack door at SRV-HV01 has been open for 20 minutes"}"""),
        new("fabrikam-disk", "Disk almost full", "asks for a decision", "fabrikam-sandbox", "Fabrikam", "dev-f-501",
            """{"disks":{"D":{"freePercent":9}}}""",
            """{"kind":"DiskSpaceLow","device":"SRV-FILE01","severity":"warning","volume":"D:","""
                + """ "title":"Disk D: almost full on SRV-FILE01"}"""),
    ];

    /// <summary>Those whose Sandbox connection is configured with its token in plain sight, as the development settings do.</summary>
    public static IEnumerable<(string Id, string Title, string Expect, string Channel,
        IReadOnlyList<(string Path, string Bearer, string Json)> Calls)> For(IConfiguration configuration)
    {
        foreach (var sample in All)
        {
            var token = configuration[$"Connections:{sample.Connection}:Settings:Token"];
            if (string.IsNullOrWhiteSpace(token) || new SecretReference(token) is { Variable: not null } or { Path: not null })
                continue;
            yield return (sample.Id, sample.Title, sample.Expect, sample.Channel,
                [($"/sandbox/devices/{sample.Device}/state", token, sample.World),
                    ($"/api/events/{sample.Connection}", token, sample.Alert)]);
        }
    }
}
