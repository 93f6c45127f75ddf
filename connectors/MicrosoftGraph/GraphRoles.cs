using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using Microsoft.Graph.Models;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>A directory role.</summary>
/// <param name="TemplateId">The same in every directory.</param>
internal sealed record GraphRole(string Id, string Name, string TemplateId)
{
    /// <summary>
    /// Roles that can give themselves and others every right: Global Administrator, Privileged Role Administrator, Privileged
    /// Authentication Administrator. https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
    /// </summary>
    private static readonly string[] Unlimited =
    [
        "62e90394-69f5-4237-9190-012177145e10", "e8611ab8-c189-46e8-94e1-60213ab1f814", "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
    ];

    public bool IsUnlimited =>
        Unlimited.Contains(TemplateId, StringComparer.OrdinalIgnoreCase) || Unlimited.Contains(Id, StringComparer.OrdinalIgnoreCase);
}

/// <summary>A role that an account has now.</summary>
/// <param name="Until">Null for ever.</param>
internal sealed record GraphRoleInstance(string RoleId, string? RoleName, DateTimeOffset? Until);

/// <summary>
/// Directory roles for a time, through Privileged Identity Management. An application cannot activate a role that a person is eligible
/// for; it assigns one that ends by itself, so that our approval stands in for the person's own activation.
/// </summary>
internal sealed class GraphRoles(GraphCalls calls, TimeProvider clock)
{
    private const string WholeDirectory = "/";
    private static readonly GraphRight Reading = new("read who has which role", "RoleAssignmentSchedule.Read.Directory");
    private static readonly GraphRight Assigning = new(
        "give roles for a time", "RoleAssignmentSchedule.ReadWrite.Directory",
        "and the client a licence for Privileged Identity Management");

    /// <summary>Every role of this name, whatever its case.</summary>
    public async Task<CallOutcome<IReadOnlyList<GraphRole>>> FindAsync(
        Connection connection, string name, CancellationToken cancellationToken)
    {
        var outcome = await calls.ListAsync<UnifiedRoleDefinitionCollectionResponse, GraphRole>(
            connection, Reading,
            (graph, next, stop) => next is null
                ? graph.RoleManagement.Directory.RoleDefinitions.GetAsync(
                    request => request.QueryParameters.Filter = $"displayName eq {GraphCalls.Quoted(name)}", stop)
                : graph.RoleManagement.Directory.RoleDefinitions.WithUrl(next).GetAsync(cancellationToken: stop),
            static page => (
                (page.Value ?? []).Where(static role => role is { Id: not null, DisplayName: not null, IsEnabled: not false })
                    .Select(static role => new GraphRole(role.Id!, role.DisplayName!, role.TemplateId ?? role.Id!)),
                page.OdataNextLink),
            cancellationToken);
        return outcome is CallOutcome<IReadOnlyList<GraphRole>>.Done(var roles)
            ? new CallOutcome<IReadOnlyList<GraphRole>>.Done(
                [.. roles.Where(role => role.Name.Equals(name, StringComparison.OrdinalIgnoreCase))])
            : outcome;
    }

    /// <summary>What the account has over the whole directory now.</summary>
    public Task<CallOutcome<IReadOnlyList<GraphRoleInstance>>> InstancesAsync(
        Connection connection, string userId, CancellationToken cancellationToken) =>
        calls.ListAsync<UnifiedRoleAssignmentScheduleInstanceCollectionResponse, GraphRoleInstance>(
            connection, Reading,
            (graph, next, stop) => next is null
                ? graph.RoleManagement.Directory.RoleAssignmentScheduleInstances.GetAsync(
                    request =>
                    {
                        request.QueryParameters.Filter = $"principalId eq {GraphCalls.Quoted(userId)}";
                        request.QueryParameters.Expand = ["roleDefinition"];
                    },
                    stop)
                : graph.RoleManagement.Directory.RoleAssignmentScheduleInstances.WithUrl(next).GetAsync(cancellationToken: stop),
            static page => (
                (page.Value ?? []).Where(static one => one is { RoleDefinitionId: not null, DirectoryScopeId: WholeDirectory })
                    .Select(static one => new GraphRoleInstance(one.RoleDefinitionId!, one.RoleDefinition?.DisplayName, one.EndDateTime)),
                page.OdataNextLink),
            cancellationToken);

    /// <param name="lasts">How long; null takes the role back.</param>
    public async Task<CallOutcome<ActionReceipt>> RequestAsync(
        Connection connection, GraphRole role, string userId, TimeSpan? lasts, string operationId, TimeSpan timeLimit,
        CancellationToken cancellationToken)
    {
        var request = new UnifiedRoleAssignmentScheduleRequest
        {
            Action = lasts is null ? UnifiedRoleScheduleRequestActions.AdminRemove : UnifiedRoleScheduleRequestActions.AdminAssign,
            PrincipalId = userId,
            RoleDefinitionId = role.Id,
            DirectoryScopeId = WholeDirectory,
            Justification = $"DevOps AI Bot {operationId}",
        };
        if (lasts is { } duration)
        {
            request.ScheduleInfo = new()
            {
                StartDateTime = clock.GetUtcNow(), Expiration = new() { Type = ExpirationPatternType.AfterDuration, Duration = duration },
            };
        }
        var outcome = await calls.ActAsync(
            connection, Assigning, timeLimit,
            (graph, stop) => graph.RoleManagement.Directory.RoleAssignmentScheduleRequests.PostAsync(request, cancellationToken: stop),
            static answer => answer?.Status, cancellationToken);
        return outcome is CallOutcome<string>.Done(var status) ? Meaning(role, status) : outcome.As<ActionReceipt>();
    }

    /// <summary>That a request was taken does not mean that the account has the role.</summary>
    private static CallOutcome<ActionReceipt> Meaning(GraphRole role, string status) => status switch
    {
        "Denied" or "Failed" or "Canceled" => new CallOutcome<ActionReceipt>.Refused(
            "role-request", $"Entra ended the request for the role {role.Name}: {status}."),
        "Provisioned" or "Granted" or "Revoked" => new CallOutcome<ActionReceipt>.Done(
            new($"Entra carried out the request for the role {role.Name}.")),
        _ => new CallOutcome<ActionReceipt>.Done(
            new($"Entra took the request for the role {role.Name}, which waits: {VendorResponse.Short(status)}.")),
    };
}
