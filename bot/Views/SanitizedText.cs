using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace DevOpsAI.Bot.Views;

/// <summary>
/// Outside text as it may be shown. Nothing invisible stays invisible and nothing is longer than its place: controls, bidirectional
/// overrides, invisible and blank-looking characters are written out as <c>‹U+202E›</c>, and date macros are broken.
/// </summary>
public static partial class SanitizedText
{
    private const int CombiningLimit = 3;

    /// <summary>What needs no second look: printable ASCII, letters of western Europe, and the signs of our own sentences.</summary>
    private static readonly SearchValues<char> Harmless = SearchValues.Create(
        " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz|}~"
        + "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿ·–—‘’“”•…⏎✔✘⚠");

    /// <summary>For where text is shown literally. A line break becomes <c>⏎</c> unless <paramref name="lines"/>.</summary>
    /// <param name="max">Longest result, in characters; what is left out is counted.</param>
    /// <param name="exact">
    /// For what is copied or sent back as it stands: nothing that cannot be seen is added to set apart what is written from the right.
    /// </param>
    public static string Plain(string? text, int max = 300, bool lines = false, bool exact = false)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        if (IsHarmless(text) && text.Length <= max)
            return text;
        var spelled = BreakMacros(Spell(text, max, lines));
        return exact ? spelled : RightToLeft.SetApart(spelled);
    }

    /// <summary>
    /// The name of a machine, a person or a company, with a warning beside it when letters of several scripts imitate each other.
    /// </summary>
    public static string Name(string? text, int max = 80)
    {
        var plain = Plain(text, max);
        // Between names we write a dot of our own: one inside a name would make two of it.
        return LookAlike.Mark(plain.Contains('·', StringComparison.Ordinal) ? Dot().Replace(plain, "‹·›") : plain, text);
    }

    /// <summary>Whose something is, to go after its name; nothing where the vendor does not say.</summary>
    public static string Of(string client, int max = 80) => client.Length == 0 ? "" : $" of {Name(client, max)}";

    private static bool IsHarmless(string text) => !text.AsSpan().ContainsAnyExcept(Harmless);

    private static string Spell(string text, int max, bool lines)
    {
        var spelled = new StringBuilder(Math.Min(text.Length, max) + 24);
        var combining = 0;
        var read = 0;
        var signs = 0;
        while (read < text.Length)
        {
            var before = spelled.Length;
            if (RightToLeft.Apart(text.AsSpan(read)) is { IsEmpty: false } apart)
            {
                var room = Math.Max(0, max - (before - signs));
                spelled.Append(RightToLeft.SetApart(Spell(apart.ToString(), room, lines)));
                if (apart.Length > room)
                    return spelled.ToString();
                // The two signs are no characters that anybody reads.
                signs += 2;
                read += apart.Length + 2;
                continue;
            }
            var isRune = Rune.TryGetRuneAt(text, read, out var rune);
            combining = isRune && Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
                ? combining + 1
                : 0;
            if (!isRune)
                spelled.Append('‹').Append("U+").Append(((int)text[read]).ToString("X4")).Append('›');
            else if (rune.Value == '\r' && read + 1 < text.Length && text[read + 1] == '\n')
                combining = 0;
            else if (rune.Value == '\n' || rune.Value == '\r')
                spelled.Append(lines ? "\n" : " ⏎ ");
            else if (IsHidden(rune) || combining > CombiningLimit)
                spelled.Append("‹U+").Append(rune.Value.ToString("X4")).Append('›');
            else
                spelled.Append(text, read, rune.Utf16SequenceLength);
            if (spelled.Length - signs > max)
            {
                spelled.Length = before;
                return spelled.Append("… (+").Append(text.Length - read).Append(" characters)").ToString();
            }
            read += isRune ? rune.Utf16SequenceLength : 1;
        }
        return spelled.ToString();
    }

    private static bool IsHidden(Rune rune) => rune.Value switch
    {
        ' ' => false,
        0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800 or 0x034F => true, // fillers and blanks that count as letters, symbols or marks
        >= 0xFE00 and <= 0xFE0F or >= 0xE0100 and <= 0xE01EF => true,       // variation selectors
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate,
    };

    /// <summary>Teams expands <c>{{DATE(...)}}</c> even in text runs; a zero-width space between the braces stops it.</summary>
    private static string BreakMacros(string text) =>
        text.Contains("{{", StringComparison.Ordinal) ? Macro().Replace(text, "{\u200B{") : text;

    [GeneratedRegex(@"(?<=^|\s)·(?=\s|$)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Dot();

    [GeneratedRegex(@"\{\{(?=\s*(?:DATE|TIME))", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Macro();
}
