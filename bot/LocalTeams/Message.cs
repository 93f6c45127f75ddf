using System.Text.Json;

namespace DevOpsAI.LocalTeams;

/// <summary>A message as everybody sees it; what one person sees instead of its card is a <see cref="People.CardView"/>.</summary>
/// <param name="Id">Epoch milliseconds, unique in this workplace.</param>
/// <param name="Place">Id of the chat or channel.</param>
/// <param name="Root">For a channel, the post this message belongs to (its own id for the post itself).</param>
/// <param name="Conversation">Conversation id as the bot knows it.</param>
/// <param name="From">Short name of the person, or <c>bot</c>.</param>
/// <param name="Format">Of the text: <c>plain</c>, <c>markdown</c> or <c>xml</c>.</param>
internal sealed record Message(string Id, string Place, string? Root, string Conversation, string From, DateTimeOffset At, string? Text,
    string Format)
{
    public const string Bot = "bot";

    public string? Summary { get; init; }

    public JsonElement? Card { get; init; }

    /// <summary>Mentions and labels, as sent.</summary>
    public JsonElement? Entities { get; init; }

    /// <summary>Content types of attachments that Local Teams cannot show.</summary>
    public IReadOnlyList<string>? Unsupported { get; init; }

    /// <summary>1, and one more with every edit.</summary>
    public int Version { get; init; } = 1;

    public DateTimeOffset? EditedAt { get; init; }

    public bool Deleted { get; init; }

    /// <summary>Why the bot did not get a person's message; null when it did or need not.</summary>
    public string? Trouble { get; init; }
}
