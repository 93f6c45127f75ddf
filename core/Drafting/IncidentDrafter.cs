using DevOpsAI.Incidents;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Drafting;

/// <summary>Makes the recommendation for an incident: finds its runbook, looks at the target, and fills the plan in.</summary>
internal sealed class IncidentDrafter(
    ITenantDirectory tenants, RunbookCatalog runbooks, TargetResolver resolver, IOptions<DraftingOptions> options, TimeProvider clock,
    ILogger<IncidentDrafter> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>The recommendation for the incident as it is now, under this number.</summary>
    public async Task<RecommendationDrafted> DraftAsync(Incident incident, int revision, CancellationToken cancellationToken)
    {
        var about = DraftCase.Create(incident, revision, tenants.Find(incident.Tenant)?.Name ?? incident.Tenant.Value);
        if (incident.AsksAfterUndo)
            return RunbookDrafter.AfterUndo(about) with { Subject = incident.Opened.Subject };
        if (incident.Opened.Scope == IncidentScope.One && runbooks.For(about.Kind, about.Newest?.Attributes) is (var runbook, var isExact))
        {
            var found = await ResolveAsync(incident, runbook, about, cancellationToken);
            var draft = RunbookDrafter.With(runbook, about, found, clock.GetUtcNow());
            return draft with { ByWords = isExact ? null : true, Subject = incident.Opened.Subject };
        }
        var doubt = about.Newest is { } newest ? runbooks.DoubtAbout(about.Kind, newest.Attributes) : null;
        return RunbookDrafter.WithoutRunbook(about, doubt) with { Subject = incident.Opened.Subject };
    }

    /// <summary>
    /// Whether the vendors answer by now that a draft of the incident was not complete without. Asked once, and nothing is put on record.
    /// </summary>
    public async Task<bool> DoAnswerAsync(Incident incident, CancellationToken cancellationToken)
    {
        var about = DraftCase.Create(incident, 1, tenants.Find(incident.Tenant)?.Name ?? incident.Tenant.Value);
        if (runbooks.For(about.Kind, about.Newest?.Attributes) is not (var runbook, _))
            return false;
        using var late = new CancellationTokenSource(options.Value.VendorTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            return await resolver.ResolveAsync(incident.Tenant, runbook, about.Facts, either.Token).WaitAsync(either.Token)
                is not Resolution.Unreachable;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Asks the vendor a few times within a bounded time: an incident must not wait for ever for somebody else's system.</summary>
    private async Task<Resolution> ResolveAsync(Incident incident, Runbook runbook, DraftCase about, CancellationToken cancellationToken)
    {
        var (tries, timeout) = (options.Value.VendorTries, options.Value.VendorTimeout);
        using var impatience = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, impatience.Token);
        var silent = new Resolution.Unreachable($"no answer within {timeout.TotalSeconds:0} seconds", null);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                // A connector that does not heed its token must not hold the incident either.
                var resolution = await resolver.ResolveAsync(incident.Tenant, runbook, about.Facts, either.Token).WaitAsync(either.Token);
                if (resolution is not Resolution.Unreachable unreachable)
                    return resolution;
                silent = unreachable;
                log.VendorSilent(incident.Id, incident.Tenant, attempt, tries, unreachable.Message);
                if (attempt >= tries)
                    return unreachable;
                await Task.Delay(unreachable.TryAgainIn is { Ticks: > 0 } asked ? asked : Pause * attempt, clock, either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return silent;
        }
    }
}
