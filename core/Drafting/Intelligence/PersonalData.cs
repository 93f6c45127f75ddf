using System.Globalization;
using System.Text.RegularExpressions;
using DevOpsAI.Incidents;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>What typed fields say of who and what a case is about: none of it leaves the house by name.</summary>
internal static partial class PersonalData
{
    /// <summary>Tells a call's redaction everything that is known by name in the case.</summary>
    public static void Tell(Redaction redaction, DraftMaterial material)
    {
        foreach (var other in material.OtherClients)
            redaction.Know("OTHER", other);
        redaction.Know("CLIENT", material.About.Client, comesBack: true);
        redaction.Know("CLIENT", material.Tenant.Value);
        foreach (var received in material.Incident.RecentEvents.Select(static recent => recent.Event).Concat(material.About.Facts))
            Tell(redaction, received);
        foreach (var device in material.Incident.Devices)
            TellHost(redaction, device);
        if (material.Incident.Opened.Device is { } opened)
            TellHost(redaction, opened);
        if (material.Found is not { } found)
            return;
        redaction.Know("CLIENT", found.Target.Client);
        TellHost(redaction, found.Target.Name);
        foreach (var (name, value) in found.Observations)
            Tell(redaction, name, value);
        redaction.Know(found.Target.Kind == "device" ? "DEVICE" : "PERSON", found.Target.Name, comesBack: IsPlainName(found.Target.Name));
    }

    /// <summary>The field holds a secret, as its name says: its value is never read.</summary>
    public static bool IsSecret(string field) => SecretField().IsMatch(field);

    private static void Tell(Redaction redaction, EventReceived received)
    {
        if (received.AboutUser == true)
            redaction.Know("PERSON", received.Device);
        else if (received.Device is { } device)
            TellHost(redaction, device);
        foreach (var (name, value) in received.Attributes)
            Tell(redaction, name, value);
    }

    private static void Tell(Redaction redaction, string field, string value)
    {
        if (value.Length > 200)
            return;
        if (PersonField().IsMatch(field) && !IsWord(value))
            redaction.Know("PERSON", value);
        else if (HostField().IsMatch(field))
            TellHost(redaction, value);
    }

    private static void TellHost(Redaction redaction, string host)
    {
        if (IsWord(host) || SelfNames.Is(host))
            return;
        redaction.Know("DEVICE", host);
        var name = TargetNames.GetHost(host.Trim());
        redaction.Know("DEVICE", name);
        if (TargetNames.From(host) is { IsAddress: false, Short: { Length: > 2 } shorter })
            redaction.Know("DEVICE", shorter);
    }

    /// <summary>States and such, which fields of these names hold as well.</summary>
    private static bool IsWord(string value) => value.Trim().ToUpperInvariant() is "" or "TRUE" or "FALSE" or "YES" or "NO" or "NONE"
        or "UNKNOWN" or "ENABLED" or "DISABLED" or "LOCKED" or "ACTIVE" or "NULL" or "SYSTEM" or "ROOT" or "ADMIN" or "ADMINISTRATOR"
        or "USER" or "N/A"
        || decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out _);

    /// <summary>The name of a machine or a person, and nothing that a chat client would make something else of.</summary>
    private static bool IsPlainName(string name) => PlainName().IsMatch(name);

    private const RegexOptions Plain =
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture;

    [GeneratedRegex(@"\A[\p{L}\p{N}][\p{L}\p{N} ._@'-]{0,127}\z", Plain)]
    private static partial Regex PlainName();

    [GeneratedRegex(@"(user|account|owner|mail|upn|principal|person|contact|requester|caller|display_?name|full_?name|first_?name|"
        + @"last_?name|phone|mobile|employee|author|reporter|assignee|member|sam)", Plain)]
    private static partial Regex PersonField();

    [GeneratedRegex(@"(host|node|computer|server|machine|device|instance|agent|fqdn|endpoint|workstation|sysname|asset|nodename|peer|"
        + @"address|domain|_ip\z|\Aip)", Plain)]
    private static partial Regex HostField();

    [GeneratedRegex(@"(pass(word|wd|phrase|code)|pwd|secret|token|api_?key|access_?key|private_?key|credential|connection_?string|"
        + @"authorization|cookie)", Plain)]
    private static partial Regex SecretField();
}
