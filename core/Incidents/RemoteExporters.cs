using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace DevOpsAI.Incidents;

/// <summary>
/// Exporters that measure other things than the host they run on and leave their own address in <c>instance</c>: a cloud's figures, a push
/// gateway, a hypervisor's guests, a federation. Where no other label names a device, such an alert names none.
/// </summary>
public static partial class RemoteExporters
{
    private static readonly FrozenSet<string> Jobs = new[]
    {
        "cloudwatch", "yace", "stackdriver", "gcp", "azure", "azuremonitor", "pushgateway", "federate", "federation", "vsphere", "vcenter",
        "vmware", "proxmox", "pve",
        "openstack", "unifi", "unpoller", "ksm",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Ports that only such exporters have: Pushgateway, CloudWatch, Blackbox, SNMP, Proxmox, Stackdriver, vSphere, Azure.
    /// </summary>
    private static readonly FrozenSet<string> Ports =
        new[] { "9091", "9106", "9115", "9116", "9221", "9255", "9272", "9276" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>
    /// <paramref name="instance"/> is the address of such an exporter. What says that the exporter itself is gone is about its host all the
    /// same.
    /// </summary>
    public static bool IsAt(string kind, string? instance, string? job)
    {
        if (string.IsNullOrWhiteSpace(instance) || instance.Contains("://", StringComparison.Ordinal) || AboutTheExporter().IsMatch(kind))
            return false;
        var colon = instance.LastIndexOf(':');
        return (colon > 0 && Ports.Contains(instance[(colon + 1)..].Trim()))
            || (job is not null
                && (job.Contains("kube-state", StringComparison.OrdinalIgnoreCase)
                    || Word().Matches(job).Any(word => Jobs.Contains(word.Value))));
    }

    [GeneratedRegex("[A-Za-z]+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Word();

    [GeneratedRegex("down|absent|missing|unreachable|offline|scrape|target|up$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
        | RegexOptions.NonBacktracking)]
    private static partial Regex AboutTheExporter();
}
