using System.Runtime.CompilerServices;
using System.Text;

namespace DevOpsAI.Bot.Views;

/// <summary>
/// A sentence with instants in it that the client writes in its reader's own zone. It can only be written as an interpolated string, so
/// that no instant becomes text by mistake; <see cref="From"/> is for what has none. All of its text is shown literally.
/// </summary>
[InterpolatedStringHandler]
internal sealed class Wording(int literalLength, int formattedCount)
{
    private readonly List<(string Text, DateTimeOffset? At)> parts = new(formattedCount + 1);
    private readonly StringBuilder text = new(literalLength);

    public static Wording Empty { get; } = new(0, 0);

    public static Wording From(string? text)
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
        parts.AddRange(words.Parts);
    }

    /// <summary>What is said in order, either text or an instant.</summary>
    public IEnumerable<(string Text, DateTimeOffset? At)> Parts => text.Length == 0 ? parts : parts.Append((text.ToString(), null));

    public bool HasInstants => parts.Exists(static part => part.At is not null);

    /// <summary>In UTC and saying so: for where nobody works out dates.</summary>
    public override string ToString() => string.Concat(Parts.Select(static part => part.At is { } at ? Labels.Time(at) : part.Text));

    private void End()
    {
        if (text.Length > 0)
            parts.Add((text.ToString(), null));
        text.Clear();
    }
}
