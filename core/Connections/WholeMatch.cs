using System.Text.RegularExpressions;

namespace DevOpsAI.Connections;

/// <summary>A regular expression that a whole text must match; a text on which it takes too long does not.</summary>
internal sealed class WholeMatch
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);
    private readonly Regex regex;

    /// <exception cref="ArgumentException">The pattern is no regular expression.</exception>
    public WholeMatch(string pattern)
    {
        Pattern = pattern;
        regex = new($@"\A(?:{pattern})\z", RegexOptions.CultureInvariant, Patience);
    }

    public string Pattern { get; }

    public bool Accepts(string text)
    {
        try
        {
            return regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
