using System.Net;

namespace DevOpsAI.Drafting;

/// <summary>What an event's text can mean as the name of a target: first as given, then without domain.</summary>
/// <param name="IsAddress">It is an IP address, which has no shorter form.</param>
internal sealed record TargetNames(string Given, string? Short, bool IsAddress)
{
    private const int MaxLength = 253;

    /// <summary>The domain parts that came with the name: what must not belong to another client.</summary>
    public IReadOnlyList<string> Domain { get; private init; } = [];

    /// <summary>Null when the text is no name at all: empty, too long, or with control characters in it.</summary>
    public static TargetNames? From(string? text)
    {
        var trimmed = text?.Trim() ?? "";
        if (trimmed.Length is 0 or > MaxLength || trimmed.Any(char.IsControl))
            return null;
        var account = trimmed.Split('\\');
        if (account is [{ Length: > 0 } domain, { Length: > 0 } user])
            return new(trimmed, user, false) { Domain = domain.Split('.') };
        var address = trimmed.Split('@');
        if (address is [{ Length: > 0 } local, { Length: > 0 } at])
            return new(trimmed, local, false) { Domain = at.Split('.') };
        var host = GetHost(trimmed);
        if (host.Length == 0)
            return null;
        if (IPAddress.TryParse(host, out _) && (host.Contains(':', StringComparison.Ordinal) || host.Count(letter => letter == '.') == 3))
            return new(host, null, true);
        var labels = host.TrimEnd('.').Split('.');
        // 'SRV 01.contoso.local' is no domain name, so nothing is cut off.
        return labels.Length > 1 && labels.All(IsLabel)
            ? new(host.TrimEnd('.'), labels[0], false) { Domain = labels[1..] }
            : new(host, null, false);
    }

    /// <summary>The host of <c>host:9182</c>, <c>[::1]:9100</c> or <c>https://host/path</c>; other text as it is.</summary>
    public static string GetHost(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var rest = scheme < 0 ? text : text[(scheme + 3)..].Split('/', '?', '#')[0];
        if (rest.StartsWith('[') && rest.IndexOf(']', StringComparison.Ordinal) is var end and > 0)
            return rest[1..end];
        var colon = rest.LastIndexOf(':');
        return colon > 0 && rest.IndexOf(':', StringComparison.Ordinal) == colon && colon < rest.Length - 1
            && rest[(colon + 1)..].All(char.IsAsciiDigit)
            ? rest[..colon]
            : rest;
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label.All(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_');
}
