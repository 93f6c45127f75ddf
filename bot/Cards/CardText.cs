using System.Globalization;
using System.Text;
using DevOpsAI.Bot.Views;

namespace DevOpsAI.Bot.Cards;

/// <summary>
/// The one way in which outside text reaches a card: made safe to show (<see cref="SanitizedText"/>), and with Markdown and HTML escaped
/// where the element would interpret them.
/// </summary>
public static class CardText
{
    /// <summary>
    /// For elements that show text literally: text runs, button titles, inputs. A line break becomes <c>⏎</c> unless
    /// <paramref name="lines"/>.
    /// </summary>
    /// <param name="max">Longest result, in characters; what is left out is counted.</param>
    /// <param name="exact">
    /// For what is copied or sent back as it stands: nothing that cannot be seen is added to set apart what is written from the right.
    /// </param>
    public static string Plain(string? text, int max = 300, bool lines = false, bool exact = false) =>
        SanitizedText.Plain(text, max, lines, exact);

    /// <summary>For elements that read Markdown: text blocks, facts, message text. Always one line.</summary>
    public static string Markdown(string? text, int max = 300)
    {
        var plain = Plain(text, max);
        var escaped = new StringBuilder(plain.Length + 8);
        for (var i = 0; i < plain.Length; i++)
        {
            var c = plain[i];
            _ = c switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '\\' or '`' or '*' or '_' or '[' or ']' or '~' => escaped.Append('\\').Append(c),
                '-' or '+' or '#' when i == 0 => escaped.Append('\\').Append(c),
                '.' or ')' when i > 0 && OnlyDigitsBefore(plain, i) => escaped.Append('\\').Append(c),
                _ => escaped.Append(c),
            };
        }
        return escaped.ToString();
    }

    /// <summary>
    /// The name of a machine, a person or a company, with a warning beside it when letters of several scripts imitate each other.
    /// </summary>
    public static string Name(string? text, int max = 80) => SanitizedText.Name(text, max);

    /// <summary>
    /// An instant as date and time in the zone of whoever reads: the client works it out, in text blocks, runs and facts.
    /// </summary>
    public static string Instant(DateTimeOffset at)
    {
        var utc = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return $"{{{{DATE({utc},SHORT)}}}} {{{{TIME({utc})}}}}";
    }

    private static bool OnlyDigitsBefore(string text, int end)
    {
        for (var i = 0; i < end; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
                return false;
        }
        return true;
    }
}
