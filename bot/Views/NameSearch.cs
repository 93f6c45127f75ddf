using System.Globalization;
using System.Text;

namespace DevOpsAI.Bot.Views;

/// <summary>Whether a text names a device, in letters that cannot be mistaken.</summary>
internal static class NameSearch
{
    /// <summary>A look-alike letter on either side, or a longer name that only begins alike, does not count.</summary>
    public static bool Names(string text, string device)
    {
        // Of a name with look-alike letters the warning beside it must be read.
        if (SanitizedText.Name(device, int.MaxValue) != SanitizedText.Plain(device, int.MaxValue))
            return false;
        var at = -1;
        while ((at = text.IndexOf(device, at + 1, StringComparison.OrdinalIgnoreCase)) >= 0)
        {
            var end = at + device.Length;
            var standsAlone = (at == 0 || !IsOfName(text[at - 1])) && (end == text.Length || !IsOfName(text[end]));
            if (standsAlone && (Ascii.IsValid(text.AsSpan(at, device.Length)) || text.AsSpan(at, device.Length).SequenceEqual(device)))
                return true;
        }
        return false;
    }

    /// <summary>
    /// Besides letters of any script what hides among them: marks, signs that are not drawn, halves of rarer letters. The two signs that we
    /// set a text apart with are none of them.
    /// </summary>
    private static bool IsOfName(char c) =>
        c is '-' or '_' || char.IsLetterOrDigit(c) || (!RightToLeft.IsSign(c) && char.GetUnicodeCategory(c)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.Format
        or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.Surrogate);
}
