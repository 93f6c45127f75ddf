using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Gates;

/// <summary>Who may say where a tenant's cards are shown.</summary>
internal static class ChannelPermissions
{
    public static Outcome? Check(TenantState state, Person by, IAccess access)
    {
        if (access.EverybodyIsAdministrator)
            return null;
        var roles = access.GetRoles(state, by.ObjectId);
        return roles.Contains(Role.Administrator) || roles.Contains(Role.Manager) || roles.Contains(Role.Approver)
            ? null
            : Outcome.Refuse(null, Refusal.NotAllowed,
                $"Only administrators, managers and approvers of {state.Name} may link or unlink its channels.");
    }

    public static string GetName(ChannelRef channel) =>
        channel.Name is { Length: > 0 } name ? $"'{GateMessages.Said(name)}'" : "This conversation";
}

/// <summary>Links a conversation to a tenant. A conversation shows one tenant's cards, never two.</summary>
internal sealed class LinkChannelHandler(
    DecisionService recorder, TenantStates states, ITenantDirectory tenants, IAccess access, ChannelClaims claims)
    : IRequestHandler<LinkChannel, RequestResult>
{
    public async Task<RequestResult> Handle(LinkChannel request, CancellationToken cancellationToken)
    {
        try
        {
            if (!await claims.TryTakeAsync(request.Channel.ConversationId, request.Tenant, cancellationToken))
                return new(null, Refusal.NotPossible,
                    $"{ChannelPermissions.GetName(request.Channel)} is being linked by someone else at this moment. Try again in a "
                    + "minute.");
            try
            {
                // Only after the claim: whoever had it before has recorded its link by now.
                var other = await OtherTenantAsync(request, cancellationToken);
                return await recorder.RecordAsync(request.Tenant, null, state => Decide(state, request, other), null, cancellationToken);
            }
            finally
            {
                await claims.ReleaseAsync(request.Channel.ConversationId);
            }
        }
        catch (LedgerUnavailableException)
        {
            return new(null, Refusal.RecordUnavailable,
                "The record cannot be read at the moment, so nothing was linked. Try again in a minute.");
        }
    }

    private async Task<TenantId?> OtherTenantAsync(LinkChannel request, CancellationToken cancellationToken)
    {
        foreach (var tenant in tenants.All.Where(tenant => tenant.Id != request.Tenant))
        {
            if ((await states.GetAsync(tenant.Id, cancellationToken)).Channels.ContainsKey(request.Channel.ConversationId))
                return tenant.Id;
        }
        return null;
    }

    private Outcome Decide(TenantState state, LinkChannel command, TenantId? other)
    {
        if (ChannelPermissions.Check(state, command.By, access) is { } refused)
            return refused;
        var name = ChannelPermissions.GetName(command.Channel);
        // Which tenant it is, is told to those only who may see that tenant: people of both would know already.
        if (other is not null)
            return Outcome.Refuse(null, Refusal.NotPossible,
                $"{name} is linked to another tenant already; unlink it first: a conversation shows one tenant's cards only.");
        var linked = new ChannelLinked(command.Channel, command.Escalation);
        if (state.Channels.GetValueOrDefault(command.Channel.ConversationId) == linked)
            return Outcome.AlreadySo($"{name} is linked to {state.Name} already.");
        return Outcome.On(state, StreamId.Channels, command.By, command.Correlation, linked, command.Escalation
            ? $"{name} is linked to {state.Name}: what nobody decides in time is told here."
            : $"{name} is linked to {state.Name}: its cards are shown here.");
    }
}

internal sealed class UnlinkChannelHandler(DecisionService recorder, IAccess access) : IRequestHandler<UnlinkChannel, RequestResult>
{
    public Task<RequestResult> Handle(UnlinkChannel request, CancellationToken cancellationToken) =>
        recorder.RecordAsync(request.Tenant, null, state => Decide(state, request), null, cancellationToken);

    private Outcome Decide(TenantState state, UnlinkChannel command)
    {
        if (ChannelPermissions.Check(state, command.By, access) is { } refused)
            return refused;
        if (state.Channels.GetValueOrDefault(command.ConversationId) is not { } linked)
            return Outcome.AlreadySo($"This conversation is not linked to {state.Name}.");
        return Outcome.On(state, StreamId.Channels, command.By, command.Correlation,
            new ChannelUnlinked(command.ConversationId, "unlinked by a person"),
            $"{ChannelPermissions.GetName(linked.Channel)} is no longer linked to {state.Name}.");
    }
}
