using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;

namespace DevOpsAI.Connectors.MeshCentral;

/// <summary>A signed-in session within the client's device group.</summary>
/// <param name="GroupName">As people named the group.</param>
/// <param name="Links">What accounts may do with the group.</param>
internal sealed record MeshSession(ControlChannel Channel, string Group, string GroupName, IReadOnlyDictionary<string, long> Links)
{
    /// <summary>More is nobody's device group; a server that says otherwise is not read for ever.</summary>
    private const int MaxPages = 500;

    /// <summary>Finds the group, which the account has to see.</summary>
    public static async Task<CallOutcome<MeshSession>> StartAsync(ControlChannel channel, string group, CancellationToken cancellationToken)
    {
        var answer = await channel.AskAsync(
            new() { ["action"] = "meshes" }, static answer => MeshDevice.Text(answer, "action") == "meshes", cancellationToken);
        var all = answer.TryGetProperty("meshes", out var meshes) && meshes.ValueKind == JsonValueKind.Array
            ? meshes.EnumerateArray().ToList()
            : [];
        if (all.Find(mesh => MeshDevice.Text(mesh, "_id") == group) is not { ValueKind: JsonValueKind.Object } found)
        {
            return new CallOutcome<MeshSession>.Refused(
                "group", "The account sees no such device group at MeshCentral: set Group anew, or give the account rights on the group.");
        }
        return new CallOutcome<MeshSession>.Done(
            new(channel, group, MeshDevice.Text(found, "name") ?? group, MeshDevice.ReadLinks(found)));
    }

    /// <summary>The devices of the group, of which <paramref name="id"/> names one; null for all.</summary>
    public async Task<CallOutcome<IReadOnlyList<MeshDevice>>> ListAsync(string? id, CancellationToken cancellationToken)
    {
        var all = new List<MeshDevice>();
        for (int read = 0, page = 0; page < MaxPages; page++)
        {
            var request = new JsonObject
            {
                ["action"] = "nodes", ["meshid"] = Group, ["skip"] = read, ["responseid"] = $"n{page}",
            };
            if (id is not null)
                request["id"] = id;
            var answer = await Channel.AskAsync(
                request,
                answer => MeshDevice.Text(answer, "action") == "nodes" && MeshDevice.Text(answer, "responseid") == $"n{page}",
                cancellationToken);
            if (!answer.TryGetProperty("nodes", out var nodes) || nodes.ValueKind != JsonValueKind.Object)
            {
                return new CallOutcome<IReadOnlyList<MeshDevice>>.Refused(
                    "group",
                    $"MeshCentral does not list the group: {VendorResponse.Short(MeshDevice.Text(answer, "result") ?? "no reason")}");
            }
            // Also where a device is named by its id, it is the client's only as part of this group.
            var part = nodes.TryGetProperty(Group, out var list) && list.ValueKind == JsonValueKind.Array ? list.GetArrayLength() : 0;
            if (part > 0)
                all.AddRange(list.EnumerateArray().Select(MeshDevice.Read).OfType<MeshDevice>());
            read += part;
            // A server that shows devices in parts says how many there are.
            if (part == 0 || (MeshDevice.Number(answer, "totalcount") ?? 0) <= read)
                break;
        }
        return new CallOutcome<IReadOnlyList<MeshDevice>>.Done([.. all.DistinctBy(static device => device.Id)]);
    }

    /// <summary>The device as it is now, if it is of this group.</summary>
    public async Task<CallOutcome<MeshDevice>> ReadAsync(Target target, CancellationToken cancellationToken)
    {
        var outcome = await ListAsync(target.Id, cancellationToken);
        if (outcome is not CallOutcome<IReadOnlyList<MeshDevice>>.Done(var devices))
            return outcome.As<MeshDevice>();
        return devices.FirstOrDefault(device => device.Id == target.Id) is { } found
            ? new CallOutcome<MeshDevice>.Done(found)
            : new CallOutcome<MeshDevice>.Refused(
                "foreign-target", $"MeshCentral has no {target.Name} with this id in the device group {GroupName}.");
    }

    /// <summary>
    /// Why the account may not do this to the device; null when it may, or when its rights come from elsewhere than can be seen. The server
    /// itself answers "ok" to an order that it drops for want of a right.
    /// </summary>
    public string? Forbids(string action, MeshDevice? device)
    {
        var (bit, name) = MeshCentralCatalog.RightFor(action);
        var user = MeshDevice.Text(Channel.User, "_id");
        HashSet<string> ours =
            [.. MeshDevice.ReadLinks(Channel.User).Keys.Where(static one => one.StartsWith("ugrp/", StringComparison.Ordinal))];
        if (user is not null)
            ours.Add(user);
        var given = Links.Concat(device?.Links ?? new Dictionary<string, long>()).Where(link => ours.Contains(link.Key)).ToList();
        return given.Count == 0 || given.Any(link => (link.Value & bit) != 0)
            ? null
            : $"The account of this connection lacks the right '{name}' on the device group {GroupName} at MeshCentral.";
    }
}
