using DevOpsAI.Connections;
using Microsoft.Graph.DeviceManagement.ManagedDevices.Item.WindowsDefenderScan;
using Microsoft.Graph.Models;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>A device that Intune manages.</summary>
/// <param name="EntraId">The id of the device in Entra, which is another than Intune's.</param>
/// <param name="Macs">Its network addresses.</param>
/// <param name="Compliance">In Intune's word; null when it is one that nobody here knows.</param>
/// <param name="Results">What became of actions that were queued, by Intune's name of the action; the latest of each.</param>
internal sealed record GraphDevice(
    string Id, string Name, string? Serial, string? System, string? LastUser, DateTimeOffset? LastSeen, bool? IsEncrypted,
    string? Compliance, string? EntraId, IReadOnlyList<string> Macs, IReadOnlyDictionary<string, GraphActionResult> Results);

/// <summary>What became of a queued action: <c>pending</c> and <c>active</c> before it is done, <c>done</c> or another end after.</summary>
internal sealed record GraphActionResult(string State, DateTimeOffset? Since)
{
    public bool IsWaiting => State is "pending" or "active";
}

/// <summary>The devices of a client's Intune. An action there is queued until the device asks for it, which may be hours later.</summary>
internal sealed class GraphDevices(GraphCalls calls)
{
    private static readonly GraphRight Reading = new("read devices", "DeviceManagementManagedDevices.Read.All");
    private static readonly GraphRight Acting =
        new("give this device orders", "DeviceManagementManagedDevices.PrivilegedOperations.All", "and the client a licence for Intune");

    private static readonly string[] Members =
    [
        "id", "deviceName", "serialNumber", "operatingSystem", "osVersion", "userPrincipalName", "lastSyncDateTime", "isEncrypted",
        "complianceState", "azureADDeviceId", "wiFiMacAddress", "ethernetMacAddress", "deviceActionResults",
    ];

    /// <summary>Every device of this name, whatever its case.</summary>
    public async Task<CallOutcome<IReadOnlyList<GraphDevice>>> FindAsync(
        Connection connection, string name, CancellationToken cancellationToken)
    {
        var outcome = await calls.ListAsync<ManagedDeviceCollectionResponse, GraphDevice>(
            connection, Reading,
            (graph, next, stop) => next is null
                ? graph.DeviceManagement.ManagedDevices.GetAsync(
                    request =>
                    {
                        request.QueryParameters.Filter = $"deviceName eq {GraphCalls.Quoted(name)}";
                        request.QueryParameters.Select = Members;
                    },
                    stop)
                : graph.DeviceManagement.ManagedDevices.WithUrl(next).GetAsync(cancellationToken: stop),
            static page => ((page.Value ?? []).Select(Read).OfType<GraphDevice>(), page.OdataNextLink),
            cancellationToken);
        return outcome is CallOutcome<IReadOnlyList<GraphDevice>>.Done(var devices)
            ? new CallOutcome<IReadOnlyList<GraphDevice>>.Done(
            [
                .. devices.Where(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).DistinctBy(static one => one.Id),
            ])
            : outcome;
    }

    public Task<CallOutcome<GraphDevice>> ReadAsync(Connection connection, string id, CancellationToken cancellationToken) =>
        calls.ReadAsync<ManagedDevice, GraphDevice>(
            connection, Reading,
            (graph, stop) => graph.DeviceManagement.ManagedDevices[id].GetAsync(
                static request => request.QueryParameters.Select = Members, stop),
            Read!, cancellationToken);

    public Task<CallOutcome<ActionReceipt>> ActAsync(
        Connection connection, string id, string action, TimeSpan timeLimit, CancellationToken cancellationToken) =>
        calls.ActAsync<Stream, ActionReceipt>(
            connection, Acting, timeLimit,
            async (graph, stop) =>
            {
                var device = graph.DeviceManagement.ManagedDevices[id];
                await (action switch
                {
                    "device.reboot" => device.RebootNow.PostAsync(cancellationToken: stop),
                    "device.shutdown" => device.ShutDown.PostAsync(cancellationToken: stop),
                    "scan.start" => device.WindowsDefenderScan.PostAsync(
                        new WindowsDefenderScanPostRequestBody { QuickScan = true }, cancellationToken: stop),
                    _ => throw new InvalidOperationException($"There is no action {action}."),
                });
                return null;
            },
            static _ => new("Intune queued it: the device does it when it next asks, which may be hours later when it is off."),
            cancellationToken);

    private static GraphDevice? Read(ManagedDevice device)
    {
        if (device is not { Id: { Length: > 0 } id, DeviceName: { Length: > 0 } name })
            return null;
        var system = string.Join(' ', new[] { device.OperatingSystem, device.OsVersion }.Where(static part => !string.IsNullOrEmpty(part)));
        var results = new Dictionary<string, GraphActionResult>(StringComparer.OrdinalIgnoreCase);
        foreach (var result in (device.DeviceActionResults ?? []).OrderBy(static one => one.StartDateTime ?? DateTimeOffset.MinValue))
        {
            if (result is { ActionName: { Length: > 0 } action, ActionState: { } state })
                results[action] = new(Word(state.ToString()), result.StartDateTime);
        }
        return new(
            id, name, device.SerialNumber is { Length: > 0 } serial ? serial : null, system.Length > 0 ? system : null,
            device.UserPrincipalName is { Length: > 0 } user ? user : null, device.LastSyncDateTime, device.IsEncrypted,
            device.ComplianceState is { } compliance ? Word(compliance.ToString()) : null,
            device.AzureADDeviceId is { Length: > 0 } entra ? entra : null,
            [.. new[] { device.EthernetMacAddress, device.WiFiMacAddress }.OfType<string>().Where(static mac => mac.Length > 0)],
            results);
    }

    /// <summary>As Graph writes a member of an enumeration.</summary>
    private static string Word(string member) => $"{char.ToLowerInvariant(member[0])}{member[1..]}";
}
