using System.Collections.Concurrent;
using DevOpsAI.Digests;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Digests;

/// <summary>
/// Posts each linked conversation's digest when it is due. Keeps nothing: what is due is read from the state, so a bot that was away posts
/// one digest of the whole time. Escalation channels get none.
/// </summary>
internal sealed class DigestPoster(
    TenantStates states, ITenantDirectory tenants, DigestDelivery delivery, ISubscribedTenants followed, IOptions<DigestsOptions> options,
    TimeProvider clock, ILogger<DigestPoster> logger, IKillSwitch? killSwitch = null) : BackgroundService
{
    /// <summary>In case the clock was set, or a conversation was linked.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(1);

    /// <summary>A mark further ahead of now was made while the clock was wrong, and must not hold the digests back until then.</summary>
    private static readonly TimeSpan WrongBy = TimeSpan.FromHours(1);

    private readonly DigestSchedule schedule = options.Value.Schedule();
    /// <summary>By linked conversation, the last posting: one at a time.</summary>
    private readonly ConcurrentDictionary<(TenantId Tenant, ConversationId Conversation), Task> posting = new();

    /// <summary>Begins to post what is due now for every tenant.</summary>
    public Task CatchUpAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(tenants.All.Select(tenant => CatchUpAsync(tenant, cancellationToken)));

    private async Task CatchUpAsync(Tenant tenant, CancellationToken cancellationToken)
    {
        if (!followed.IsMine(tenant.Id) || killSwitch?.IsOn(tenant.Id) == true)
            return;
        var state = await states.GetAsync(tenant.Id, cancellationToken);
        foreach (var link in state.Channels.Values.Where(link => IsDue(state, link)))
            Begin(tenant, link.Channel.ConversationId, cancellationToken);
    }

    /// <summary>Completes when nothing is being posted; for tests and orderly stops.</summary>
    public Task IdleAsync() => Task.WhenAll(posting.Values);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
            return;
        var worker = new TenantWorker(clock, MaxWait, (tenant, failure, _) => logger.DigestsWait(tenant, failure));
        await Task.WhenAll(tenants.All.Select(tenant => worker.RepeatAsync(
            tenant.Id,
            async stop =>
            {
                await CatchUpAsync(tenant, stop);
                var now = clock.GetUtcNow();
                var wait = schedule.NextDue(now) - now;
                return NextRound.After(wait < MaxWait ? wait : MaxWait);
            },
            stoppingToken)));
        await IdleAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private bool IsDue(TenantState state, ChannelLinked link) =>
        !link.Escalation && state.Digests.GetValueOrDefault(link.Channel.ConversationId) is { } mark && clock.GetUtcNow() is var now
            && (mark.At < schedule.LastDue(now) || mark.At > now + WrongBy);

    /// <summary>Each conversation waits for Teams by itself.</summary>
    private void Begin(Tenant tenant, ConversationId conversation, CancellationToken stopping)
    {
        var place = (tenant.Id, conversation);
        if (posting.TryGetValue(place, out var before) && !before.IsCompleted)
            return;
        posting[place] = Task.Run(() => TryPostAsync(tenant, conversation, stopping), CancellationToken.None);
    }

    private async Task TryPostAsync(Tenant tenant, ConversationId conversation, CancellationToken stopping)
    {
        try
        {
            await PostAsync(tenant, conversation, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is on record by then says whether the next start tries again.
        }
        catch (Exception problem)
        {
            logger.DigestFailed(tenant.Id, conversation, problem);
        }
    }

    private async Task PostAsync(Tenant tenant, ConversationId conversation, CancellationToken stopping)
    {
        var state = await states.GetAsync(tenant.Id, stopping);
        if (state.Channels.TryGetValue(conversation, out var link) && IsDue(state, link))
            await delivery.PostAsync(tenant, state, link, schedule.LastDue(clock.GetUtcNow()), stopping);
    }
}
