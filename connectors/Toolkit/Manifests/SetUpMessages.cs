using System.Text.Json;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>
/// What a vendor sends when a webhook is set up, to see that somebody answers: nothing has happened, and nothing is lost.
/// </summary>
internal static class SetUpMessages
{
    /// <summary>An event has more to say than that it is one.</summary>
    private const int MaxMembers = 6;

    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "event", "eventType", "event_type", "type", "action", "topic",
    };

    /// <summary>A short message whose event is called <c>ping</c>, or that has nothing in it but that it is a <c>test</c>.</summary>
    public static bool IsPing(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return false;
        var members = root.EnumerateObject().Take(MaxMembers + 1).ToList();
        return members.Count <= MaxMembers && members.Exists(member => Names.Contains(member.Name)
            && member.Value.ValueKind == JsonValueKind.String && Says(member.Value.GetString()!, isAlone: members.Count == 1));
    }

    private static bool Says(string word, bool isAlone) =>
        word.Equals("ping", StringComparison.OrdinalIgnoreCase) || (isAlone && word.Equals("test", StringComparison.OrdinalIgnoreCase));
}
