using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests;

/// <summary>Ids as tests write them.</summary>
public static class Ids
{
    /// <summary>An incident of Contoso, as in <c>CON-1001</c>.</summary>
    public static IncidentId Con(int number) => IncidentId.Parse($"CON-{number}");

    /// <summary>An incident of Fabrikam, as in <c>FAB-1001</c>.</summary>
    public static IncidentId Fab(int number) => IncidentId.Parse($"FAB-{number}");

    /// <summary>A person by their Entra object id.</summary>
    public static PersonId Who(string objectId) => PersonId.From(objectId);

    /// <summary>A conversation that nothing is known of.</summary>
    public static ConversationId Anywhere { get; } = Conversation("c");

    public static ConversationId Conversation(string id) => ConversationId.From(id);
}
