using System.Globalization;
using System.Text;
using DevOpsAI.Common;

namespace DevOpsAI.Compliance.Oscal;

/// <summary>The one way in which text reaches a document: as data, in the form its place allows.</summary>
internal static class OscalText
{
    private const int MaxLineLength = 500;

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString(InstantJson.Format, CultureInfo.InvariantCulture);

    /// <summary>A <c>string</c>: not empty, one line, no space around it.</summary>
    public static string Line(string? text, int most = MaxLineLength)
    {
        var line = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (line.Length >= most)
            {
                line.Append('…');
                break;
            }
            if (!Rune.IsWhiteSpace(rune) && !Rune.IsControl(rune))
                line.Append(Spelled(rune));
            else if (line.Length > 0 && line[^1] != ' ')
                line.Append(' ');
        }
        var trimmed = line.ToString().Trim();
        return trimmed.Length == 0 ? "(none)" : trimmed;
    }

    /// <summary>For titles and descriptions, which are Markdown: outside text stays text.</summary>
    public static string Markup(string? text)
    {
        var line = Line(text);
        var escaped = new StringBuilder(line.Length + 8);
        foreach (var character in line)
        {
            if (character is '\\' or '`' or '*' or '_' or '[' or ']' or '<' or '>' or '^' or '~' or '|' or '$' or '{' or '}' or '!' or '&')
                escaped.Append('\\');
            escaped.Append(character);
        }
        return escaped.ToString();
    }

    /// <summary>Characters that show as nothing, or turn the text around, are written out.</summary>
    private static string Spelled(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        ? $"(U+{rune.Value:X4})"
        : rune.ToString();
}
