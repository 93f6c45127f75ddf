using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Views;

/// <summary>The people of conversations, as far as they are known without asking anybody.</summary>
public interface IConversationPeople
{
    IReadOnlyList<KnownPerson> KnownIn(ConversationId conversationId);
}

/// <param name="Mri">What the conversation's messages call the person.</param>
/// <param name="ObjectId">Null for somebody whom Entra does not know.</param>
public readonly record struct KnownPerson(string Mri, PersonId? ObjectId, string? Name);
