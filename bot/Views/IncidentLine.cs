using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Views;

/// <summary>An incident in one line of a list.</summary>
/// <param name="Client">Its name, made safe.</param>
/// <param name="Word">How it stands.</param>
internal sealed record IncidentLine(TenantId Tenant, string Client, string Id, string Title, Severity Severity, string Word, Tone Tone)
{
    /// <summary>When the decision that it waits for expires; null where it waits for none, or the time is over.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The time until then.</summary>
    public TimeSpan Left { get; init; }

    /// <summary>How many must still confirm that somebody was right to act alone; null where nothing is to be confirmed.</summary>
    public int? MissingConfirmations { get; init; }

    public bool IsSimulated { get; init; }

    public static IncidentLine For(Tenant tenant, Incident incident, DateTimeOffset now)
    {
        var (word, tone) = Labels.For(incident);
        var line = new IncidentLine(
            tenant.Id, SanitizedText.Name(tenant.Name, 40), incident.Id, incident.Title, incident.Severity, word, tone)
        {
            MissingConfirmations = incident.OpenGlass?.Missing,
            IsSimulated = incident.Simulated,
        };
        return incident.Phase == ProposalPhase.Waiting && incident.Proposal.ExpiresAt is { } expires && expires > now
            ? line with { Until = expires, Left = expires - now }
            : line;
    }
}
