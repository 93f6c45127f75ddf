using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Views;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cards;

/// <summary>The people whom the Teams edge has met.</summary>
internal sealed class ConversationPeople(IConversationReferences references) : IConversationPeople
{
    public IReadOnlyList<KnownPerson> KnownIn(ConversationId conversationId)
    {
        var known = references.KnownPeople(conversationId);
        var people = new KnownPerson[known.Count];
        for (var i = 0; i < people.Length; i++)
            people[i] = new(known[i].Mri, known[i].ObjectId, known[i].Name);
        return people;
    }
}
