using System.Globalization;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Benchmarks.Ledger;

/// <summary>Events of the size that Alertmanager's are: about 500 bytes of data, each on a stream of its own.</summary>
internal static class SampleEvents
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    public static NewEntry Make(int number)
    {
        var id = "E-" + number.ToString("x16", CultureInfo.InvariantCulture);
        var device = "SRV-" + (number % 200).ToString("000", CultureInfo.InvariantCulture);
        return new(
            StreamId.Event(id),
            Actor.Connection("contoso-alertmanager"),
            CorrelationId.New(),
            new EventReceived(
                id, "contoso-alertmanager", id, EventStatus.Firing, Severity.Warning, "HostOutOfDiskSpace", device,
                $"Disk C: of {device} is nearly full", null, "key-" + id, "hostoutofdiskspace|" + device, "hostoutofdiskspace",
                Noon.AddSeconds(number), Simulated: true,
                new Dictionary<string, string> { ["job"] = "windows", ["volume"] = "C:" }));
    }
}
