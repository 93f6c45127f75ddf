using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Digests;
using DevOpsAI.Bot.Teams;
using DevOpsAI.Digests;
using DevOpsAI.Gates;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Conversation;

/// <summary>Commands that only ask. Each answers with one message.</summary>
internal sealed class Questions(
    ITenantDirectory tenants, TenantStates states, IAccess access, Visibility visibility, IncidentViews views, Trails trails, Checkpoints checkpoints, DigestCards digests, TimeProvider clock)
{
    private const int MostNamed = 8;

    public async Task<OutgoingMessage> PendingAsync(TurnContext turn, Person person, string? word, CancellationToken cancellationToken)
    {
        var conversation = turn.Conversation;
        if (word is not null)
        {
            if (await visibility.TenantAsync(word, person, cancellationToken) is not { } named)
                return Reply.Notice(visibility.NoClient(word, person));
            return await visibility.MayBeShownAsync(named.Tenant.Id, named.State, conversation, cancellationToken)
                ? Reply.Card(PendingCard.Build([(named.Tenant, named.State)], clock.GetUtcNow()))
                : Reply.Notice(Sentences.NotHere);
        }
        var visible = await visibility.TenantsAsync(person, conversation, cancellationToken);
        var linked = visible.Where(tenant => tenant.State.Channels.ContainsKey(conversation.ChannelId)).ToList();
        var asked = linked.Count > 0 ? linked : visible;
        var leftOut = visibility.LeftOut(person, conversation);
        if (asked.Count == 0)
        {
            return leftOut.Count > 0 ? Reply.Notice(Sentences.LeftOut(leftOut))
                : Reply.Notice("There is no client whose incidents I may show you in this conversation.", detail: "Ask me in a personal chat, or say whoami to see your roles.");
        }
        return Reply.Card(PendingCard.Build(
            [.. asked.Select(tenant => (tenant.Tenant, tenant.State))], clock.GetUtcNow(), leftOut.Count > 0 ? Sentences.LeftOut(leftOut) : null));
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

    /// <summary>As the digest that is posted daily, but as of now: since the last that this conversation had, else since the client's last one anywhere.</summary>
    public async Task<OutgoingMessage> DigestAsync(TurnContext turn, Person person, string? word, CancellationToken cancellationToken)
    {
        var (asked, refused) = await OneAsync(turn, person, word, "digest <client>", cancellationToken);
        if (asked is null)
            return refused!;
        var marks = asked.State.Digests;
        var since = marks.GetValueOrDefault(turn.Conversation.ChannelId) ?? marks.Values.MaxBy(static mark => mark.Through) ?? DigestMark.Beginning;
        return Reply.Card(await digests.CardAsync(asked.Tenant, asked.State, since, cancellationToken)) with { Evidence = new(asked.Tenant.Id, "digest-asked") };
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
            return (null, word is null ? Reply.Notice("Of which client?", detail: usage) : Reply.Notice(visibility.NoClient(word, person)));
        return await visibility.MayBeShownAsync(asked.Tenant.Id, asked.State, turn.Conversation, cancellationToken)
            ? (asked, null)
            : (null, Reply.Notice(Sentences.NotHere));
    }

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

    public async Task<OutgoingMessage> WhyAsync(TurnContext turn, Person person, string incidentId, CancellationToken cancellationToken) =>
        await visibility.FindAsync(incidentId, person, turn.Conversation, cancellationToken) is Sought.Found found
            ? Reply.Card(await trails.CardAsync(
                views.ForPerson(found.Where.State, found.Incident, turn.Conversation.ChannelId, person) with { IsCopy = true }, int.MaxValue, cancellationToken))
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
        return Reply.Notice(Sentences.NotFound(sought, incidentId), detail: known.Count > 0 ? $"I know {string.Join(", ", known)}." : null);
    }
}
