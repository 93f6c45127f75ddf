using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>A client as of now.</summary>
public sealed record TenantNow(Tenant Tenant, TenantState State);

/// <summary>An incident that a person asked for.</summary>
public abstract record Sought
{
    private Sought() { }

    public sealed record Found(TenantNow Where, Incident Incident) : Sought;

    /// <summary>There is none, or the person has no role for its client; the two look the same.</summary>
    public sealed record Unknown : Sought;

    /// <summary>Its client is kept in another region, and the person may know that.</summary>
    public sealed record OtherRegion(OtherRegionTenant Where) : Sought;

    /// <summary>The person may see it, but others who read this conversation may not.</summary>
    public sealed record NotHere : Sought;
}

/// <summary>
/// What may be said to whom, and where: a person needs a role for the client, and a shared conversation shows only the client it is linked
/// to.
/// </summary>
public sealed class Visibility(ITenantDirectory tenants, TenantStates states, IAccess access, IKeyRing keys, Quarantine quarantine)
{
    /// <summary>The clients whose cards go to this conversation; usually one or none.</summary>
    /// <exception cref="LedgerUnavailableException">
    /// Among others where it may be linked to a client that is locked: nobody else's is shown there.
    /// </exception>
    public async ValueTask<IReadOnlyList<TenantNow>> LinkedToAsync(ConversationId conversationId, CancellationToken cancellationToken)
    {
        List<TenantNow> linked = [];
        Tenant? unread = null;
        foreach (var tenant in tenants.All)
        {
            if (await states.FindAsync(tenant.Id, cancellationToken) is not { } state)
                unread = tenant;
            else if (state.Channels.ContainsKey(conversationId))
                linked.Add(new(tenant, state));
        }
        if (linked.Count > 0 || unread is null)
            return linked;
        // Trying again in a minute helps with a key that is unavailable, not with a record that has to be restored.
        quarantine.ThrowIfHeld(unread.Id);
        throw new LedgerUnavailableException(
            $"Whether a conversation is linked to {unread.Id} cannot be told while that tenant is locked.");
    }

    /// <summary>The client of this name, prefix or id that the person has a role for; null when there is none.</summary>
    public async ValueTask<TenantNow?> TenantAsync(string word, Person person, CancellationToken cancellationToken)
    {
        var tenant = (TenantId.TryParse(word, out var id) ? tenants.Find(id) : null)
            ?? tenants.FindByPrefix(word.ToUpperInvariant())
            ?? tenants.All.FirstOrDefault(known => known.Name.Equals(word, StringComparison.OrdinalIgnoreCase));
        if (tenant is null)
            return null;
        return await StateForAsync(tenant, person, cancellationToken) is { } state ? new(tenant, state) : null;
    }

    /// <summary>Some client is called so, whoever may see it: such a word is not the beginning of a reason or a person's name.</summary>
    public bool NamesAClient(string word) => tenants.All.Concat(tenants.InOtherRegions.Select(static one => one.Tenant)).Any(tenant =>
        tenant.Id.Value.Equals(word, StringComparison.OrdinalIgnoreCase)
        || tenant.Prefix.Equals(word, StringComparison.OrdinalIgnoreCase)
        || tenant.Name.Equals(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Names, prefixes and ids of clients that the person has a role for and that would otherwise be read as mere politeness, such as
    /// <c>a</c> or <c>CAN</c>.
    /// </summary>
    public async ValueTask<IReadOnlyCollection<string>> PoliteNamesAsync(Person person, CancellationToken cancellationToken)
    {
        List<string> names = [];
        foreach (var tenant in tenants.All)
        {
            string[] polite = [.. new[] { tenant.Id.Value, tenant.Prefix, tenant.Name }.Where(TypedText.MeansNothing)];
            if (polite.Length > 0 && await states.FindAsync(tenant.Id, cancellationToken) is { } state && HasRole(state, person))
                names.AddRange(polite);
        }
        return names;
    }

    /// <summary>What incidents begin with that the person may ask for; of clients served elsewhere too, which they are told.</summary>
    public async ValueTask<IReadOnlyCollection<string>> PrefixesAsync(Person person, CancellationToken cancellationToken)
    {
        List<string> prefixes =
            [.. tenants.InOtherRegions.Select(static one => one.Tenant).Where(
                tenant => MayKnow(tenant, person)).Select(static tenant => tenant.Prefix)];
        foreach (var tenant in tenants.All)
        {
            if (await states.FindAsync(tenant.Id, cancellationToken) is { } state ? HasRole(state, person) : MayKnow(tenant, person))
                prefixes.Add(tenant.Prefix);
        }
        return prefixes;
    }

    /// <summary>What to say of a word that names no client which the person may see.</summary>
    public string NoClient(string word, Person person) => tenants.InOtherRegions.FirstOrDefault(elsewhere =>
        (TenantId.TryParse(word, out var id) && elsewhere.Tenant.Id == id)
        || elsewhere.Tenant.Prefix.Equals(word, StringComparison.OrdinalIgnoreCase)
        || elsewhere.Tenant.Name.Equals(word, StringComparison.OrdinalIgnoreCase)) is { } known && MayKnow(known.Tenant, person)
            ? known.Message
            : UserMessages.NoClient(word);

    /// <summary>
    /// Says which clients of this person cannot be read now, because they are locked; null when none, and in a conversation that others
    /// read.
    /// </summary>
    public string? LeftOut(Person person, ConversationRef conversation)
    {
        if (!conversation.IsPersonal)
            return null;
        return UserMessages.LeftOut(
            Known(keys.Unavailable.Select(static one => one.Tenant).Where(tenant => !quarantine.Holds(tenant))), Known(
                quarantine.Held.Keys));

        IReadOnlyList<Tenant> Known(IEnumerable<TenantId> locked) =>
            [.. locked.Select(tenants.Find).OfType<Tenant>().Where(tenant => MayKnow(tenant, person))];
    }

    /// <summary>Every client that may be talked about with this person in this conversation, and whose records can be read now.</summary>
    public async ValueTask<IReadOnlyList<TenantNow>> TenantsAsync(
        Person person, ConversationRef conversation, CancellationToken cancellationToken)
    {
        List<TenantNow> visible = [];
        foreach (var tenant in tenants.All)
        {
            if (await states.FindAsync(tenant.Id, cancellationToken) is { } state && HasRole(state, person)
                && await MayBeShownAsync(tenant.Id, state, conversation, cancellationToken))
                visible.Add(new(tenant, state));
        }
        return visible;
    }

    public async ValueTask<Sought> FindAsync(
        IncidentId incidentId, Person person, ConversationRef conversation, CancellationToken cancellationToken) =>
        tenants.FindByPrefix(incidentId.Prefix) is { } tenant
            ? await FindAsync(tenant.Id, incidentId, person, conversation, cancellationToken)
            : FindInOtherRegion(tenants.InOtherRegions.FirstOrDefault(one => one.Tenant.Prefix == incidentId.Prefix), person);

    public async ValueTask<Sought> FindAsync(
        TenantId tenantId, IncidentId incidentId, Person person, ConversationRef conversation, CancellationToken cancellationToken)
    {
        if (tenants.Find(tenantId) is not { } tenant)
            return FindInOtherRegion(tenants.FindInOtherRegion(tenantId), person);
        if (await StateForAsync(tenant, person, cancellationToken) is not { } state)
            return new Sought.Unknown();
        if (await states.IncidentAsync(state, incidentId, cancellationToken) is not { } incident)
            return new Sought.Unknown();
        return await MayBeShownAsync(tenantId, state, conversation, cancellationToken)
            ? new Sought.Found(new(tenant, state), incident)
            : new Sought.NotHere();
    }

    /// <summary>What else than an incident is decided about; null where there is none, or this person may not see it here.</summary>
    public async ValueTask<(TenantNow Where, Proposal Proposal)?> FindAsync(
        TenantId tenantId, ProposalSubject subject, Person person, ConversationRef conversation, CancellationToken cancellationToken) =>
        !subject.IsIncident
        && tenants.Find(tenantId) is { } tenant
        && await StateForAsync(tenant, person, cancellationToken) is { } state
        && await MayBeShownAsync(tenantId, state, conversation, cancellationToken)
        && state.FindProposal(subject) is { } proposal
            ? (new TenantNow(tenant, state), proposal)
            : null;

    /// <summary>
    /// A personal chat shows whatever its person may see. A shared conversation shows the client it is linked to; one that is linked to
    /// nobody shows nothing, except where everybody may see everything anyway.
    /// </summary>
    public async ValueTask<bool> MayBeShownAsync(
        TenantId tenant, TenantState state, ConversationRef conversation, CancellationToken cancellationToken)
    {
        if (conversation.IsPersonal || state.Channels.ContainsKey(conversation.ChannelId))
            return true;
        return access.EverybodyIsAdministrator
            && (await LinkedToAsync(conversation.ChannelId, cancellationToken)).All(linked => linked.Tenant.Id == tenant);
    }

    private Sought FindInOtherRegion(OtherRegionTenant? elsewhere, Person person) =>
        elsewhere is not null && MayKnow(elsewhere.Tenant, person) ? new Sought.OtherRegion(elsewhere) : new Sought.Unknown();

    /// <summary>Roles given by command are on a ledger that is not read here; those of the configuration count.</summary>
    private bool MayKnow(Tenant tenant, Person person) => access.GetRoles(states.Empty(tenant.Id), person.ObjectId).Count > 0;

    /// <summary>The tenant as of now, for somebody who has a role there; else null.</summary>
    private async ValueTask<TenantState?> StateForAsync(Tenant tenant, Person person, CancellationToken cancellationToken)
    {
        try
        {
            var state = await states.GetAsync(tenant.Id, cancellationToken);
            return HasRole(state, person) ? state : null;
        }
        catch (TenantLockedException) when (!MayKnow(tenant, person))
        {
            return null;
        }
    }

    private bool HasRole(TenantState state, Person person) => access.GetRoles(state, person.ObjectId).Count > 0;
}
