using System.Text.Json;

namespace DevOpsAI.LocalTeams;

/// <summary>A message as everybody sees it; what one person sees instead of its card is a <see cref="People.CardView"/>.</summary>
/// <param name="Id">Epoch milliseconds, unique in this workplace.</param>
/// <param name="Place">Id of the chat or channel.</param>
/// <param name="Root">For a channel, the post this message belongs to (its own id for the post itself).</param>
/// <param name="Conversation">Conversation id as the bot knows it.</param>
/// <param name="From">Short name of the person, or <c>bot</c>.</param>
/// <param name="Format">Of the text: <c>plain</c>, <c>markdown</c> or <c>xml</c>.</param>
/// <param name="Entities">Mentions and labels, as sent.</param>
/// <param name="Unsupported">Content types of attachments that Local Teams cannot show.</param>
/// <param name="Version">1, and one more with every edit.</param>
/// <param name="Trouble">Why the bot did not get a person's message; null when it did or need not.</param>
internal sealed record Message(
    string Id,
    string Place,
    string? Root,
    string Conversation,
    string From,
    DateTimeOffset At,
    string? Text,
    string Format,
    string? Summary = null,
    JsonElement? Card = null,
    JsonElement? Entities = null,
    IReadOnlyList<string>? Unsupported = null,
    int Version = 1,
    DateTimeOffset? EditedAt = null,
    bool Deleted = false,
    string? Trouble = null)
{
    public const string Bot = "bot";
}
