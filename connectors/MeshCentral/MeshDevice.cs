using System.Text.Json;

namespace DevOpsAI.Connectors.MeshCentral;

/// <summary>A device as MeshCentral lists it.</summary>
/// <param name="HostName">What the machine calls itself; people may have given it another <paramref name="Name"/>.</param>
/// <param name="Links">What accounts may do with it beside what they may do with its group.</param>
internal sealed record MeshDevice(
    string Id, string Name, string? HostName, string? System, bool IsOnline, bool IsWindows, IReadOnlyDictionary<string, long> Links)
{
    private const int AgentIsConnected = 1;

    /// <summary>Null when it lacks what every device has.</summary>
    public static MeshDevice? Read(JsonElement node) =>
        Text(node, "_id") is { } id && Text(node, "name") is { } name
            ? new(
                id, name, Text(node, "rname"), Text(node, "osdesc"), IsConnected(node),
                // The server takes these kinds of agents for Windows as well.
                node.TryGetProperty("agent", out var agent) && Number(agent, "id") is > 0 and < 5, ReadLinks(node))
            : null;

    public bool IsCalled(string name) =>
        Name.Equals(name, StringComparison.OrdinalIgnoreCase) || HostName?.Equals(name, StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>The one of its names that was asked for, so that of two devices of one name neither is passed over.</summary>
    public string NameFor(string asked) => Name.Equals(asked, StringComparison.OrdinalIgnoreCase) ? Name : HostName ?? Name;

    /// <summary>Of a device, or of an event about one; there is no such member while the agent is away.</summary>
    public static bool IsConnected(JsonElement state) => ((Number(state, "conn") ?? 0) & AgentIsConnected) != 0;

    /// <summary>Rights by account or group of accounts, of a device, a device group or an account.</summary>
    public static Dictionary<string, long> ReadLinks(JsonElement linked)
    {
        var links = new Dictionary<string, long>(StringComparer.Ordinal);
        if (linked.TryGetProperty("links", out var all) && all.ValueKind == JsonValueKind.Object)
        {
            foreach (var link in all.EnumerateObject())
                links[link.Name] = Number(link.Value, "rights") ?? 0;
        }
        return links;
    }

    public static string? Text(JsonElement element, string member) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value)
        && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    public static long? Number(JsonElement element, string member) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value)
        && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : null;
}
