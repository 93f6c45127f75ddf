namespace DevOpsAI.Connections;

/// <summary>What observations and arguments call a volume, however an alert or a vendor writes it.</summary>
public static class VolumeName
{
    /// <summary>
    /// <c>C:\</c>, <c>C:</c> and <c>c</c> are <c>C</c>; <c>/</c> is <c>root</c>, <c>/var/log</c> is <c>var-log</c>. What is none of these
    /// comes back as it is, also a block device, which is no volume: what is mounted from it is.
    /// </summary>
    /// <param name="text">Without blanks around it.</param>
    public static string From(string text)
    {
        var drive = text.TrimEnd('\\', '/');
        if (drive is [var letter, ':'] && char.IsAsciiLetter(letter))
            return char.ToUpperInvariant(letter).ToString();
        if (text is [var single] && char.IsAsciiLetter(single))
            return char.ToUpperInvariant(single).ToString();
        if (!text.StartsWith('/') || text.StartsWith("/dev/", StringComparison.Ordinal))
            return text;
        var path = drive.TrimStart('/');
        return path.Length == 0 ? "root" : path.Replace('/', '-');
    }
}
