namespace DevOpsAI.LocalTeams;

/// <summary>Where a message goes: a chat, a channel, or one post's thread in a channel.</summary>
/// <param name="Root">Id of the post that starts the thread; null outside a thread.</param>
internal sealed record Address(LocalConversation Place, string? Root)
{
    private const string Separator = ";messageid=";

    /// <summary>The conversation id as it travels: <c>19:...@thread.tacv2;messageid=1776...</c>.</summary>
    public string ConversationId => Root is null ? Place.Id : $"{Place.Id}{Separator}{Root}";

    /// <summary>Null when no such chat or channel exists; whether the thread exists is for the caller to look up.</summary>
    public static Address? Find(string? conversationId)
    {
        if (conversationId is null)
            return null;
        var at = conversationId.IndexOf(Separator, StringComparison.OrdinalIgnoreCase);
        var place = LocalDirectory.FindPlace(at < 0 ? conversationId : conversationId[..at]);
        if (place is null || (at >= 0 && place.Kind != PlaceKind.Channel))
            return null;
        return new Address(place, at < 0 ? null : conversationId[(at + Separator.Length)..]);
    }
}
