using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Digests;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Gates;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>Commands that only ask. Each answers with one message.</summary>
internal sealed class Questions(
    ITenantDirectory tenants, TenantStates states, IAccess access, Visibility visibility, IncidentViews views, Helpers helpers, Trails trails, Checkpoints checkpoints, DigestCards digests, TimeProvider clock)
{
    private const int MostNamed = 8;

    public async Task<OutgoingMessage> PendingAsync(TurnContext turn, Person person, string? word, int page, CancellationToken cancellationToken)
    {
        var conversation = turn.Conversation;
        if (word is not null)
        {
            if (await visibility.TenantAsync(word, person, cancellationToken) is not { } named)
                return Reply.NotForThem(visibility.NoClient(word, person));
            return await visibility.MayBeShownAsync(named.Tenant.Id, named.State, conversation, cancellationToken)
                ? Reply.Card(PendingCard.Build([(named.Tenant, named.State)], clock.GetUtcNow(), page: page, client: named.Tenant.Id.Value))
                : Reply.Notice(Sentences.NotHere);
        }
        var visible = await visibility.TenantsAsync(person, conversation, cancellationToken);
        var linked = visible.Where(tenant => tenant.State.Channels.ContainsKey(conversation.ChannelId)).ToList();
        var asked = linked.Count > 0 ? linked : visible;
        var leftOut = visibility.LeftOut(person, conversation);
        if (asked.Count == 0)
        {
            return leftOut is not null ? Reply.Notice(leftOut)
                : Reply.Notice("There is no client whose incidents I may show you in this conversation.", detail: "Ask me in a personal chat, or say whoami to see your roles.");
        }
        return Reply.Card(PendingCard.Build(
            [.. asked.Select(tenant => (tenant.Tenant, tenant.State))], clock.GetUtcNow(), leftOut, page));
    }

    /// <summary>Whoever reads it here holds what nobody can change behind their back: Teams keeps the message.</summary>
    public async Task<OutgoingMessage> CheckpointAsync(TurnContext turn, Person person, string? word, CancellationToken cancellationToken)
    {
        var (asked, refused) = await OneAsync(turn, person, word, "checkpoint <client>", cancellationToken);
        if (asked is null)
            return refused!;
        try
        {
            return await checkpoints.NewestAsync(asked.Tenant.Id, cancellationToken) is { } newest
                ? Reply.Card(MessageCards.Checkpoint(asked.Tenant, newest)) with { Evidence = new(asked.Tenant.Id, "checkpoint") }
                : Reply.Notice($"No checkpoint of {asked.Tenant.Name} has been signed yet.");
        }
        catch (CheckpointException damaged)
        {
            return Reply.Notice($"The checkpoint kept for {asked.Tenant.Name} cannot be read.", detail: damaged.Message, correlation: turn.Correlation);
        }
    }

    /// <summary>As the digest that is posted daily, but as of now: since the last that this conversation had, else of the last day, or of the time that is asked for.</summary>
    public async Task<OutgoingMessage> DigestAsync(TurnContext turn, Person person, string? word, TimeSpan? last, CancellationToken cancellationToken)
    {
        var (asked, refused) = await OneAsync(turn, person, word, last is null ? "digest <client>" : "how did last week go for <client>?", cancellationToken);
        if (asked is null)
            return refused!;
        var card = last is null && asked.State.Digests.TryGetValue(turn.Conversation.ChannelId, out var since)
            ? await digests.CardAsync(asked.Tenant, asked.State, since, cancellationToken)
            : await digests.CardAsync(asked.Tenant, asked.State, last ?? TimeSpan.FromDays(1), cancellationToken);
        return Reply.Card(card) with { Evidence = new(asked.Tenant.Id, "digest-asked") };
    }

    /// <summary>The client that the word names, or that the conversation is about.</summary>
    private async Task<(TenantNow? Asked, OutgoingMessage? Refused)> OneAsync(TurnContext turn, Person person, string? word, string usage, CancellationToken cancellationToken)
    {
        var visible = await visibility.TenantsAsync(person, turn.Conversation, cancellationToken);
        var linked = visible.Where(tenant => tenant.State.Channels.ContainsKey(turn.Conversation.ChannelId)).ToList();
        var asked = word is not null ? await visibility.TenantAsync(word, person, cancellationToken)
            : linked is [var here] ? here
            : visible is [var only] ? only : null;
        if (asked is null)
            return (null, word is null ? Reply.Notice("Of which client?", detail: usage + Yours(visible)) : Reply.NotForThem(visibility.NoClient(word, person)));
        return await visibility.MayBeShownAsync(asked.Tenant.Id, asked.State, turn.Conversation, cancellationToken)
            ? (asked, null)
            : (null, Reply.Notice(Sentences.NotHere));
    }

    private static string Yours(IReadOnlyList<TenantNow> visible) => visible.Count == 0 ? ""
        : $" – yours: {string.Join(", ", visible.Take(MostNamed).Select(static tenant => tenant.Tenant.Id))}{(visible.Count > MostNamed ? $" and {visible.Count - MostNamed} more" : "")}";

    public async Task<OutgoingMessage> ShowAsync(TurnContext turn, Person person, string incidentId, string? notice, CancellationToken cancellationToken)
    {
        if (await visibility.FindAsync(incidentId, person, turn.Conversation, cancellationToken) is not Sought.Found found)
            return await NotFoundAsync(turn, person, incidentId, cancellationToken);
        var place = turn.Conversation.ChannelId;
        var view = turn.Conversation.Kind == "personal"
            ? views.ForPerson(found.Where.State, found.Incident, place, person, notice)
            : views.ForEverybody(found.Where.State, found.Incident, place) with { Notice = notice };
        return new() { Card = IncidentCard.Build(view with { IsCopy = true }), Summary = IncidentCard.Summary(view), Evidence = new(found.Where.Tenant.Id, "copy", found.Incident.Id) };
    }

    /// <summary>A typed decision decides nothing: says whether this person may decide with the buttons, or why not.</summary>
    public async Task<OutgoingMessage> DecideInWordsAsync(TurnContext turn, Person person, string incidentId, CancellationToken cancellationToken)
    {
        if (await visibility.FindAsync(incidentId, person, turn.Conversation, cancellationToken) is not Sought.Found found)
            return await NotFoundAsync(turn, person, incidentId, cancellationToken);
        var why = helpers.WhyNotDecide(turn, found.Where.State, found.Incident, person);
        return await ShowAsync(
            turn, person, incidentId, why ?? "Nothing was decided yet: decisions are taken with the buttons of the card, where it says what is decided.", cancellationToken);
    }

    public async Task<OutgoingMessage> WhoCanAsync(TurnContext turn, Person person, string incidentId, CancellationToken cancellationToken)
    {
        if (await visibility.FindAsync(incidentId, person, turn.Conversation, cancellationToken) is not Sought.Found found)
            return await NotFoundAsync(turn, person, incidentId, cancellationToken);
        var notice = DecidersOf(turn, found) is { } deciders ? $"{found.Incident.Id} can be decided by {deciders}." : $"{found.Incident.Id} waits for nobody's decision now.";
        return Reply.Notice(notice, good: true) with { Evidence = new(found.Where.Tenant.Id, "answer", found.Incident.Id) };
    }

    /// <summary>Of the client that is named or that the conversation is about; else of every one that may be talked about here.</summary>
    public async Task<OutgoingMessage> IsFrozenAsync(TurnContext turn, Person person, string? word, CancellationToken cancellationToken)
    {
        var visible = word is null ? await visibility.TenantsAsync(person, turn.Conversation, cancellationToken) : [];
        if (visible.Count > 1 && !visible.Any(tenant => tenant.State.Channels.ContainsKey(turn.Conversation.ChannelId)))
        {
            var frozen = visible.Where(static tenant => tenant.State.Freeze is not null).ToList();
            var told = frozen.Take(MostNamed).Select(tenant => tenant.State.Freeze!.Sentence(CardText.Name(tenant.Tenant.Name, 60)));
            return frozen.Count == 0
                ? Reply.Notice($"No, none of your {visible.Count} clients is frozen.", good: true)
                : Reply.Notice($"{frozen.Count} of your {visible.Count} clients {(frozen.Count == 1 ? "is" : "are")} frozen.", detail: string.Join(' ', told));
        }
        var (asked, refused) = await OneAsync(turn, person, word, "is <client> frozen?", cancellationToken);
        if (asked is null)
            return refused!;
        var client = CardText.Name(asked.Tenant.Name);
        if (asked.State.Freeze is not { } freeze)
            return Reply.Notice($"No, nobody has frozen {client}.", good: true) with { Evidence = new(asked.Tenant.Id, "answer") };
        var who = views.PeopleWith(asked.State, turn.Conversation.ChannelId, freeze.LiftedBy, freeze.By.Id) is { } able ? $"It can be lifted by {able}." : null;
        return Reply.Notice($"Yes. {freeze.Sentence(client)}", detail: who) with { Evidence = new(asked.Tenant.Id, "answer") };
    }

    private string? DecidersOf(TurnContext turn, Sought.Found found) => views.ForEverybody(found.Where.State, found.Incident, turn.Conversation.ChannelId).Deciders;

    public async Task<OutgoingMessage> WhyAsync(TurnContext turn, Person person, string incidentId, CancellationToken cancellationToken) =>
        await visibility.FindAsync(incidentId, person, turn.Conversation, cancellationToken) is Sought.Found found
            ? Reply.Card(await trails.CardAsync(
                views.ForPerson(found.Where.State, found.Incident, turn.Conversation.ChannelId, person) with { IsCopy = true }, 0, everything: false, cancellationToken))
                with { Evidence = new(found.Where.Tenant.Id, "trail", found.Incident.Id) }
            : await NotFoundAsync(turn, person, incidentId, cancellationToken);

    public async Task<OutgoingMessage> WhoAmIAsync(TurnContext turn, Person person, CancellationToken cancellationToken)
    {
        List<(Tenant, IReadOnlyCollection<Role>)> held = [];
        foreach (var tenant in tenants.All)
        {
            if (await states.FindAsync(tenant.Id, cancellationToken) is not { } state)
                continue;
            var roles = access.RolesOf(state, person.ObjectId);
            if (roles.Count > 0 && await visibility.MayBeShownAsync(tenant.Id, state, turn.Conversation, cancellationToken))
                held.Add((tenant, roles));
        }
        return Reply.Card(MessageCards.WhoAmI(person, held, access.EverybodyIsAdministrator));
    }

    /// <summary>Says the same whether the incident does not exist or is not for this person, and names what they can ask for instead.</summary>
    public async Task<OutgoingMessage> NotFoundAsync(TurnContext turn, Person person, string incidentId, CancellationToken cancellationToken)
    {
        var sought = await visibility.FindAsync(incidentId, person, turn.Conversation, cancellationToken);
        var visible = await visibility.TenantsAsync(person, turn.Conversation, cancellationToken);
        var ofPrefix = visible.Where(tenant => incidentId.StartsWith(tenant.Tenant.Prefix + "-", StringComparison.OrdinalIgnoreCase)).ToList();
        var known = (ofPrefix.Count > 0 ? ofPrefix : visible)
            .SelectMany(tenant => tenant.State.Incidents.Values.OrderByDescending(incident => incident.IsOpen).ThenByDescending(incident => incident.OpenedSeq).Take(MostNamed))
            .Take(MostNamed)
            .Select(incident => incident.Id)
            .ToList();
        return Reply.NotForThem(Sentences.NotFound(sought, incidentId), detail: known.Count > 0 ? $"I know {string.Join(", ", known)}." : null);
    }
}
