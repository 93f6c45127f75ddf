using DevOpsAI.Connections;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>Gathers one tenant's material for the model, where there is one.</summary>
internal sealed class ModelDrafting
{
    private const int ShortestName = 4;

    private readonly IDraftModel? model;
    private readonly ModelDrafter drafter;
    private readonly PastCases past;
    private readonly IConnections connections;
    private readonly ITenantDirectory tenants;

    /// <param name="models">One, or none.</param>
    public ModelDrafting(
        IEnumerable<IDraftModel> models, ModelDrafter drafter, PastCases past, IConnections connections, ITenantDirectory tenants,
        ILogger<ModelDrafting> log)
    {
        (model, this.drafter, this.past, this.connections, this.tenants) = (models.FirstOrDefault(), drafter, past, connections, tenants);
        if (model is null)
            log.NoModel();
        else
            log.ModelInUse(model.Deployment);
    }

    public bool IsThere => model is not null;

    /// <summary>The recommendation with the model's part in it; the floor as it is where there is no model.</summary>
    /// <param name="found">What the alert is about; null where that is not certain.</param>
    /// <param name="runbook">What the floor was drafted by; null for no runbook.</param>
    public async Task<RecommendationDrafted> DraftAsync(
        DraftCase about, RecommendationDrafted floor, Resolution.Found? found, Runbook? runbook, CancellationToken cancellationToken)
    {
        if (model is null)
            return floor;
        var tenant = about.Incident.Tenant;
        return await drafter.DraftAsync(
            model,
            new(about, floor, found, runbook)
            {
                Connection = found is null ? null : connections.Find(tenant, found.Target.Connection),
                Past = await past.FindAsync(about.Incident, cancellationToken),
                OtherClients = GetOthers(tenant, about.Client),
            },
            cancellationToken);
    }

    /// <summary>What other tenants are called, unless the tenant's own name holds it.</summary>
    private List<string> GetOthers(TenantId tenant, string client) =>
    [
        .. tenants.All.Concat(tenants.InOtherRegions.Select(static elsewhere => elsewhere.Tenant)).Where(other => other.Id != tenant)
            .SelectMany(static other => new[] { other.Name, other.Id.Value })
            .Where(name => name.Length >= ShortestName && !client.Contains(name, StringComparison.OrdinalIgnoreCase)
                && !tenant.Value.Contains(name, StringComparison.OrdinalIgnoreCase))
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ];
}
