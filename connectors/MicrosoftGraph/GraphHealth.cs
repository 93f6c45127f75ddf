using System.Collections.Concurrent;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Entra;
using Microsoft.Graph.Models;
using Microsoft.Kiota.Abstractions;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>A client's directory, as it names itself.</summary>
internal sealed record GraphDirectory(string Id, string Name);

/// <summary>Asks Graph whose directory it is and what of it the application may read; changes nothing.</summary>
internal sealed class GraphHealth(GraphCalls calls)
{
    private static readonly GraphRight Reading = new("read the directory's name", "Organization.Read.All");

    /// <summary>What is asked for, the permission for it, and whether events need it.</summary>
    private static readonly (string Path, GraphRight Right, string? Watch)[] Parts =
    [
        ("users?$top=1&$select=id", new("read users", "User.Read.All"), GraphWatch.Users),
        ("deviceManagement/managedDevices?$top=1&$select=id", new("read devices", "DeviceManagementManagedDevices.Read.All"), null),
        ("security/alerts_v2?$top=1", new("read alerts", "SecurityAlert.Read.All"), GraphWatch.Alerts),
        ("security/incidents?$top=1", new("read incidents", "SecurityIncident.Read.All"), GraphWatch.Incidents),
        ("admin/serviceAnnouncement/issues?$top=1", new("read service health", "ServiceHealth.Read.All"), GraphWatch.Health),
        ("identityProtection/riskyUsers?$top=1", new("read risky users", "IdentityRiskyUser.Read.All"), GraphWatch.RiskyUsers),
    ];

    private readonly ConcurrentDictionary<(string Connection, string Directory), string> clients = new();

    /// <summary>The name of the client's directory, for cards; its id when Graph does not tell.</summary>
    public async Task<string> ClientAsync(Connection connection, CancellationToken cancellationToken)
    {
        var directory = GraphSettings.Text(connection, EntraApplication.Directory) ?? "";
        if (clients.TryGetValue((connection.Name, directory), out var known))
            return known;
        return await ReadAsync(connection, cancellationToken) switch
        {
            CallOutcome<GraphDirectory>.Done(var (id, name)) when id.Equals(directory, StringComparison.OrdinalIgnoreCase) =>
                clients[(connection.Name, directory)] = name,
            // Without the permission it is not asked for again and again.
            CallOutcome<GraphDirectory>.Refused => clients[(connection.Name, directory)] = directory,
            _ => directory,
        };
    }

    public void Forget(string callKey) => calls.Forget(callKey);

    /// <summary>A sentence for people; what events need and cannot be read is a refusal.</summary>
    public async Task<CallOutcome<string>> CheckAsync(Connection connection, CancellationToken cancellationToken)
    {
        var directory = await ReadAsync(connection, cancellationToken);
        if (directory is CallOutcome<GraphDirectory>.Done(var (id, _))
            && !id.Equals(GraphSettings.Text(connection, EntraApplication.Directory), StringComparison.OrdinalIgnoreCase))
        {
            return new CallOutcome<string>.Refused(
                "wrong-tenant", $"Microsoft Graph answers for the directory {id}. Set DirectoryId anew.");
        }
        if (directory is not (CallOutcome<GraphDirectory>.Done or CallOutcome<GraphDirectory>.Refused("permission", _)))
            return directory.As<string>();
        var watched = GraphWatch.Parse(GraphSettings.Text(connection, GraphSettings.Watched)) ?? [];
        List<GraphRight> needed = [];
        List<GraphRight> absent = directory is CallOutcome<GraphDirectory>.Refused ? [Reading] : [];
        foreach (var (path, right, watch) in Parts.Where(part => part.Watch is null or GraphWatch.Users || watched.Contains(part.Watch)))
        {
            var outcome = await MayReadAsync(connection, path, right, cancellationToken);
            if (outcome is CallOutcome<string>.Refused)
                (watch is not null && watched.Contains(watch) ? needed : absent).Add(right);
            else if (outcome is not CallOutcome<string>.Done)
                return outcome.As<string>();
        }
        var name = directory is CallOutcome<GraphDirectory>.Done(var (_, told)) ? $" in {told}" : "";
        if (needed.Count > 0)
        {
            return new CallOutcome<string>.Refused(
                "permission", $"Microsoft Graph takes the credentials of {connection.Name}{name}, but does not let it {Listed(needed)}: "
                    + "an administrator of the client has to consent.");
        }
        return new CallOutcome<string>.Done($"Microsoft Graph takes the credentials of {connection.Name}{name}."
            + (absent.Count > 0 ? $" Without consent it cannot {Listed(absent)}." : ""));
    }

    private static string Listed(IEnumerable<GraphRight> rights) =>
        string.Join(", ", rights.Select(static right => $"{right.Does} ({right.Permission})"));

    private Task<CallOutcome<GraphDirectory>> ReadAsync(Connection connection, CancellationToken cancellationToken) =>
        calls.ReadAsync<OrganizationCollectionResponse, GraphDirectory>(
            connection, Reading,
            static (graph, stop) => graph.Organization.GetAsync(static one => one.QueryParameters.Select = ["id", "displayName"], stop),
            static answer => answer.Value is [{ Id: { } id } only] ? new(id.ToLowerInvariant(), only.DisplayName ?? id) : null!,
            cancellationToken);

    private Task<CallOutcome<string>> MayReadAsync(
        Connection connection, string path, GraphRight right, CancellationToken cancellationToken) =>
        calls.ReadAsync<BaseCollectionPaginationCountResponse, string>(
            connection, right,
            (graph, stop) => graph.RequestAdapter.SendAsync(
                new RequestInformation
                {
                    HttpMethod = Method.GET,
                    URI = new($"{graph.RequestAdapter.BaseUrl}/{path}"),
                },
                BaseCollectionPaginationCountResponse.CreateFromDiscriminatorValue, GraphCalls.Errors, stop),
            _ => path, cancellationToken);
}
