using System.Globalization;
using System.Text.Json;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>
/// An entry to be appended, encoded but for what only the writer knows (time, seq, version). Made on the appender's own thread,
/// so that the one writer has little left to do.
/// </summary>
/// <param name="Fact">The fact as a reader will see it: read back from its stored form.</param>
internal sealed record PreparedEntry(NewEntry Source, string Type, Fact Fact, byte[] Template, int AtOffset, int SeqOffset);

/// <summary>
/// The stored form of an entry: canonical JSON (RFC 8785) of
/// <c>{actor{id,kind,name},at,causation?,correlation,data,seq,stream,tenant,type,v:1,version}</c>. These bytes are hashed and never written again.
/// </summary>
public static class EntryCodec
{
    /// <summary>An entry's canonical form is at most this long; larger things are kept elsewhere and referred to by hash.</summary>
    public const int LargestEntry = 1024 * 1024;

    private const int AtLength = 24;

    [ThreadStatic] private static ByteBuffer? buffer;

    /// <exception cref="ArgumentException">Not to be stored: no stored type name, text that is not valid Unicode, too large.</exception>
    internal static PreparedEntry Prepare(TenantId tenant, NewEntry entry)
    {
        var type = FactTypes.NameOf(entry.Fact);
        var output = buffer ??= new(4096);
        output.Clear();
        try
        {
            output.Append("{\"actor\":{\"id\":"u8);
            Jcs.WriteString(entry.Actor.Id, output);
            output.Append(KindOf(entry.Actor.Kind));
            Jcs.WriteString(entry.Actor.Name, output);
            output.Append("},\"at\":\""u8);
            var atOffset = output.Length;
            output.Reserve(AtLength);
            output.Advance(AtLength);
            output.Append((byte)'"');
            if (entry.Causation is { } causation)
            {
                output.Append(",\"causation\":"u8);
                output.AppendNumber(causation);
            }
            output.Append(",\"correlation\":"u8);
            Jcs.WriteString(entry.Correlation, output);
            output.Append(",\"data\":"u8);
            var dataOffset = output.Length;
            Jcs.Write(FactTypes.Serialize(entry.Fact), output);
            var fact = FactTypes.Deserialize(type, output.Written[dataOffset..]);
            output.Append(",\"seq\":"u8);
            var seqOffset = output.Length;
            output.Append(",\"stream\":"u8);
            Jcs.WriteString(entry.Stream.Value, output);
            output.Append(",\"tenant\":"u8);
            Jcs.WriteString(tenant.Value, output);
            output.Append(",\"type\":"u8);
            Jcs.WriteString(type, output);
            output.Append(",\"v\":1,\"version\":"u8);
            if (output.Length > LargestEntry)
                throw new ArgumentException($"An entry of {output.Length} bytes is too large; at most {LargestEntry}.", nameof(entry));
            return new(entry, type, fact, output.Written.ToArray(), atOffset, seqOffset);
        }
        catch (JsonException unfit)
        {
            throw new ArgumentException($"A {type} entry cannot be stored: {unfit.Message}", nameof(entry), unfit);
        }
    }

    /// <summary>Appends the canonical bytes.</summary>
    internal static void Complete(PreparedEntry entry, DateTimeOffset at, long seq, long version, ByteBuffer output)
    {
        var start = output.Length;
        output.Append(entry.Template.AsSpan(0, entry.SeqOffset));
        at.UtcDateTime.TryFormat(output.Written[(start + entry.AtOffset)..], out _, InstantJson.Format, CultureInfo.InvariantCulture);
        output.AppendNumber(seq);
        output.Append(entry.Template.AsSpan(entry.SeqOffset));
        output.AppendNumber(version);
        output.Append((byte)'}');
    }

    /// <summary>Reads stored bytes.</summary>
    /// <param name="hash">The leaf hash stored with them.</param>
    /// <exception cref="JsonException">Not an entry.</exception>
    public static LedgerEntry Decode(ReadOnlySpan<byte> body, ReadOnlyMemory<byte> hash)
    {
        try
        {
            var parts = EntryParts.Read(body);
            var type = EntryParts.Text(body, parts.Type);
            return new(
                TenantId.Parse(EntryParts.Text(body, parts.Tenant)),
                parts.Seq,
                DateTimeOffset.FromUnixTimeMilliseconds(parts.AtMilliseconds),
                type,
                new(EntryParts.Text(body, parts.Stream)),
                parts.Version,
                ReadActor(body[parts.Actor]),
                EntryParts.Text(body, parts.Correlation),
                parts.Causation,
                FactTypes.Deserialize(type, body[parts.Data]),
                hash);
        }
        catch (Exception unfit) when (unfit is InvalidOperationException or FormatException)
        {
            throw new JsonException(unfit.Message, unfit);
        }
    }

    private static Actor ReadActor(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, FactJson.Default.Actor) ?? throw new JsonException("An entry without an actor.");

    private static ReadOnlySpan<byte> KindOf(ActorKind kind) => kind switch
    {
        ActorKind.Person => ",\"kind\":\"person\",\"name\":"u8,
        ActorKind.Service => ",\"kind\":\"service\",\"name\":"u8,
        ActorKind.Connection => ",\"kind\":\"connection\",\"name\":"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
