using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Snapshots;

/// <summary>A state as the slices that it is made of, each with its name.</summary>
internal static class SlicesJson
{
    /// <summary>Which slices there are, and what each is made of.</summary>
    public static string GetShape(EntryCatalog catalog) =>
        StateJson.GetShape(
            catalog.Slices.Select(static slice => slice.Type), string.Join(' ', catalog.Slices.Select(static slice => slice.Name)));

    public static byte[] Write(TenantState state, EntryCatalog catalog)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, StateJson.Written))
        {
            writer.WriteStartArray();
            foreach (var (slice, value) in catalog.Slices.Zip(state.Slices))
            {
                writer.WriteStringValue(slice.Name);
                StateJson.Write(writer, value, slice.Type);
            }
            writer.WriteEndArray();
        }
        return output.WrittenSpan.ToArray();
    }

    /// <exception cref="JsonException">Not what <see cref="Write"/> wrote with this catalog.</exception>
    public static TenantState Read(ReadOnlySpan<byte> json, TenantId tenant, string name, long seq, EntryCatalog catalog)
    {
        using var sharing = SharedTextJson.Begin();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = StateJson.MaxDepth });
        reader.Read();
        var slices = ImmutableArray.CreateBuilder<object>(catalog.Slices.Length);
        foreach (var slice in catalog.Slices)
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.String || !reader.ValueTextEquals(slice.Name))
                throw new JsonException($"{slice.Name} is not there");
            reader.Read();
            slices.Add(StateJson.Read(ref reader, slice.Type));
        }
        return new(tenant, catalog, name, seq, slices.MoveToImmutable());
    }
}
