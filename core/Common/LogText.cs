using System.Globalization;
using System.Text;

namespace DevOpsAI.Common;

/// <summary>
/// What a log may show of text that may have come from outside: on one line, without what a terminal obeys or a reader does not see, and
/// bounded. Letters of all languages stay as they are, because most of it is ours.
/// </summary>
public static class LogText
{
    /// <summary>Characters of what one exception says; a vendor's whole answer may be in it.</summary>
    public const int MaxOfExceptionLength = 1024;

    /// <summary>Characters of a message.</summary>
    public const int MaxOfMessageLength = 8192;

    private const int Deepest = 8;

    /// <summary>
    /// Control and formatting characters, line separators and half characters are <c>\uXXXX</c>; what is longer ends with three dots.
    /// </summary>
    public static string OneLine(string text, int longest)
    {
        if (text.Length <= longest && !NeedsEscape(text))
            return text;
        var shown = new StringBuilder(Math.Min(text.Length, longest) + 16);
        for (var at = 0; at < text.Length && at < longest; at++)
        {
            if (IsPair(text, at))
                shown.Append(text[at]).Append(text[++at]);
            else if (IsPlain(text[at]))
                shown.Append(text[at]);
            else
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:x4}");
        }
        return text.Length > longest ? shown.Append("...").ToString() : shown.ToString();
    }

    /// <summary>
    /// As <see cref="Exception.ToString"/>, with what each exception says on one line and cut; where it was thrown is ours and stays.
    /// </summary>
    public static string For(Exception exception)
    {
        var shown = new StringBuilder();
        Append(shown, exception, 0);
        return shown.ToString();
    }

    private static void Append(StringBuilder shown, Exception exception, int depth)
    {
        shown.Append(exception.GetType()).Append(": ").Append(OneLine(exception.Message, MaxOfExceptionLength));
        IReadOnlyList<Exception> inner = exception switch
        {
            AggregateException several => several.InnerExceptions,
            { InnerException: { } one } => [one],
            _ => [],
        };
        foreach (var cause in inner.Take(depth < Deepest ? Deepest : 0))
        {
            shown.AppendLine().Append(" ---> ");
            Append(shown, cause, depth + 1);
        }
        if (exception.StackTrace is { } trace)
            shown.AppendLine().Append(trace);
    }

    private static bool NeedsEscape(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (IsPair(text, at))
                at++;
            else if (!IsPlain(text[at]))
                return true;
        }
        return false;
    }

    private static bool IsPair(string text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]);

    private static bool IsPlain(char one) =>
        char.GetUnicodeCategory(one) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned);
}
