
namespace DevOpsAI.Bot.Teams;

/// <summary>Text or one card, never both: Teams would split the message and tell us no id.</summary>
public sealed record OutgoingMessage
{
    /// <summary>Markdown, already escaped.</summary>
    public string? Text { get; init; }

    /// <summary>An Adaptive Card, not wrapped in an attachment. Not changed, only written.</summary>
    public OutgoingJson? Card { get; init; }

    /// <summary>What a notification says of a card.</summary>
    public string? Summary { get; init; }
}
