using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Views;

/// <summary>An incident, or what else is decided about, in one line of a list.</summary>
/// <param name="Client">Its name, made safe.</param>
/// <param name="Id">As it is called, as in <c>CON-1042</c> or <c>loan L-1</c>.</param>
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

    /// <summary>What it is about; buttons name it.</summary>
    public required ProposalSubject Subject { get; init; }

    public static IncidentLine For(Tenant tenant, Incident incident, DateTimeOffset now) =>
        For(tenant, incident.Proposal, incident.Title, Labels.For(incident), now) with { IsSimulated = incident.Simulated };

    /// <param name="title">As its area says it; outside text.</param>
    public static IncidentLine For(Tenant tenant, Proposal proposal, string title, DateTimeOffset now) =>
        For(tenant, proposal, title, Labels.For(proposal), now) with { IsSimulated = proposal.Simulated };

    private static IncidentLine For(
        Tenant tenant, Proposal proposal, string title, (string Word, Tone Tone) standing, DateTimeOffset now)
    {
        var line = new IncidentLine(
            tenant.Id, SanitizedText.Name(tenant.Name, 40), SanitizedText.Name(proposal.Subject.ToString(), 80), title, proposal.Severity,
            standing.Word, standing.Tone)
        {
            Subject = proposal.Subject,
            MissingConfirmations = proposal.OpenGlass?.Missing,
        };
        return proposal.Phase == ProposalPhase.Waiting && proposal.ExpiresAt is { } expires && expires > now
            ? line with { Until = expires, Left = expires - now }
            : line;
    }
}
