using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using Microsoft.Graph.Models.Security;
using Incident = Microsoft.Graph.Models.Security.Incident;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>An alert, as far as it is needed to take it in hand.</summary>
/// <param name="IsNew">Nobody has it in hand yet.</param>
/// <param name="Devices">Ids in Entra and names of the devices that it is about.</param>
internal sealed record GraphAlert(string Id, bool IsNew, IReadOnlyList<(string? EntraId, string? Name)> Devices)
{
    /// <summary>By the id in Entra where both have one, else by the name.</summary>
    public bool IsAbout(GraphDevice device) => Devices.Any(one => one.EntraId is { Length: > 0 } id && device.EntraId is { } entra
        ? id.Equals(entra, StringComparison.OrdinalIgnoreCase)
        : one.Name is { Length: > 0 } name && EventKeys.ShortName(name).Equals(
            EventKeys.ShortName(device.Name), StringComparison.OrdinalIgnoreCase));
}

/// <summary>
/// Alerts and incidents of Defender and its kin, read by when they changed last: Graph sends no notifications of them. Titles and names in
/// them may have been chosen by an attacker.
/// </summary>
internal sealed class GraphAlerts(GraphCalls calls)
{
    private const int KindLimit = 200;
    private static readonly GraphRight ReadingAlerts = new("read alerts", "SecurityAlert.Read.All");
    private static readonly GraphRight WritingAlerts = new("take this alert in hand", "SecurityAlert.ReadWrite.All");
    private static readonly GraphRight ReadingIncidents = new("read incidents", "SecurityIncident.Read.All");

    public Task<CallOutcome<IReadOnlyList<GraphFound>>> AlertsAsync(
        Connection connection, DateTimeOffset since, CancellationToken cancellationToken) =>
        calls.ListAsync<AlertCollectionResponse, GraphFound>(
            connection, ReadingAlerts,
            (graph, next, stop) => next is null
                ? graph.Security.Alerts_v2.GetAsync(
                    request => request.QueryParameters.Filter = $"lastUpdateDateTime ge {GraphCalls.Instant(since)}", stop)
                : graph.Security.Alerts_v2.WithUrl(next).GetAsync(cancellationToken: stop),
            static page => ((page.Value ?? []).Select(Read).OfType<GraphFound>(), page.OdataNextLink),
            cancellationToken);

    public Task<CallOutcome<IReadOnlyList<GraphFound>>> IncidentsAsync(
        Connection connection, DateTimeOffset since, CancellationToken cancellationToken) =>
        calls.ListAsync<IncidentCollectionResponse, GraphFound>(
            connection, ReadingIncidents,
            (graph, next, stop) => next is null
                ? graph.Security.Incidents.GetAsync(
                    request =>
                    {
                        request.QueryParameters.Filter = $"lastUpdateDateTime ge {GraphCalls.Instant(since)}";
                        request.QueryParameters.Expand = ["alerts"];
                    },
                    stop)
                : graph.Security.Incidents.WithUrl(next).GetAsync(cancellationToken: stop),
            static page => ((page.Value ?? []).Select(Read).OfType<GraphFound>(), page.OdataNextLink),
            cancellationToken);

    public Task<CallOutcome<GraphAlert>> ReadAsync(Connection connection, string id, CancellationToken cancellationToken) =>
        calls.ReadAsync<Alert, GraphAlert>(
            connection, ReadingAlerts, (graph, stop) => graph.Security.Alerts_v2[id].GetAsync(cancellationToken: stop),
            static alert => new(
                alert.Id ?? "", alert.Status is AlertStatus.New or null,
                [
                    .. (alert.Evidence ?? []).OfType<DeviceEvidence>()
                        .Select(static one => (one.AzureAdDeviceId, one.DeviceDnsName ?? one.HostName)),
                ]),
            cancellationToken);

    /// <summary>Says at Defender that somebody has the alert in hand.</summary>
    public Task<CallOutcome<ActionReceipt>> AcknowledgeAsync(
        Connection connection, string id, TimeSpan timeLimit, CancellationToken cancellationToken) =>
        calls.ActAsync<Alert, ActionReceipt>(
            connection, WritingAlerts, timeLimit,
            (graph, stop) => graph.Security.Alerts_v2[id].PatchAsync(
                new Alert { Status = AlertStatus.InProgress }, cancellationToken: stop),
            _ => new($"Defender shows the alert {id} as in progress."), cancellationToken);

    private static GraphFound? Read(Alert alert)
    {
        if (alert is not { Id: { Length: > 0 } id, LastUpdateDateTime: { } updated })
            return null;
        var began = alert.CreatedDateTime ?? updated;
        var isOver = alert.Status == AlertStatus.Resolved;
        var kind = Kind(alert.Title, "DefenderAlert");
        var subject = Subject(alert.Evidence ?? [], alert.ServiceSource == ServiceSource.AzureAdIdentityProtection);
        var attributes = GraphFound.Attributes(
            ("url", alert.AlertWebUrl), ("vendor", alert.ProductName ?? "Microsoft Defender"), ("tactic", alert.Category),
            ("alertId", id), ("incidentId", alert.IncidentId), ("severity", alert.Severity?.ToString().ToLowerInvariant()),
            ("status", alert.Status?.ToString()), ("mitreTechniques", List(alert.MitreTechniques)), ("threat", alert.ThreatDisplayName),
            ("actor", alert.ActorDisplayName), ("assignedTo", alert.AssignedTo), ("devices", List(Devices(alert.Evidence))),
            ("users", List(Users(alert.Evidence))), ("recommendedActions", alert.RecommendedActions));
        return new(
            Event($"alert/{id}", isOver, began, alert.ResolvedDateTime ?? updated, kind, subject, alert.Title, alert.Description,
                GraphFound.Severity(alert.Severity?.ToString()), attributes),
            updated);
    }

    private static GraphFound? Read(Incident incident)
    {
        if (incident is not { Id: { Length: > 0 } id, LastUpdateDateTime: { } updated })
            return null;
        var began = incident.CreatedDateTime ?? updated;
        var isOver = incident.Status is IncidentStatus.Resolved or IncidentStatus.Redirected;
        var kind = Kind(incident.DisplayName, "DefenderIncident");
        List<AlertEvidence> evidence = [.. (incident.Alerts ?? []).SelectMany(static alert => alert.Evidence ?? [])];
        var attributes = GraphFound.Attributes(
            ("url", incident.IncidentWebUrl), ("vendor", "Microsoft Defender"),
            ("tactic", List((incident.Alerts ?? []).Select(static alert => alert.Category))), ("incidentId", id),
            ("severity", incident.Severity?.ToString().ToLowerInvariant()), ("status", incident.Status?.ToString()),
            ("redirectedTo", incident.RedirectIncidentId), ("assignedTo", incident.AssignedTo), ("devices", List(Devices(evidence))),
            ("users", List(Users(evidence))), ("alerts", List((incident.Alerts ?? []).Select(static alert => alert.Title))));
        return new(
            Event($"incident/{id}", isOver, began, updated, kind, Subject(evidence, usersFirst: false), incident.DisplayName,
                incident.Description, GraphFound.Severity(incident.Severity?.ToString()), attributes),
            updated);
    }

    private static ConnectorEvent Event(
        string key, bool isOver, DateTimeOffset began, DateTimeOffset ended, string kind, Subject subject, string? title,
        string? description, Severity severity, IReadOnlyDictionary<string, string> attributes) => new(
        $"{key}/{(isOver ? "resolved" : "firing")}", isOver ? EventStatus.Resolved : EventStatus.Firing, severity, kind, subject.Name,
        AlertTexts.Title(title, kind, subject.Name), AlertTexts.Description(description, title), key,
        isOver && ended > began ? ended : began, attributes, subject.IsUser)
    {
        StandsSince = began,
    };

    /// <summary>What it is about where there is one such thing; with several nobody says which, and all are among the attributes.</summary>
    private static Subject Subject(IReadOnlyCollection<AlertEvidence> evidence, bool usersFirst)
    {
        var device = Devices(evidence) is [var one] ? one : null;
        var user = Users(evidence) is [var only] ? only : null;
        if (user is not null && (usersFirst || device is null) && (usersFirst || Devices(evidence).Count == 0))
            return new(user, true);
        return new(device, false);
    }

    private static List<string> Devices(IEnumerable<AlertEvidence>? evidence) =>
    [
        .. (evidence ?? []).OfType<DeviceEvidence>().Select(static one => one.DeviceDnsName ?? one.HostName)
            .Where(static name => name is not null && Subjects.LooksLikeHost(name)).OfType<string>()
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    private static List<string> Users(IEnumerable<AlertEvidence>? evidence) =>
    [
        .. (evidence ?? []).OfType<UserEvidence>()
            .Select(static one => one.UserAccount?.UserPrincipalName ?? one.UserAccount?.AccountName).OfType<string>()
            .Where(static name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    private static string Kind(string? title, string otherwise)
    {
        var kind = AlertTexts.Title(title, otherwise, null);
        return kind.Length <= KindLimit ? kind : kind[..KindLimit];
    }

    private static string? List(IEnumerable<string?>? all) => all is null
        ? null
        : string.Join(", ", all.Where(static one => !string.IsNullOrWhiteSpace(one)).Distinct(StringComparer.OrdinalIgnoreCase));
}
