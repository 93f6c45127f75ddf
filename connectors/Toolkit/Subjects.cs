using System.Net;
using System.Text.RegularExpressions;
using DevOpsAI.Incidents;

namespace DevOpsAI.Connectors.Toolkit;

/// <summary>What an alert is about: a host or a user, as the sender spells it. Null when it names none; never guessed.</summary>
public sealed record Subject(string? Name, bool IsUser)
{
    public static readonly Subject None = new(null, false);
}

/// <summary>Finds the subject of an alert among its labels, as exporters and rule collections name them.</summary>
public static partial class Subjects
{
    private static readonly string[] UserLabels = ["user", "upn", "userPrincipalName", "user_principal_name", "account",
        "username", "mailbox"];
    private static readonly string[] HostLabels = ["host", "hostname", "nodename", "node", "computer", "computername", "server", "machine"];

    /// <summary>Labels in which sources that report about others name the host.</summary>
    private static readonly string[] OthersLabels =
    [
        .. HostLabels, "exported_instance", "exported_host", "exported_node", "agent_name", "agent", "target", "host_name", "node_name",
        "computer_name",
        "server_name", "vm", "vm_name", "vcenter_host_name", "vcenter_vm_name", "esxi_host", "fqdn", "device_name",
        "workstation", "sysname",
    ];

    /// <summary>Accounts that services run under: an alert that mentions one is about the host.</summary>
    private static readonly HashSet<string> MachineAccounts = new(StringComparer.OrdinalIgnoreCase)
    {
        "root", "system", "localsystem", "nobody", "network service", "local service", "networkservice", "localservice",
    };

    /// <summary>Words of alerts that are about an account, where a host beside it is only where it was seen.</summary>
    [GeneratedRegex(
        @"account|user|sign|log[io]n|log-?on|credential|password|mailbox|mfa|identity|travel|phish|brute|token|\bupn\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex AboutAccount();

    /// <summary>
    /// The host, or the user where none is named or where the alert is about an account. Many exporters have a user label beside the host
    /// (an owner, an organisation of a metrics store, a database role), which does not make it a person's alert.
    /// </summary>
    /// <param name="kind">The alert's name.</param>
    /// <param name="deviceFirst"><c>device</c> names the host; with node_exporter it names a disk or a network card and is the last
    /// resort.</param>
    public static Subject Find(string kind, IReadOnlyDictionary<string, string> labels, bool deviceFirst = false)
    {
        var host = FindHost(kind, labels, deviceFirst);
        var user = First(labels, UserLabels, text => text);
        if (user is null || (host is not null && (IsMachineAccount(user) || !AboutAccount().IsMatch(kind))))
            return new(host, false);
        return new(user, true);
    }

    /// <summary>
    /// The host of <c>srv-file01:9100</c>, <c>[2001:db8::1]:9100</c> or <c>https://www.contoso.com/login</c>; null when there is none.
    /// </summary>
    public static string? GetHost(string? instance)
    {
        var text = instance?.Trim() ?? "";
        if (text.Contains("://", StringComparison.Ordinal))
            return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.Host.Trim('[', ']') : null;
        if (text.StartsWith('['))
            return text.IndexOf(']', StringComparison.Ordinal) is var end and > 1 && IPAddress.TryParse(text[1..end], out _)
                ? text[1..end]
                : null;
        // More than one colon is an IPv6 address without brackets, and has no port.
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var host = colon >= 0 && colon == text.LastIndexOf(':') ? PortCut(text, colon) : text;
        if (host.EndsWith('.'))
            host = host[..^1];
        return LooksLikeHost(host) ? host : null;
    }

    /// <summary>A name or address that a host can have; not a path or a drive letter.</summary>
    public static bool LooksLikeHost(string text) =>
        text.Length is > 1 and <= 255 && (HostName().IsMatch(text) || IPAddress.TryParse(text, out _));

    private static string? FindHost(string kind, IReadOnlyDictionary<string, string> labels, bool deviceFirst)
    {
        var device = First(labels, ["device"], text => !deviceFirst && BlockOrNetworkDevice().IsMatch(text) ? null : GetHost(text));
        if (deviceFirst && device is not null)
            return device;
        var instance = RemoteExporters.IsAt(kind, labels.GetValueOrDefault("instance"), labels.GetValueOrDefault("job"))
            ? null
            : First(labels, ["instance"], GetHost);
        // The address of an exporter, or the URL that a probe asked, says less than a name somebody gave.
        if (instance is null || SelfNames.Is(instance) || IPAddress.TryParse(instance, out _)
            || labels["instance"].Contains("://", StringComparison.Ordinal))
            return First(labels, OthersLabels, GetHost) ?? device ?? instance;
        // Where the figures were read is not what they are about once another label names a host: two victims of one security tool are two
        // devices.
        return First(labels, OthersLabels, GetHost) is { } named && IsAnother(named, instance) ? named : instance;
    }

    private static bool IsAnother(string named, string instance) =>
        !SelfNames.Is(named) && !IPAddress.TryParse(named, out _) && named.Any(char.IsAsciiLetter)
        && !named.Split('.')[0].Equals(instance.Split('.')[0], StringComparison.OrdinalIgnoreCase);

    private static string PortCut(string text, int colon) => text[(colon + 1)..].All(char.IsAsciiDigit) && colon > 1 ? text[..colon] : text;

    private static string? First(IReadOnlyDictionary<string, string> labels, IEnumerable<string> names, Func<string, string?> read) =>
        names.Select(name => labels.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? read(value.Trim()) : null)
            .FirstOrDefault(found => found is not null);

    private static bool IsMachineAccount(string user) =>
        MachineAccounts.Contains(user) || MachineAccounts.Contains(user[(user.LastIndexOf('\\') + 1)..]) || user.EndsWith('$');

    [GeneratedRegex(@"\A[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex HostName();

    [GeneratedRegex(
        @"\A(?:[shv]d[a-z]{1,2}[0-9]*|xvd[a-z]+[0-9]*|nvme[0-9]+(?:n[0-9]+)?(?:p[0-9]+)?|mmcblk[0-9]+(?:p[0-9]+)?|dm-[0-9]+|md[0-9]+|"
            + @"loop[0-9]+|sr[0-9]+|eth[0-9]+|en[opsx][0-9a-f]+[a-z0-9]*|wl[a-z0-9]+|lo|bond[0-9]+|br[0-9]+|br-[0-9a-f]+|docker[0-9]+|"
            + @"veth[0-9a-z]+|tmpfs|overlay|rootfs|udev|devtmpfs|shm|none|HarddiskVolume[0-9]+)\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex BlockOrNetworkDevice();
}
