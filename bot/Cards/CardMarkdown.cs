using System.Runtime.CompilerServices;
using System.Text;

namespace DevOpsAI.Bot.Cards;

/// <summary>
/// Text for an element that reads Markdown. It can only be written as an interpolated string: what stands in the source is ours and keeps
/// its Markdown, what is filled in is outside text and is escaped. A plain string cannot get here by mistake.
/// </summary>
[InterpolatedStringHandler]
public readonly struct CardMarkdown(int literalLength, int formattedCount)
{
    private readonly StringBuilder text = new(literalLength + (formattedCount * 16));

    public void AppendLiteral(string ours) => text.Append(ours);

    public void AppendFormatted(string? outside) => text.Append(CardText.Markdown(outside));

    /// <summary>Fills in outside text of at most <paramref name="alignment"/> characters, as in <c>{title,80}</c>.</summary>
    public void AppendFormatted(string? outside, int alignment) => text.Append(CardText.Markdown(outside, alignment));

    /// <summary>An instant as date and time in the zone of whoever reads; the client works it out.</summary>
    public void AppendFormatted(DateTimeOffset at) => text.Append(CardText.Instant(at));

    /// <summary>Fills in people with their mentions; they have escaped themselves.</summary>
    internal void AppendFormatted(CardMentions called) => text.Append(called.Markdown);

    public void AppendFormatted<T>(T value)
        where T : struct => text.Append(CardText.Markdown(value.ToString()));

    public override string ToString() => text.ToString();
}
