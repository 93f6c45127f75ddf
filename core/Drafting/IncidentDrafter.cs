using DevOpsAI.Drafting.Intelligence;
using DevOpsAI.Incidents;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Drafting;

/// <summary>Makes the recommendation for an incident: finds its runbook, looks at the target, and fills the plan in.</summary>
internal sealed class IncidentDrafter(
    ITenantDirectory tenants, RunbookCatalog runbooks, TargetResolver resolver, IOptions<DraftingOptions> options, TimeProvider clock,
    ILogger<IncidentDrafter> log, ModelDrafting? models = null)
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
            var resolution = await ResolveAsync(
                about, stop => resolver.ResolveAsync(incident.Tenant, runbook, about.Facts, stop), cancellationToken);
            var draft = RunbookDrafter.With(runbook, about, resolution, clock.GetUtcNow()) with
            {
                ByWords = isExact ? null : true, Subject = incident.Opened.Subject,
            };
            return models is null
                ? draft
                : await models.DraftAsync(about, draft, resolution as Resolution.Found, runbook, cancellationToken);
        }
        var doubt = about.Newest is { } newest ? runbooks.DoubtAbout(about.Kind, newest.Attributes) : null;
        var floor = RunbookDrafter.WithoutRunbook(about, doubt) with { Subject = incident.Opened.Subject };
        return models is { IsThere: true }
            ? await models.DraftAsync(about, floor, await FindAsync(about, doubt, cancellationToken), null, cancellationToken)
            : floor;
    }

    /// <summary>What an alert without a runbook is about; null unless that is as certain as a runbook would have it.</summary>
    private async Task<Resolution.Found?> FindAsync(DraftCase about, string? doubt, CancellationToken cancellationToken)
    {
        if (doubt is not null || about.Incident.Opened.Scope != IncidentScope.One || about.Newest is not { } newest)
            return null;
        var kind = newest.AboutUser == true ? "user" : "device";
        if (kind == "device"
            && AlertOrigin.Doubt(about.Kind, AlertName.From(about.Kind), newest.Attributes, down: false) is not null)
            return null;
        return await ResolveAsync(
            about, stop => resolver.ResolveAsync(about.Incident.Tenant, kind, about.Facts, stop), cancellationToken) as Resolution.Found;
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
    private async Task<Resolution> ResolveAsync(
        DraftCase about, Func<CancellationToken, Task<Resolution>> resolve, CancellationToken cancellationToken)
    {
        var incident = about.Incident;
        var (tries, timeout) = (options.Value.VendorTries, options.Value.VendorTimeout);
        using var impatience = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, impatience.Token);
        var silent = new Resolution.Unreachable($"no answer within {timeout.TotalSeconds:0} seconds", null);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                // A connector that does not heed its token must not hold the incident either.
                var resolution = await resolve(either.Token).WaitAsync(either.Token);
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
