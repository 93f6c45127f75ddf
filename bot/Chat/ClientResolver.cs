using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;

namespace DevOpsAI.Bot.Chat;

/// <summary>Finds out which client is meant: by a word, else by the conversation, else by what the person may see.</summary>
public sealed class ClientResolver(Visibility visibility, IAccess access)
{
    private const int MaxNamed = 8;

    /// <summary>
    /// One client to tell something of: the one that is named, else the one of the conversation, else the only one there is.
    /// </summary>
    /// <returns>Exactly one of the two.</returns>
    public async Task<(TenantNow? Client, OutgoingMessage? Refused)> OneAsync(
        ChatTurn turn, string? word, string usage, CancellationToken cancellationToken)
    {
        if (word is not null)
            return await NamedAsync(turn, word, cancellationToken);
        var visible = await visibility.TenantsAsync(turn.Person, turn.Conversation, cancellationToken);
        return LinkedIn(turn, visible) switch
        {
            [var linked] => (linked, null),
            _ when visible is [var only] => (only, null),
            _ => (null, Reply.Notice("Of which client?", detail: usage + Yours(visible))),
        };
    }

    /// <summary>
    /// Clients to tell something of: the one that is named, else that of the conversation, else every one that may be talked about there.
    /// </summary>
    /// <returns>At least one client, or why there is none.</returns>
    public async Task<(IReadOnlyList<TenantNow> Clients, OutgoingMessage? Refused)> AllAsync(
        ChatTurn turn, string? word, CancellationToken cancellationToken)
    {
        if (word is not null)
        {
            var (named, refused) = await NamedAsync(turn, word, cancellationToken);
            return (named is null ? [] : [named], refused);
        }
        var visible = await visibility.TenantsAsync(turn.Person, turn.Conversation, cancellationToken);
        if (visible.Count == 0)
        {
            return ([], visibility.LeftOut(turn.Person, turn.Conversation) is { } leftOut
                ? Reply.Notice(leftOut)
                : Reply.Notice(UserMessages.NothingToShow, detail: "Ask me in a personal chat, or say whoami to see your roles."));
        }
        var linked = LinkedIn(turn, visible);
        return (linked.Count > 0 ? linked : visible, null);
    }

    /// <summary>
    /// The client that something is to be done for: the first word names it, or else it is the one that the conversation is linked to.
    /// Whoever names a client that they may not see means no other.
    /// </summary>
    /// <returns>Null for none; the words without the client's name.</returns>
    public async ValueTask<(TenantNow? Client, string Words)> FirstAsync(
        ChatTurn turn, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        if (words.Count > 0 && await visibility.TenantAsync(words[0], turn.Person, cancellationToken) is { } named)
            return (named, string.Join(' ', words.Skip(1)));
        if (words.Count > 0 && visibility.NamesAClient(words[0]))
            return (null, "");
        var linked = await visibility.LinkedToAsync(turn.Conversation.ChannelId, cancellationToken);
        return linked is [var only] && access.GetRoles(only.State, turn.Person.ObjectId).Count > 0
            ? (only, string.Join(' ', words))
            : (null, "");
    }

    /// <summary>What to answer where <see cref="FirstAsync"/> found none.</summary>
    public OutgoingMessage NotNamed(ChatTurn turn, IReadOnlyList<string> words, string question, string? usage) =>
        Reply.NotForThem(words.Count == 0 ? question : visibility.NoClient(words[0], turn.Person), usage);

    /// <summary>Every client at once is meant, unless one is called so.</summary>
    public async ValueTask<bool> IsEverythingAsync(ChatTurn turn, IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        words.Count > 0
        && words[0].Equals("everything", StringComparison.OrdinalIgnoreCase)
        && await visibility.TenantAsync(words[0], turn.Person, cancellationToken) is null;

    private async Task<(TenantNow? Client, OutgoingMessage? Refused)> NamedAsync(
        ChatTurn turn, string word, CancellationToken cancellationToken)
    {
        if (await visibility.TenantAsync(word, turn.Person, cancellationToken) is not { } named)
            return (null, Reply.NotForThem(visibility.NoClient(word, turn.Person)));
        return await visibility.MayBeShownAsync(named.Tenant.Id, named.State, turn.Conversation, cancellationToken)
            ? (named, null)
            : (null, Reply.Notice(UserMessages.NotHere));
    }

    private static List<TenantNow> LinkedIn(ChatTurn turn, IReadOnlyList<TenantNow> visible) =>
        [.. visible.Where(client => client.State.Channels.ContainsKey(turn.Conversation.ChannelId))];

    private static string Yours(IReadOnlyList<TenantNow> visible)
    {
        if (visible.Count == 0)
            return "";
        var more = visible.Count > MaxNamed ? $" and {visible.Count - MaxNamed} more" : "";
        return $" – yours: {string.Join(", ", visible.Take(MaxNamed).Select(static client => client.Tenant.Id))}{more}";
    }
}
