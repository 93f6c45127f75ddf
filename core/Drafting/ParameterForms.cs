namespace DevOpsAI.Drafting;

/// <summary>
/// Brings the text of an attribute into the form that observations use. Returns text that the parameter's pattern still has to accept.
/// </summary>
internal static class ParameterForms
{
    public static string Apply(ParameterForm form, string text)
    {
        var trimmed = text.Trim();
        return form switch
        {
            ParameterForm.Volume => Volume(trimmed),
            ParameterForm.Service when trimmed.EndsWith(".service", StringComparison.OrdinalIgnoreCase) => trimmed[..^".service".Length],
            ParameterForm.Array when trimmed.StartsWith("/dev/md", StringComparison.Ordinal) => trimmed["/dev/".Length..].TrimStart('/'),
            ParameterForm.Host => TargetNames.GetHost(trimmed),
            _ => trimmed,
        };
    }

    private static string Volume(string text)
    {
        var drive = text.TrimEnd('\\', '/');
        if (drive is [var letter, ':'] && char.IsAsciiLetter(letter))
            return char.ToUpperInvariant(letter).ToString();
        if (text is [var single] && char.IsAsciiLetter(single))
            return char.ToUpperInvariant(single).ToString();
        // A block device is no volume: what is mounted from it is. Left as it is, no pattern of a volume accepts it.
        if (!text.StartsWith('/') || text.StartsWith("/dev/", StringComparison.Ordinal))
            return text;
        var path = drive.TrimStart('/');
        return path.Length == 0 ? "root" : path.Replace('/', '-');
    }
}
