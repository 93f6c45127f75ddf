using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>
/// One tenant's case as it is handed to a model, in typed fields. Which target, which actions and which runbook there are is decided before
/// any text is read.
/// </summary>
/// <param name="Floor">The draft without a model: it stands where the model does not do better.</param>
/// <param name="Found">The one thing that the alert is about; null where that is not certain, and then nothing can be proposed.</param>
/// <param name="Runbook">The runbook that the alert belongs to; null for none.</param>
internal sealed record DraftMaterial(DraftCase About, RecommendationDrafted Floor, Resolution.Found? Found, Runbook? Runbook)
{
    /// <summary>The tenant's own connection to <see cref="Found"/>; null where there is none.</summary>
    public Connection? Connection { get; init; }

    /// <summary>Earlier cases of the same tenant and kind, the latest first.</summary>
    public IReadOnlyList<PastCase> Past { get; init; } = [];

    /// <summary>Other tenants by name and id: nothing of theirs belongs into the material or into what is written of it.</summary>
    public IReadOnlyList<string> OtherClients { get; init; } = [];

    public TenantId Tenant => About.Incident.Tenant;

    public Incident Incident => About.Incident;

    /// <summary>
    /// What may be proposed, by name: the enabled actions of the target's connection for its kind. Empty where a runbook has said why
    /// nothing can be done: a model does not overrule it.
    /// </summary>
    public IReadOnlyDictionary<string, ActionSpec> Catalog => catalog ??= GetCatalog();

    private IReadOnlyDictionary<string, ActionSpec>? catalog;

    private Dictionary<string, ActionSpec> GetCatalog()
    {
        if (Found is not { } found || Connection is not { } connection || connection.Tenant != Tenant
            || found.Target.Connection != connection.Name || (Runbook is not null && Floor.Problem is not null))
            return [];
        return found.Connector.Actions.Values
            .Where(action => action.TargetKind == found.Target.Kind && found.Connector.FindEnabled(connection, action.Name) is not null)
            .ToDictionary(static action => action.Name, StringComparer.Ordinal);
    }
}
