using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Ledger;

namespace DevOpsAI.Connections;

/// <summary>Connections that were made in chat.</summary>
internal static class ConnectionsFeature
{
    public static readonly Feature Instance = new("connections")
    {
        Entries =
        [
            EntryType.Create(
                "connection.made", ConnectionsJson.Default.ConnectionMade,
                "A connection to a vendor that people agreed on is in use from then on, has other settings, or may do more or less.",
                "Connection made or changed",
                line: static made => $"Connection {made.Name} ({made.Connector}) is in use"
                    + (made.Settings.GetValueOrDefault(EnabledActions.Setting) is { } actions ? $" and may do: {actions}" : "")),
            EntryType.Create(
                "connection.removed", ConnectionsJson.Default.ConnectionRemoved,
                "A connection is not used any more, and its secrets are deleted.",
                "Connection removed",
                line: static removed => $"Connection {removed.Name} is not used any more"),
        ],
        Streams = ["connections"],
        Slices = [StateSlice.Create<MadeConnections>("connections", [typeof(ConnectionMade), typeof(ConnectionRemoved)])],
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantJson)])]
[JsonSerializable(typeof(ConnectionMade))]
[JsonSerializable(typeof(ConnectionRemoved))]
internal sealed partial class ConnectionsJson : JsonSerializerContext;
