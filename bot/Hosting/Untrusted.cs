using System.Globalization;
using System.Text;

namespace DevOpsAI.Bot.Hosting;

/// <summary>How a log shows what an unverified caller wrote.</summary>
internal static class Untrusted
{
    /// <summary>Characters of the value; what is longer ends with an ellipsis.</summary>
    public const int Longest = 64;

    /// <summary>
    /// The value, cut, in printable ASCII only: anything else, and what a log's format gives a meaning, is <c>\uXXXX</c>, so that neither
    /// the size of the log nor what stands in its lines is the caller's choice.
    /// </summary>
    public static string? Shown(string? value)
    {
        if (value is null)
            return null;
        var shown = new StringBuilder(Longest);
        foreach (var one in value.AsSpan(0, Math.Min(value.Length, Longest)))
        {
            if (one is >= ' ' and <= '~' and not ('\\' or '<' or '>' or '"' or '&' or '\''))
                shown.Append(one);
            else
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)one:x4}");
        }
        return value.Length > Longest ? shown.Append("...").ToString() : shown.ToString();
    }
}
