namespace DevOpsAI.Bot.Views;

/// <summary>
/// Hebrew, Arabic and what else is written from the right: set apart from its neighbours, so that two such names beside each other,
/// or a number behind one, keep the order in which a card says them.
/// </summary>
internal static class RightToLeft
{
    private const char Begin = '\u2068';
    private const char End = '\u2069';

    /// <summary>One of the two that nobody sees.</summary>
    public static bool IsSign(char letter) => letter is Begin or End;

    public static bool IsWritten(int letter) => letter is
        >= 0x0590 and <= 0x08FF or >= 0xFB1D and <= 0xFDFF or >= 0xFE70 and <= 0xFEFC
        or >= 0x10800 and <= 0x10FFF or >= 0x1E800 and <= 0x1EFFF;

    /// <summary>The text between the two signs, where <paramref name="text"/> begins with what was set apart; otherwise empty.</summary>
    public static ReadOnlySpan<char> Apart(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] != Begin)
            return [];
        var inside = text[1..];
        var end = inside.IndexOfAny(Begin, End);
        return end > 0 && inside[end] == End && IsIn(inside[..end]) ? inside[..end] : [];
    }

    /// <summary>The same text, set apart as a whole unless all of it that needs it is already.</summary>
    public static string SetApart(string text)
    {
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Apart(rest) is { IsEmpty: false } inside)
            {
                rest = rest[(inside.Length + 2)..];
                continue;
            }
            if (IsIn(rest[..Math.Min(rest.Length, 2)]))
                return Begin + string.Concat(text.Where(static letter => !IsSign(letter))) + End;
            rest = rest[1..];
        }
        return text;
    }

    private static bool IsIn(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsWritten(rune.Value))
                return true;
        }
        return false;
    }
}
