using DevOpsAI.Connections;
using Microsoft.Graph.Models;
using Microsoft.Kiota.Abstractions;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>That Entra keeps the password of a device's local administrator (Windows LAPS), without the password.</summary>
/// <param name="LastBackup">When the device handed it over last.</param>
/// <param name="NextRotation">When the device is to replace it by itself.</param>
internal sealed record GraphLocalPassword(DateTimeOffset? LastBackup, DateTimeOffset? NextRotation)
{
    /// <summary>Entra keeps none.</summary>
    public static readonly GraphLocalPassword None = new(null, null);

    public bool IsBackedUp => this != None;
}

/// <summary>
/// Passwords of local administrators, by the device's id in Entra. None is ever read: the members that hold it are not asked for, and the
/// permission does not give it. https://learn.microsoft.com/graph/api/devicelocalcredentialinfo-get
/// </summary>
internal sealed class GraphLocalPasswords(GraphCalls calls)
{
    private static readonly GraphRight Reading = new(
        "read whether local administrators' passwords are backed up", "DeviceLocalCredential.ReadBasic.All");

    /// <remarks>Microsoft names permissions to read for this order; like the other orders it likely needs this one.</remarks>
    private static readonly GraphRight Rotating = new(
        "rotate the local administrator's password", "DeviceManagementManagedDevices.PrivilegedOperations.All",
        "and the client a licence for Intune");

    private static readonly string[] Members = ["id", "deviceName", "lastBackupDateTime", "refreshDateTime"];

    /// <returns><see cref="GraphLocalPassword.None"/> where Entra knows of none, which a device that is not in Entra has neither.</returns>
    public async Task<CallOutcome<GraphLocalPassword>> FindAsync(
        Connection connection, GraphDevice device, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(device.EntraId, "D", out var id) || id == Guid.Empty)
            return new CallOutcome<GraphLocalPassword>.Done(GraphLocalPassword.None);
        var outcome = await calls.ReadAsync<DeviceLocalCredentialInfo, GraphLocalPassword>(
            connection, Reading,
            (graph, stop) => graph.Directory.DeviceLocalCredentials[id.ToString("D")].GetAsync(
                static request => request.QueryParameters.Select = Members, stop),
            static found => new(found.LastBackupDateTime, found.RefreshDateTime), cancellationToken);
        return outcome is CallOutcome<GraphLocalPassword>.Refused("gone", _)
            ? new CallOutcome<GraphLocalPassword>.Done(GraphLocalPassword.None)
            : outcome;
    }

    /// <summary>Orders another password. The device makes it when it next asks Intune, and hands it to Entra then.</summary>
    /// <param name="id">The device's id in Intune.</param>
    /// <param name="before">As it is known before the order.</param>
    public Task<CallOutcome<ActionReceipt>> RotateAsync(
        Connection connection, string id, GraphLocalPassword before, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        var path = $"deviceManagement/managedDevices/{id}/rotateLocalAdminPassword";
        var since = before.LastBackup is { } last ? $" a backup later than {GraphCalls.Instant(last)}" : " its first backup";
        return calls.ActAsync<Stream, ActionReceipt>(
            connection, Rotating, timeLimit,
            async (graph, stop) =>
            {
                // Microsoft offers it in the beta version alone.
                await graph.RequestAdapter.SendNoContentAsync(
                    new RequestInformation
                    {
                        HttpMethod = Method.POST,
                        URI = new($"{GraphCalls.Beta(graph.RequestAdapter.BaseUrl!)}/{path}"),
                    },
                    GraphCalls.Errors, stop);
                return null;
            },
            _ => new(
                $"Intune queued it: the password is another once Entra has{since}, which may be hours later when the device is off."),
            cancellationToken);
    }
}
