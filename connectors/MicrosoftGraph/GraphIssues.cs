using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using Microsoft.Graph.Models;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>
/// Disturbances of Microsoft's services that concern a client. Those that are open are listed; one that is open no more is read for its
/// end. The same issue shows in many clients' directories.
/// </summary>
internal sealed class GraphIssues(GraphCalls calls)
{
    private static readonly GraphRight Reading = new("read service health", "ServiceHealth.Read.All");

    public Task<CallOutcome<IReadOnlyList<GraphFound>>> OpenAsync(Connection connection, CancellationToken cancellationToken) =>
        calls.ListAsync<ServiceHealthIssueCollectionResponse, GraphFound>(
            connection, Reading,
            (graph, next, stop) => next is null
                ? graph.Admin.ServiceAnnouncement.Issues.GetAsync(
                    static request => request.QueryParameters.Filter = "isResolved eq false", stop)
                : graph.Admin.ServiceAnnouncement.Issues.WithUrl(next).GetAsync(cancellationToken: stop),
            static page => ((page.Value ?? []).Select(Read).OfType<GraphFound>(), page.OdataNextLink),
            cancellationToken);

    public Task<CallOutcome<GraphFound>> ReadAsync(Connection connection, string id, CancellationToken cancellationToken) =>
        calls.ReadAsync<ServiceHealthIssue, GraphFound>(
            connection, Reading, (graph, stop) => graph.Admin.ServiceAnnouncement.Issues[id].GetAsync(cancellationToken: stop), Read!,
            cancellationToken);

    private static GraphFound? Read(ServiceHealthIssue issue)
    {
        if (issue is not { Id: { Length: > 0 } id })
            return null;
        var isOver = issue.IsResolved is true;
        var began = issue.StartDateTime ?? issue.LastModifiedDateTime ?? DateTimeOffset.UnixEpoch;
        var updated = issue.LastModifiedDateTime ?? began;
        var ended = issue.EndDateTime ?? updated;
        var title = $"{issue.Service ?? "Microsoft 365"}: {issue.Title}";
        var latest = (issue.Posts ?? []).MaxBy(static post => post.CreatedDateTime ?? DateTimeOffset.MinValue)?.Description?.Content;
        var attributes = GraphFound.Attributes(
            ("issueId", id), ("service", issue.Service), ("feature", issue.Feature), ("featureGroup", issue.FeatureGroup),
            ("classification", issue.Classification?.ToString().ToLowerInvariant()), ("status", issue.Status?.ToString()),
            ("url", $"https://admin.microsoft.com/#/servicehealth/:/alerts/{Uri.EscapeDataString(id)}"));
        return new(
            new(
                $"issue/{id}/{(isOver ? "resolved" : "firing")}", isOver ? EventStatus.Resolved : EventStatus.Firing, Severity(issue),
                "ServiceHealthIssue", null, AlertTexts.Title(title, "ServiceHealthIssue", null),
                AlertTexts.Description($"{issue.ImpactDescription}\n{latest}", title), $"issue/{id}",
                isOver && ended > began ? ended : began, attributes)
            {
                StandsSince = began,
                Part = id,
            },
            updated);
    }

    /// <summary>An interruption is an error, an advisory is for digests.</summary>
    private static Severity Severity(ServiceHealthIssue issue) => issue switch
    {
        { Classification: ServiceHealthClassificationType.Advisory } => Connections.Severity.Info,
        { Status: ServiceHealthStatus.ServiceInterruption } => Connections.Severity.Error,
        _ => Connections.Severity.Warning,
    };
}
