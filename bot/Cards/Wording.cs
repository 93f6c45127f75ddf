using System.Runtime.CompilerServices;
using System.Text;

namespace DevOpsAI.Bot.Cards;

/// <summary>
/// A sentence for text runs, with instants in it that the client writes in its reader's own zone. It can only be written as an interpolated
/// string, so that no instant becomes text by mistake; <see cref="Of"/> is for what has none. All of its text is shown literally.
/// </summary>
[InterpolatedStringHandler]
internal sealed class Wording(int literalLength, int formattedCount)
{
    private readonly List<(string Text, DateTimeOffset? At)> parts = new(formattedCount + 1);
    private readonly StringBuilder text = new(literalLength);

    public static Wording Empty { get; } = new(0, 0);

    public static Wording Of(string? text)
    {
        var words = new Wording(0, 0);
        words.AppendFormatted(text);
        return words;
    }

    public static Wording Join(string between, IEnumerable<Wording> all)
    {
        var joined = new Wording(0, 0);
        foreach (var (words, isFirst) in all.Select(static (words, index) => (words, index == 0)))
        {
            if (!isFirst)
                joined.AppendLiteral(between);
            joined.AppendFormatted(words);
        }
        return joined;
    }

    public void AppendLiteral(string ours) => text.Append(ours);

    public void AppendFormatted(string? outside) => text.Append(outside);

    public void AppendFormatted<T>(T value)
        where T : struct => text.Append(value.ToString());

    public void AppendFormatted(DateTimeOffset at)
    {
        End();
        parts.Add(("", at));
    }

    public void AppendFormatted(Wording words)
    {
        End();
        parts.AddRange(words.Parts());
    }

    /// <summary>Runs that look like <paramref name="like"/>, together at most about its <see cref="TextRun.Max"/> characters long.</summary>
    public IEnumerable<TextRun> Runs(TextRun like)
    {
        var room = like.Max;
        foreach (var (said, at) in Parts())
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

    /// <summary>In UTC and saying so: for where nobody works out dates.</summary>
    public override string ToString() => string.Concat(Parts().Select(static part => part.At is { } at ? Phrases.Time(at) : part.Text));

    private IEnumerable<(string Text, DateTimeOffset? At)> Parts() => text.Length == 0 ? parts : parts.Append((text.ToString(), null));

    private void End()
    {
        if (text.Length > 0)
            parts.Add((text.ToString(), null));
        text.Clear();
    }
}
