using System.Text.RegularExpressions;
using DevOpsAI.Incidents;

namespace DevOpsAI.Drafting;

/// <summary>
/// The labels of an alert that name a host. <c>instance</c> is where the figures were read, which is the host they are about only while no
/// other label names another: probes, gateways, clusters, hypervisors and security tools report about others.
/// </summary>
internal static partial class HostLabels
{
    private const string Instance = "instance";
    private const int MaxNamed = 4;

    /// <summary>A sentence when labels name different hosts, with each label; null when they agree.</summary>
    public static string? Disagreement(IReadOnlyDictionary<string, string> attributes)
    {
        var named = attributes
            .Where(static label => IsHostLabel(label.Key))
            .Select(static label => (label.Key, label.Value, Name: GetName(label.Value)))
            .Where(static label => label.Name is not null)
            .ToList();
        if (named.DistinctBy(static label => label.Name, StringComparer.OrdinalIgnoreCase).Count() < 2)
            return null;
        var each = named.Take(MaxNamed).Select(static label => $"'{QuotedText.Short(label.Key)}' says {QuotedText.Short(label.Value)}");
        return $"The alert's labels name different hosts: {string.Join(", ", each)}. A person must say which one is meant.";
    }

    /// <summary>A label beside <c>instance</c> names a host.</summary>
    public static bool NameAnother(IReadOnlyDictionary<string, string> attributes) =>
        attributes.Any(static label => !label.Key.Equals(Instance, StringComparison.OrdinalIgnoreCase) && IsHostLabel(label.Key)
            && GetName(label.Value) is not null);

    private static bool IsHostLabel(string label) =>
        label.Equals(Instance, StringComparison.OrdinalIgnoreCase) || HostLabel().IsMatch(label);

    /// <summary>The host's short name; null for what names none: an address, a disk, a URL that was probed, the machine itself.</summary>
    private static string? GetName(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Contains("://", StringComparison.Ordinal) || trimmed.Contains('/', StringComparison.Ordinal)
            || trimmed.Contains('@', StringComparison.Ordinal))
            return null;
        return TargetNames.From(trimmed) is { IsAddress: false } names && (names.Short ?? names.Given) is var name
            && !SelfNames.Is(names.Given) && HostName().IsMatch(name)
            ? name
            : null;
    }

    [GeneratedRegex(
        @"\A(?:.*[_.-])?(?:host|host_?name|node|node_?name|exported_(?:instance|host|node)|computer|computer_?name|server|server_?name|"
            + @"machine|machine_?name|"
        + @"agent|agent_?name|agent_?host|target|vm|vm_?name|fqdn|device_?name|workstation|sysname|endpoint_?name|asset|asset_?name|"
        + @"victim)\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex HostLabel();

    // A name with a letter in it; a bare number is an index.
    [GeneratedRegex(@"\A[A-Za-z0-9_-]*[A-Za-z][A-Za-z0-9_-]*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex HostName();
}
