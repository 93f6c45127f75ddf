namespace DevOpsAI.Drafting;

/// <summary>Text of others inside sentences of ours: one line, and not too much of it. Cards escape it on top of that.</summary>
internal static class QuotedText
{
    private const int MaxShort = 80;
    private const int MaxItem = 160;
    private const int MaxListed = 8;

    public static string Short(string text, int length = MaxShort)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var clean = string.Concat(line.Where(letter => !char.IsControl(letter)));
        if (clean.Length <= length)
            return clean;
        var cut = char.IsHighSurrogate(clean[length - 2]) ? length - 2 : length - 1;
        return clean[..cut] + "…";
    }

    /// <summary>As <see cref="Short"/>, and it ends as a sentence does: whether it brought a full stop along or not.</summary>
    public static string Sentence(string text, int length = MaxItem)
    {
        var line = Short(text, length);
        return line is [.., '.' or '!' or '?' or '…'] ? line : line + ".";
    }

    /// <summary><c>a, b and c</c>; the rest is counted when there are many.</summary>
    public static string List(IEnumerable<string> items)
    {
        var all = items.Select(item => Short(item, MaxItem)).ToList();
        return all.Count switch
        {
            0 => "none",
            1 => all[0],
            <= MaxListed => $"{string.Join(", ", all.SkipLast(1))} and {all[^1]}",
            _ => $"{string.Join(", ", all.Take(MaxListed))} and {all.Count - MaxListed} more",
        };
    }
}
