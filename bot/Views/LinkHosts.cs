namespace DevOpsAI.Bot.Views;

/// <summary>
/// The hosts that a card may link to. An address in an alert is whatever its sender wrote, so it is a link only where it is https, to a
/// listed host and its port, in plain ASCII and without user information; everything else stays text.
/// </summary>
public sealed class LinkHosts(IEnumerable<string> hosts)
{
    private const int MaxLength = 1_000;
    private readonly HashSet<string> allowed = new(hosts, StringComparer.OrdinalIgnoreCase);

    public static LinkHosts None { get; } = new([]);

    /// <summary>The address as it may be linked; null when it may not.</summary>
    public Uri? Allowed(string? text)
    {
        if (allowed.Count == 0 || text is not { Length: > 0 and <= MaxLength }
            || text.Any(static c => c is <= ' ' or >= '\u007F' or '\\' or '"' or '<' or '>'))
            return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps)
            return null;
        var authority = text.AsSpan(text.IndexOf("//", StringComparison.Ordinal) + 2);
        authority = authority.IndexOfAny('/', '?', '#') is >= 0 and var end ? authority[..end] : authority;
        return !authority.Contains('@') && uri.UserInfo.Length == 0
            && allowed.Contains(uri.IsDefaultPort ? uri.IdnHost : $"{uri.IdnHost}:{uri.Port}")
            ? uri
            : null;
    }

    /// <summary>As in <c>runbooks.contoso.com</c> or <c>grafana.contoso.com:3000</c>.</summary>
    public static bool IsHost(string text) =>
        text.All(char.IsAscii) && Uri.TryCreate($"https://{text}/", UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0
        && string.Equals(uri.IsDefaultPort ? uri.Host : $"{uri.Host}:{uri.Port}", text, StringComparison.OrdinalIgnoreCase);
}
