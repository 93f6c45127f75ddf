namespace DevOpsAI.Connectors.Toolkit;

/// <summary>
/// The addresses that come with an alert, under one name each however senders call them: what cards show as links or as text. Nothing is
/// fetched from them.
/// </summary>
public static class AlertLinks
{
    private const int MaxLinkLength = 512;

    /// <summary>Our name of a link, and what senders call it.</summary>
    private static readonly (string Name, string[] Sent)[] Known =
    [
        ("runbook_url", ["runbook_url", "runbookUrl", "runbookURL", "runbook", "runbook_link", "playbook_url", "playbook"]),
        ("generatorURL", ["generatorURL", "generatorUrl", "generator_url", "alert_url", "alertUrl", "alertURL"]),
        ("dashboardURL", ["dashboardURL", "dashboardUrl", "dashboard_url", "dashboard", "dashboard_link"]),
        ("panelURL", ["panelURL", "panelUrl", "panel_url"]),
        ("silenceURL", ["silenceURL", "silenceUrl", "silence_url"]),
        ("externalURL", ["externalURL", "externalUrl", "external_url"]),
        ("url", ["url", "link", "href", "portalUrl", "portal_url", "deviceUrl", "device_url"]),
    ];

    /// <summary>The names of links among an event's attributes.</summary>
    public static IEnumerable<string> Names => Known.Select(static link => link.Name);

    /// <summary>The links that are whole http or https addresses, in a fixed order; the first of several of one name.</summary>
    public static IEnumerable<KeyValuePair<string, string>> For(Func<string, string?> find)
    {
        foreach (var (name, sent) in Known)
        {
            if (sent.Select(find).FirstOrDefault(IsLink) is { } link)
                yield return new(name, link.Trim());
        }
    }

    private static bool IsLink(string? text) =>
        text is { Length: > 0 and <= MaxLinkLength } && Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https" && uri.Host.Length > 0;
}
