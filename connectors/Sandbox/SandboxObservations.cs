using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Nodes;

namespace DevOpsAI.Connectors.Sandbox;

/// <summary>Turns the vendor's documents into flat observations. Pure; members nobody knows are left out.</summary>
internal static class SandboxObservations
{
    /// <summary>Members that hold parts by name, and what an observation of a part begins with.</summary>
    private static readonly FrozenDictionary<string, string> Sections = new Dictionary<string, string>
    {
        ["disks"] = "disk", ["services"] = "service", ["backups"] = "backup", ["malware"] = "malware", ["patches"] = "patch",
        ["certificates"] = "certificate", ["processes"] = "process", ["raid"] = "raid", ["printers"] = "printer", ["tickets"] = "ticket",
        ["tunnels"] = "vpn",
    }.ToFrozenDictionary();

    /// <summary>Members that are parts themselves.</summary>
    private static readonly FrozenSet<string> Parts = new[] { "cpu", "memory", "ups" }.ToFrozenSet();

    /// <summary>Members that say what the thing is, rather than how it is.</summary>
    private static readonly FrozenSet<string> Identity = new[] { "id", "name", "kind", "client", "type", "upn" }.ToFrozenSet();

    public static IReadOnlyDictionary<string, string> For(string kind, JsonObject thing)
    {
        var seen = new Dictionary<string, string>();
        foreach (var (member, value) in thing)
        {
            if (value is JsonObject named && Sections.TryGetValue(member, out var prefix))
            {
                foreach (var (name, part) in named)
                    Add(seen, $"{prefix}.{name}", part);
            }
            else if (Parts.Contains(member))
            {
                Add(seen, member, value);
            }
            else if (value is JsonValue && !Identity.Contains(member))
            {
                seen[$"{kind}.{member}"] = Text(value);
            }
        }
        return seen;
    }

    private static void Add(Dictionary<string, string> seen, string prefix, JsonNode? part)
    {
        foreach (var (member, value) in part as JsonObject ?? [])
        {
            if (value is JsonValue)
                seen[$"{prefix}.{member}"] = Text(value);
        }
    }

    private static string Text(JsonNode value) => value.GetValueKind() switch
    {
        System.Text.Json.JsonValueKind.True => "true",
        System.Text.Json.JsonValueKind.False => "false",
        System.Text.Json.JsonValueKind.Number
            when decimal.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) =>
            number.ToString("0.####", CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
