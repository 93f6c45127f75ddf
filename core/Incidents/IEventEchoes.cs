using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <summary>Knows the events that a vendor sends because the bot wrote there: they are recorded, and open nothing.</summary>
public interface IEventEchoes
{
    /// <summary>The id of the bot's own operation that the event tells of; null where it is news.</summary>
    ValueTask<string?> FindAsync(TenantId tenant, string connection, ConnectorEvent received, CancellationToken cancellationToken);
}
