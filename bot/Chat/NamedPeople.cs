using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>Finds out whom typed words mean.</summary>
internal sealed class NamedPeople(IConversationReferences references, HomeDirectory home)
{
    /// <summary>A mention counts first, then an Entra object id, then a name that only one known person here has.</summary>
    /// <param name="channels">Conversations beside this one whose people may be named as well.</param>
    public (Person? Person, string Problem) Find(TurnContext turn, string name, IEnumerable<ConversationId>? channels = null)
    {
        var known = (channels ?? []).Prepend(turn.Conversation.ChannelId).SelectMany(references.KnownPeople)
            .Where(member => member.ObjectId is not null).DistinctBy(member => member.ObjectId).ToList();
        var mentioned = (turn.Activity.Entities ?? [])
            .Where(
                entity =>
                    entity.Type == "mention" && entity.Mentioned?.Id is not null && entity.Mentioned.Id != turn.Activity.Recipient?.Id)
            .Select(entity => entity.Mentioned!)
            .DistinctBy(account => account.Id, StringComparer.Ordinal)
            .ToList();
        // Of several people mentioned in one message, those whose name stands here.
        if (mentioned.Count > 1)
            mentioned = mentioned.FindAll(
                account => account.Name is { Length: > 0 } called && name.Contains(called, StringComparison.OrdinalIgnoreCase));
        if (mentioned.Count > 1)
            return (null, "One person at a time, please.");
        if (mentioned is [{ Id: var mri }])
        {
            return known.Find(member => member.Mri == mri) is { ObjectId: { } met } member
                ? (new(met, member.Name ?? met.Value), "")
                : (null,
                    "I have not met that person in this conversation yet. "
                    + "Ask them to say hello to me here, or give their Entra object id.");
        }
        if (IdIn(home.Written(name)) is { } id)
            return (new(id, known.Find(member => member.ObjectId == id)?.Name ?? id.Value), "");
        if (name.Equals("me", StringComparison.OrdinalIgnoreCase))
            return (turn.Person, "");
        var named = known.Where(
            member => name.Length > 0 && string.Equals(member.Name, name.TrimStart('@'), StringComparison.OrdinalIgnoreCase)).ToList();
        return named switch
        {
            [{ ObjectId: { } whom, Name: { } called }] => (new(whom, called), ""),
            [] => (null, "Whom? Mention the person with @, or give their Entra object id."),
            _ => (null, "Several people here have that name. Mention the one you mean with @."),
        };
    }

    /// <summary>An object id, or one with its directory before it; null when it is neither.</summary>
    private static PersonId? IdIn(string text)
    {
        var ids = text.Split('/');
        return ids.Length <= 2 && Array.TrueForAll(ids, static id => Guid.TryParse(id, out _))
            ? PersonId.From(string.Join('/', ids.Select(static id => Guid.Parse(id).ToString())))
            : null;
    }
}
