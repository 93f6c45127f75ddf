using DevOpsAI.Bot.Views;

namespace DevOpsAI.Bot.Cards;

internal static class WordingRuns
{
    /// <summary>
    /// Runs that look like <paramref name="like"/>, together at most about its <see cref="TextRun.Max"/> characters long.
    /// </summary>
    public static IEnumerable<TextRun> Runs(this Wording words, TextRun like)
    {
        var room = like.Max;
        foreach (var (said, at) in words.Parts)
        {
            if (at is { } instant)
            {
                yield return like.Showing(instant);
                continue;
            }
            yield return like with { Text = said, Max = room };
            room -= said.Length;
            if (room <= 0)
                yield break;
        }
    }
}
