using DevOpsAI.Bot.Cards;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>What several answers say.</summary>
internal static class UserMessages
{
    public const string NobodyKnown = "Teams did not say who you are (no Entra object id), so there is nothing I may do for you.";
    public const string NotRecorded =
        "The record cannot be reached at the moment, so nothing was done and nothing was recorded. Please try again in a minute.";

    public const string ClockJumped =
        "The clock of this machine jumped far ahead, so nothing was done and nothing was recorded. "
        + "It works again when whoever runs this bot has set the clock right, or has started the bot again because it is right.";

    /// <summary>Of a client whose customer-managed key is not to be had.</summary>
    public const string Unavailable =
        "That client's record is locked: the key that the client manages for it is not to be had at the moment. "
        + "Nothing was done and nothing was recorded. Other clients are served; this one is again as soon as its key is back.";

    /// <summary>Of a client whose record is not what was recorded.</summary>
    public const string Damaged =
        "That client's record is damaged, so nothing was done and nothing was recorded; "
        + "nothing will be for this client until whoever runs this bot has restored its record. Other clients are served.";

    /// <summary>Why nothing was done when the record could not be reached.</summary>
    public static string GetReason(LedgerUnavailableException unavailable) => unavailable switch
    {
        LedgerDamagedException => Damaged,
        TenantLockedException => Unavailable,
        ClockJumpedException => ClockJumped,
        _ => NotRecorded,
    };

    /// <param name="unavailable">Clients whose key is not to be had.</param>
    /// <param name="damaged">Clients whose record is damaged.</param>
    /// <returns>Null when nobody is left out.</returns>
    public static string? LeftOut(IReadOnlyList<Tenant> unavailable, IReadOnlyList<Tenant> damaged)
    {
        List<string> said = [];
        if (unavailable.Count > 0)
        {
            said.Add($"{Are(unavailable)} left out: the record is locked, "
                + "because the key that the client manages for it is not to be had at the moment.");
        }
        if (damaged.Count > 0)
            said.Add($"{Are(damaged)} left out: the record is damaged and has to be restored by whoever runs this bot.");
        return said.Count == 0 ? null : string.Join(' ', said);
    }

    private static string Are(IReadOnlyList<Tenant> tenants) =>
        $"{string.Join(", ", tenants.Select(tenant => CardText.Name(tenant.Name, 40)))} {(tenants.Count == 1 ? "is" : "are")}";

    public const string NothingToShow = "There is no client whose incidents I may show you in this conversation.";

    public const string NotHere =
        "That client is not shown in this conversation, because others read it too. "
        + "Ask me in a personal chat, or in a channel that is linked to it.";

    /// <summary>Said instead of anything about the client that the conversation is linked to.</summary>
    public const string NoRoleHere =
        "You have no role for the client that this conversation is linked to, so nothing was done. "
        + "Ask one of its administrators for a role.";

    public static string NoClient(string word) => $"I know no client “{CardText.Plain(word, 60)}” that you may see.";

    public static string NotFound(Sought sought, IncidentId incidentId) => sought switch
    {
        Sought.OtherRegion elsewhere => CardText.Plain(elsewhere.Where.Message, 300),
        Sought.NotHere => $"{incidentId} is not shown in this conversation, because others read it too. "
            + "Ask me in a personal chat, or in a channel that is linked to its client.",
        _ => $"I know no incident {incidentId} that you may see.",
    };
}
