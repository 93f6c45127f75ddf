using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using Microsoft.Graph.Models;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>Users that Entra ID Protection calls risky, and sign-ins that it does.</summary>
internal sealed class GraphRisks(GraphCalls calls)
{
    private static readonly GraphRight ReadingUsers = new("read risky users", "IdentityRiskyUser.Read.All");
    private static readonly GraphRight ReadingEvents = new("read risk detections", "IdentityRiskEvent.Read.All");

    public Task<CallOutcome<IReadOnlyList<GraphFound>>> UsersAsync(
        Connection connection, DateTimeOffset since, CancellationToken cancellationToken) =>
        calls.ListAsync<RiskyUserCollectionResponse, GraphFound>(
            connection, ReadingUsers,
            (graph, next, stop) => next is null
                ? graph.IdentityProtection.RiskyUsers.GetAsync(
                    request => request.QueryParameters.Filter = $"riskLastUpdatedDateTime ge {GraphCalls.Instant(since)}", stop)
                : graph.IdentityProtection.RiskyUsers.WithUrl(next).GetAsync(cancellationToken: stop),
            static page => ((page.Value ?? []).Select(Read).OfType<GraphFound>(), page.OdataNextLink),
            cancellationToken);

    /// <summary>How risky the user is, in Entra's own word; <c>none</c> when it knows of no risk.</summary>
    public async Task<CallOutcome<string>> UserAsync(Connection connection, string id, CancellationToken cancellationToken)
    {
        var outcome = await calls.ReadAsync<RiskyUser, string>(
            connection, ReadingUsers, (graph, stop) => graph.IdentityProtection.RiskyUsers[id].GetAsync(cancellationToken: stop),
            static user => IsOver(user.RiskState) ? "none" : Word(user.RiskLevel), cancellationToken);
        return outcome is CallOutcome<string>.Refused("gone", _) ? new CallOutcome<string>.Done("none") : outcome;
    }

    /// <summary>One for each detection of the user that nobody has dealt with.</summary>
    public Task<CallOutcome<IReadOnlyList<string>>> DetectionsAsync(
        Connection connection, string userId, CancellationToken cancellationToken) =>
        calls.ListAsync<RiskDetectionCollectionResponse, string>(
            connection, ReadingEvents,
            (graph, next, stop) => next is null
                ? graph.IdentityProtection.RiskDetections.GetAsync(
                    request => request.QueryParameters.Filter = $"userId eq {GraphCalls.Quoted(userId)} and riskState eq 'atRisk'", stop)
                : graph.IdentityProtection.RiskDetections.WithUrl(next).GetAsync(cancellationToken: stop),
            static page => ((page.Value ?? []).Where(static one => one.Activity == ActivityType.Signin).Select(static one => one.Id ?? ""),
                page.OdataNextLink),
            cancellationToken);

    private static GraphFound? Read(RiskyUser user)
    {
        if (user is not { Id: { Length: > 0 } id, UserPrincipalName: { Length: > 0 } upn, RiskLastUpdatedDateTime: { } updated })
            return null;
        var isOver = IsOver(user.RiskState);
        var title = isOver ? $"{upn} is not at risk any more" : $"{upn} is at {Word(user.RiskLevel)} risk";
        var attributes = GraphFound.Attributes(
            ("vendor", "Entra ID Protection"), ("userId", id), ("riskLevel", Word(user.RiskLevel)),
            ("riskState", user.RiskState?.ToString()), ("riskDetail", user.RiskDetail?.ToString()));
        return new(
            new(
                $"risky-user/{id}/{GraphFound.Time(updated)}/{(isOver ? "resolved" : "firing")}",
                isOver ? EventStatus.Resolved : EventStatus.Firing, GraphFound.Severity(Word(user.RiskLevel)), "RiskyUser", upn,
                AlertTexts.Title(title, "RiskyUser", upn), null, $"risky-user/{id}", updated, attributes, AboutUser: true),
            updated);
    }

    private static bool IsOver(RiskState? state) =>
        state is RiskState.None or RiskState.Dismissed or RiskState.Remediated or RiskState.ConfirmedSafe;

    private static string Word(RiskLevel? level) => level switch
    {
        RiskLevel.Low => "low",
        RiskLevel.Medium => "medium",
        RiskLevel.High => "high",
        RiskLevel.None => "none",
        _ => "hidden",
    };
}
