using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;

namespace DevOpsAI.Connectors.Toolkit.Polling;

/// <summary>
/// Where the reading of each connection's lists has come to: one small document for each connection, rewritten in place. What it names is
/// recorded; one that is lost means events read again, which are then duplicates.
/// </summary>
internal sealed class PollCursors(IDocuments documents)
{
    private const string Kind = "poll-cursors";

    /// <summary>Null where it was not read yet, or with other settings: another address has other ids.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be read now.</exception>
    public async Task<string?> FindAsync(Connection connection, string list, CancellationToken cancellationToken) =>
        (await ReadAsync(connection, cancellationToken)).Positions.GetValueOrDefault(GetKey(connection, list));

    /// <summary>
    /// Saves where a list is to be read on from. Another instance that was faster has read on from there as well, so its place stands.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">It cannot be written now.</exception>
    public async Task SaveAsync(Connection connection, string list, string position, CancellationToken cancellationToken)
    {
        var (positions, tag) = await ReadAsync(connection, cancellationToken);
        var key = GetKey(connection, list);
        if (positions.GetValueOrDefault(key) == position)
            return;
        foreach (var earlier in positions.Keys.Where(earlier => earlier.StartsWith($"{list}.", StringComparison.Ordinal)).ToList())
            positions.Remove(earlier);
        positions[key] = position;
        await documents.TryPutAsync(
            DocumentScope.From(connection.Tenant), Kind, connection.Name,
            JsonSerializer.SerializeToUtf8Bytes(positions, PollCursorsJson.Default.SortedDictionaryStringString), tag, cancellationToken);
    }

    private static string GetKey(Connection connection, string list)
    {
        var settings = connection.Settings.Where(static one => !new SecretReference(one.Value).IsElsewhere)
            .OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => $"{one.Key}={one.Value}");
        return $"{list}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', settings))))[..16]}";
    }

    private async Task<(SortedDictionary<string, string> Positions, string? Tag)> ReadAsync(
        Connection connection, CancellationToken cancellationToken)
    {
        var document = await documents.FindAsync(DocumentScope.From(connection.Tenant), Kind, connection.Name, cancellationToken);
        if (document is null)
            return (new(StringComparer.Ordinal), null);
        try
        {
            var read = JsonSerializer.Deserialize(document.Value.Span, PollCursorsJson.Default.SortedDictionaryStringString) ?? [];
            return (new(read, StringComparer.Ordinal), document.Tag);
        }
        catch (JsonException)
        {
            // Beginning anew reads events again, which is harmless; not reading at all is not.
            return (new(StringComparer.Ordinal), document.Tag);
        }
    }
}

[JsonSerializable(typeof(SortedDictionary<string, string>))]
internal sealed partial class PollCursorsJson : JsonSerializerContext;
