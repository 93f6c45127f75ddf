using System.Globalization;
using System.Text;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>
/// Text of others on its way to a model: one line of what a person would see, and not too much of it. What is invisible, steers the
/// direction of writing or controls a terminal is taken out, and look-alikes of one character in several widths become that character.
/// </summary>
internal static class OutsideText
{
    private const int MaxCombining = 2;

    /// <param name="max">Longest result, in characters; what is longer ends with three dots.</param>
    public static string Clean(string? text, int max)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        // Beyond this nothing can be in the result, whatever is taken out before it in any text that a person wrote.
        var considered = text.Length > max * 4 ? text[..(max * 4)] : text;
        var plain = Visible(Visible(considered).Normalize(NormalizationForm.FormKC));
        var line = string.Join(' ', plain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= max && considered.Length == text.Length)
            return line;
        var end = Math.Min(max - 1, line.Length);
        if (end > 0 && end < line.Length && char.IsHighSurrogate(line[end - 1]))
            end--;
        return line[..end] + "…";
    }

    /// <summary>Without what nobody sees; a control character leaves a space.</summary>
    public static string Visible(string text)
    {
        var seen = new StringBuilder(text.Length);
        var combining = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            combining = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? combining + 1 : 0;
            if (category is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.SpaceSeparator)
                seen.Append(' ');
            else if (!IsHidden(rune, category) && combining <= MaxCombining)
                seen.Append(rune.ToString());
        }
        return seen.ToString();
    }

    private static bool IsHidden(Rune rune, UnicodeCategory category) => rune.Value switch
    {
        0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800 or 0x034F or 0xFFFD => true,
        >= 0xFE00 and <= 0xFE0F or >= 0xE0000 and <= 0xE0FFF => true,
        _ => category is UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.Surrogate,
    };
}
