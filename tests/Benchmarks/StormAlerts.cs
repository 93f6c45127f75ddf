using System.Text.Json;

namespace DevOpsAI.Benchmarks;

/// <summary>One webhook delivery and how many alerts are in it.</summary>
internal sealed record StormDelivery(string Connection, string Token, string ContentType, byte[] Body, int Alerts);

/// <summary>
/// A bad day: a failed switch takes two thirds of the devices with it in six ways, and everything else goes on failing as it always does.
/// </summary>
internal static class StormAlerts
{
    private const int Group = 25;
    private const int Devices = 500;
    private static readonly DateTimeOffset Began = new(2026, 11, 21, 3, 0, 0, TimeSpan.Zero);
    private static readonly string[] Causes = ["HostOutOfDiskSpace", "WindowsServiceDown", "BackupFailed", "HostHighCpuLoad",
        "InstanceDown", "PatchFailed"];

    /// <summary>
    /// Three quarters in Alertmanager groups of one cause, one quarter as single CloudEvents of many kinds, some for information only.
    /// </summary>
    public static IReadOnlyList<StormDelivery> Deliveries(int alerts)
    {
        var deliveries = new List<StormDelivery>();
        var groups = alerts * 3 / 4 / Group;
        var singlesPerGroup = (alerts - (groups * Group)) / groups;
        var single = 0;
        for (var group = 0; group < groups; group++)
        {
            deliveries.Add(GetGroup(group));
            var upTo = group == groups - 1 ? alerts - (groups * Group) : single + singlesPerGroup;
            for (; single < upTo; single++)
                deliveries.Add(Single(single));
        }
        return deliveries;
    }

    /// <summary>What is really wrong in the Sandbox when it is new: each becomes a card with a remedy to approve.</summary>
    public static readonly IReadOnlyList<(string Device, StormDelivery Delivery)> Remediable =
    [
        Before("DiskSpaceLow", "SRV-FILE01", ("volume", "C:")),
        Before("WindowsServiceDown", "SRV-SQL01", ("name", "SQLSERVERAGENT")),
        Before("WindowsServiceDown", "WS-RECEPTION", ("name", "Spooler")),
    ];

    private static (string, StormDelivery) Before(string cause, string device, (string, string) label) =>
        (device, Alertmanager($"before-{device}", [Alert(cause, device, device.Length, label)]));

    private static StormDelivery GetGroup(int group) => Alertmanager(
        $"group-{group}",
        [.. Enumerable.Range(group * Group, Group).Select(n => Alert(Causes[group % Causes.Length], $"srv-{n % Devices:000}", n))]);

    private static object Alert(string cause, string device, int n, (string Name, string Value)? label = null)
    {
        var labels = new Dictionary<string, string>
            { ["alertname"] = cause, ["instance"] = $"{device.ToLowerInvariant()}:9182", ["severity"] = "critical" };
        if (label is { } more)
            labels[more.Name] = more.Value;
        return new
        {
            status = "firing",
            labels,
            annotations = new { summary = $"{cause} on {device}" },
            startsAt = Began.AddMilliseconds(n),
            endsAt = "0001-01-01T00:00:00Z",
            generatorURL = "http://prometheus.example.test/graph",
            fingerprint = $"{n:x8}{device.Length:x2}{cause.Length:x6}",
        };
    }

    private static StormDelivery Alertmanager(string key, object[] alerts) => new(
        "contoso-alertmanager", "alertmanager-contoso-dev", "application/json",
        JsonSerializer.SerializeToUtf8Bytes(new
        {
            receiver = "bot", status = "firing", alerts, groupLabels = new { }, commonLabels = new { }, commonAnnotations = new { },
            externalURL = "http://alertmanager.example.test:9093", version = "4", groupKey = $"{{}}:{key}", truncatedAlerts = 0,
        }),
        alerts.Length);

    private static StormDelivery Single(int n) => new(
        "contoso-cloudevents", "cloudevents-contoso-dev", "application/cloudevents+json",
        JsonSerializer.SerializeToUtf8Bytes(new
        {
            specversion = "1.0", id = $"storm-{n}", source = "https://monitor.example.test", type = "bench.alert",
            time = Began.AddMilliseconds(n),
            datacontenttype = "application/json",
            data = new { alertname = $"OddAlert{n % 300}", severity = n % 10 == 0 ? "info" : "warning", host = $"ws-{n % 700:000}",
                title = $"Something odd, number {n % 300}" },
        }),
        1);
}
