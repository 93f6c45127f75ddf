using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>How far a connection has been read.</summary>
/// <param name="Read">By what is watched: the latest change that is on record, by Graph's clock.</param>
/// <param name="OpenIssues">Disturbances that were open when they were last listed.</param>
internal sealed record GraphPosition(SortedDictionary<string, DateTimeOffset> Read, IReadOnlyList<string> OpenIssues)
{
    public static GraphPosition Empty => new(new(StringComparer.Ordinal), []);
}

/// <summary>The positions, in a document for each connection: they outlast the process and are the same for every instance.</summary>
internal sealed class GraphPositions(IDocuments documents)
{
    private const string Kind = "poll-positions";

    /// <returns>The position, and the tag to write it back with; an empty one where there is none that can be read.</returns>
    public async Task<(GraphPosition Position, string? Tag)> FindAsync(Connection connection, CancellationToken cancellationToken)
    {
        var document = await documents.FindAsync(DocumentScope.From(connection.Tenant), Kind, connection.Name, cancellationToken);
        if (document is null)
            return (GraphPosition.Empty, null);
        try
        {
            return (JsonSerializer.Deserialize(document.Value.Span, GraphPositionJson.Default.GraphPosition) ?? GraphPosition.Empty,
                document.Tag);
        }
        catch (JsonException)
        {
            // Reading once more what is on record is harmless; reading no more is not.
            return (GraphPosition.Empty, document.Tag);
        }
    }

    /// <summary>Writes it unless another instance was faster, which has then read the same.</summary>
    public async Task SaveAsync(Connection connection, GraphPosition position, string? tag, CancellationToken cancellationToken) =>
        await documents.TryPutAsync(
            DocumentScope.From(connection.Tenant), Kind, connection.Name,
            JsonSerializer.SerializeToUtf8Bytes(position, GraphPositionJson.Default.GraphPosition), tag, cancellationToken);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(GraphPosition))]
internal sealed partial class GraphPositionJson : JsonSerializerContext;
