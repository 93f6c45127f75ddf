using System.Collections.Immutable;

namespace DevOpsAI.LocalTeams;

/// <summary>Somebody at the MSP.</summary>
/// <param name="Id">Short name used by the page and the automation API.</param>
/// <param name="Mri">What Teams calls the person towards this bot (<c>29:...</c>).</param>
/// <param name="ObjectId">Entra object id.</param>
internal sealed record LocalUser(string Id, string Mri, string ObjectId, string Name, string JobTitle)
{
    public string Upn => $"{Id}@msp.example";
    public string GivenName => Name.Split(' ')[0];
    public string Surname => Name.Split(' ')[^1];
}

internal enum PlaceKind
{
    Personal,
    GroupChat,
    Channel,
}

/// <summary>A chat or a channel.</summary>
/// <param name="Owner">The person of a personal chat; null elsewhere.</param>
internal sealed record LocalConversation(string Id, PlaceKind Kind, string Name, LocalUser? Owner = null)
{
    /// <summary>As Teams spells <c>conversationType</c>.</summary>
    public string ConversationType => Kind switch
    {
        PlaceKind.Personal => "personal",
        PlaceKind.GroupChat => "groupChat",
        _ => "channel",
    };

    public bool Has(LocalUser person) => Owner is null || Owner == person;
}

/// <summary>
/// The company that Local Teams plays: always the same people, team and ids, so that links, roles and tests can name them.
/// </summary>
internal static class LocalDirectory
{
    public const string TenantId = "11111111-1111-4111-8111-111111111111";
    public const string BotId = "28:22222222-2222-4222-8222-222222222222";
    public const string BotName = "DevOps AI Bot";
    public const string TeamName = "MSP Operations";
    public const string TeamGroupId = "44444444-4444-4444-8444-444444444444";

    /// <summary>A team is addressed by the id of its General channel.</summary>
    public const string TeamId = "19:local-general@thread.tacv2";

    public static readonly ImmutableArray<LocalUser> People =
    [
        new("dana", "29:1dana-technician", "33333333-3333-4333-8333-333333333300", "Dana Technician", "Technician"),
        new("erik", "29:1erik-approver", "33333333-3333-4333-8333-333333333301", "Erik Approver", "Approver"),
        new("mona", "29:1mona-manager", "33333333-3333-4333-8333-333333333302", "Mona Manager", "Manager"),
        new("alex", "29:1alex-admin", "33333333-3333-4333-8333-333333333303", "Alex Admin", "Administrator"),
        new("aisha", "29:1aisha-auditor", "33333333-3333-4333-8333-333333333304", "Aisha Auditor", "Auditor"),
    ];

    public static readonly ImmutableArray<LocalConversation> Channels =
    [
        new(TeamId, PlaceKind.Channel, "General"),
        new("19:local-contoso@thread.tacv2", PlaceKind.Channel, "Contoso"),
        new("19:local-fabrikam@thread.tacv2", PlaceKind.Channel, "Fabrikam"),
        new("19:local-escalations@thread.tacv2", PlaceKind.Channel, "Escalations"),
    ];

    public static readonly LocalConversation GroupChat = new("19:local-servicedesk@thread.v2", PlaceKind.GroupChat, "Service Desk");

    public static readonly ImmutableArray<LocalConversation> PersonalChats =
        [.. People.Select(person => new LocalConversation($"a:1local-{person.Id}", PlaceKind.Personal, BotName, person))];

    public static readonly ImmutableArray<LocalConversation> Places = [.. Channels, GroupChat, .. PersonalChats];

    /// <param name="key">Short name, MRI, Entra object id or user principal name.</param>
    public static LocalUser? FindPerson(string? key) => People.FirstOrDefault(person =>
        key is not null && (person.Mri == key
            || string.Equals(person.Id, key, StringComparison.OrdinalIgnoreCase)
            || string.Equals(person.ObjectId, key, StringComparison.OrdinalIgnoreCase)
            || string.Equals(person.Upn, key, StringComparison.OrdinalIgnoreCase)));

    public static LocalConversation? FindPlace(string id) => Places.FirstOrDefault(place => place.Id == id);

    public static IEnumerable<LocalUser> GetMembers(LocalConversation place) => People.Where(place.Has);
}
