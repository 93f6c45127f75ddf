using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace DevOpsAI.Drafting;

/// <summary>
/// The words that an alert's name may have beside those of a runbook. Names of applications, clouds, clusters, quotas and caches cannot all
/// be listed, so what is not known here speaks of something else than the host, and the runbook is not for it.
/// </summary>
internal static partial class MatchVocabulary
{
    /// <summary>Words that say that the host itself is meant.</summary>
    private static readonly FrozenSet<string> Host = For(
        "host hosts node server servers windows win linux unix machine computer computers pc workstation laptop desktop device devices "
        + "system endpoint physical os");

    /// <summary>Words that say how much, how long, how bad or since when, and name nothing.</summary>
    private static readonly FrozenSet<string> Neutral = For(
        "high low critical crit warning warn severe emergency major minor urgent error info alert alerts alarm notification event "
        + "problem issue "
        + "detected reported report the a an is are was has have been be on of for in at to by with from and or than too very almost "
        + "nearly near about "
        + "above below over under exceeded exceeds exceeding exceed more less greater threshold usage use used using utilization "
        + "utilisation load percent percentage pct "
        + "free available remaining left out total average avg current sustained continuous continuously prolonged excessive extreme "
        + "extremely long last next past within "
        + "hour hours hr hrs minute minutes min mins day days second seconds sec secs soon will may might can now still again since "
        + "running "
        + "equal lt went per without its it your their health triggered until when gb mb tb kb gib mib ms uses reached reaching stays "
        + "behind critically "
        + "found active new multiple several check monitor monitoring status state condition level value metric sensor com net org "
        + "example rmm");

    private static readonly string[] DeviceAttributes =
        ["device", "host", "hostname", "host_name", "computer", "computer_name", "computername", "device_name", "devicename", "machine",
            "system_name", "systemname"];

    /// <summary>States of a service as Windows and systemd report them, in the label <c>state</c>.</summary>
    private static readonly FrozenSet<string> ServiceStates = For(
        "running stopped paused failed inactive active activating deactivating unknown ok degraded error stressed starting stopping "
        + "continue_pending pause_pending "
        + "start_pending stop_pending auto automatic manual disabled");

    public static bool SaysHost(AlertName name) => name.Words.Any(Host.Contains);

    /// <summary>A word that carries no meaning of its own; numbers and single letters (of a drive, of a version) are such.</summary>
    public static bool IsHarmless(string word) =>
        word.Length == 1 || IsDisk(word) || Neutral.Contains(word) || Host.Contains(word) || word.All(char.IsDigit);

    /// <summary>The name says that all is well, or is again: that nothing was found, or that something runs once more.</summary>
    public static bool SaysWell(string text) => Well().IsMatch(text);

    [GeneratedRegex(
        @"\b(?:0|zero|no|without)\s+(?:new\s+)?(?:failed|failures?|errors?|threats?|malware|virus(?:es)?|issues?|problems?|infected|"
            + @"infections?|bad)\b|\bto\s+running\b|\bback\s+(?:online|up|to)\b|\b(?:is|are)\s+online\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Well();

    /// <summary>A disk as Linux numbers them, as in <c>sda</c>.</summary>
    private static bool IsDisk(string word) => word is ['s' or 'h' or 'v', 'd', >= 'a' and <= 'z'];

    /// <summary>
    /// The attributes say that the alert is about the device that they name: it was collected by an exporter of the host's own figures, or
    /// it comes from a tool that looks after devices and names one, rather than from an exporter at some address.
    /// </summary>
    public static bool SayHost(IReadOnlyDictionary<string, string> attributes)
    {
        if (attributes.Attribute("job") is { Length: > 0 } job)
            return AlertOrigin.IsHost(job);
        return string.IsNullOrEmpty(attributes.Attribute("instance"))
            && DeviceAttributes.Any(name => attributes.Attribute(name) is { Length: > 0 });
    }

    /// <summary>The service that an alert of a service collector names beside its state; null when it is none.</summary>
    public static string? GetService(IReadOnlyDictionary<string, string> attributes)
    {
        var service = attributes.Attribute("service_name") ?? attributes.Attribute("name") ?? attributes.Attribute("unit");
        var states = new[] { attributes.Attribute("state"), attributes.Attribute("status"), attributes.Attribute("start_mode"),
            attributes.Attribute("startmode") };
        return !string.IsNullOrWhiteSpace(service)
            && states.Any(state => state is not null && ServiceStates.Contains(state.Trim().Replace(' ', '_').ToLowerInvariant()))
            ? service
            : null;
    }

    /// <summary>
    /// Words of the device's own name, where all of it stands in the alert's name, as tools put it there that build one from a template. A
    /// name that is a plain word, as <c>keycloak</c>, may as well be the application's.
    /// </summary>
    public static bool IsPartOfDevice(string word, AlertName name, IReadOnlyDictionary<string, string> attributes) =>
        Devices(attributes)
            .Any(device => !device.All(char.IsLetter) && Stands(device, name.Text) && AlertName.From(device).Words.Contains(word));

    /// <summary>
    /// As it is or without what parts it: <c>SRV-FILE01</c> is in <c>DiskFullSRVFILE01</c>; <c>aws-vpn</c> is not in <c>AWS VPN: tunnel
    /// down</c>.
    /// </summary>
    private static bool Stands(string device, string text) => text.Contains(device, StringComparison.OrdinalIgnoreCase)
        || text.Contains(string.Concat(device.Where(char.IsLetterOrDigit)), StringComparison.OrdinalIgnoreCase);

    /// <summary>The short names of the devices that the attributes name.</summary>
    public static IEnumerable<string> Devices(IReadOnlyDictionary<string, string> attributes) => DeviceAttributes.Append("instance")
        .Select(label => attributes.Attribute(label) is { Length: > 0 } text && TargetNames.From(text) is { IsAddress: false } device
            ? device.Short ?? device.Given
            : null)
        .OfType<string>();

    private static FrozenSet<string> For(string words) =>
        words.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
