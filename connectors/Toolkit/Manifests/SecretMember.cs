using System.Text.Json;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>A member of a delivery that holds a secret.</summary>
/// <param name="Each">The list whose items hold it, every one; null when the delivery itself does.</param>
internal sealed record SecretMember(JsonPath? Each, JsonPath Path)
{
    /// <summary>What the delivery holds, the same in every place; nothing where one holds none, or another.</summary>
    public IEnumerable<string> Find(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = InboundJson.Parse(body);
            IEnumerable<JsonElement> items = [document.RootElement];
            if (Each is not null)
                items = Each.Find(document.RootElement) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];
            return items.Select(Read).Distinct(StringComparer.Ordinal).ToList() is [{ Length: > 0 } only]
                ? [only]
                : [];
        }
        catch (MalformedEventException)
        {
            return [];
        }
    }

    private string? Read(JsonElement item) => Path.Find(item) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
