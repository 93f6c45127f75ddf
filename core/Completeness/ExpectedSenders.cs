using DevOpsAI.Connections;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Completeness;

/// <summary>The connections over which events are expected to come, and how long each may be silent.</summary>
/// <param name="checks">Say over whose connections events come by themselves.</param>
internal sealed class ExpectedSenders(
    IConnectionDirectory connections, IEnumerable<IConnectionCheck> checks, IOptions<CompletenessOptions> options)
{
    private readonly HashSet<string> senders =
        checks.Where(check => check.SendsEvents).Select(check => check.Connector).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is to be put on record about the tenant's connections at that time.</summary>
    public IEnumerable<StalenessRules.Due> GetDue(TenantId tenant, ConnectionWatch watch, DateTimeOffset now) => StalenessRules.For(
        watch, connections.All.Where(connection => connection.Tenant == tenant), connection => senders.Contains(connection.Connector),
        options.Value.StaleAfter, now);
}
