using System.Globalization;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Sandbox;

/// <summary>Reads a page of the vendor's log. Pure.</summary>
internal static class SandboxLog
{
    public static ActionPage Read(Connection connection, JsonNode page) => new(
        [.. page["lines"]!.AsArray().Select(line => Action(connection, line!))],
        page["next"]!.ToString(), (bool)page["more"]!, Gap: !(bool)page["known"]!);

    private static VendorAction Action(Connection connection, JsonNode line)
    {
        var target = line["target"]!;
        return new(
            line["id"]!.ToString(),
            line["operationId"]?.ToString(),
            line["action"]!.ToString(),
            new(connection.Name, target["kind"]!.ToString(), target["id"]!.ToString(), target["name"]!.ToString(),
                target["client"]!.ToString()),
            line["arguments"]?.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value?.ToString() ?? ""),
            line["by"]!.ToString(),
            line["source"]!.ToString() == "api",
            DateTimeOffset.Parse(line["at"]!.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            line["detail"]!.ToString());
    }
}
