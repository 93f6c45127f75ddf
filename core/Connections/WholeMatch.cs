using System.Text.RegularExpressions;

namespace DevOpsAI.Connections;

/// <summary>
/// A regular expression that a whole text must match. What takes too long is looked at again in a way whose effort is bounded, so that a
/// busy machine changes no answer; only where a pattern rules that way out (it looks around or refers back) does such a text not match.
/// </summary>
public sealed class WholeMatch
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(200);
    private readonly Regex regex;

    /// <exception cref="ArgumentException">The pattern is no regular expression.</exception>
    public WholeMatch(string pattern)
    {
        Pattern = pattern;
        regex = new(Whole, RegexOptions.CultureInvariant, MatchTimeout);
    }

    public string Pattern { get; }

    private string Whole => $@"\A(?:{Pattern})\z";

    public bool Accepts(string text)
    {
        try
        {
            return regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return AcceptsSteadily(text);
        }
    }

    private bool AcceptsSteadily(string text)
    {
        try
        {
            return new Regex(Whole, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, Timeout.InfiniteTimeSpan).IsMatch(text);
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }
}
