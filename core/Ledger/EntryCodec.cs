using System.Security.Cryptography;
using System.Text.Json;
using DevOpsAI.Common;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>
/// An entry to be appended, encoded but for what only the writer knows (time, seq, version). Made on the appender's own thread,
/// so that the one writer has little left to do.
/// </summary>
/// <param name="Fact">The fact as a reader will see it: read back from its stored form.</param>
/// <param name="Encrypted">What is to be stored encrypted beside the entry, by those very bytes; null when there is nothing.</param>
internal sealed record PreparedEntry(NewEntry Source, string Type, Fact Fact, byte[] Template, int AtOffset, int ClockOffset, int SeqOffset,
    byte[]? Encrypted);

/// <summary>
/// The stored form of an entry: canonical JSON (RFC 8785) of
/// <c>{actor{id,kind,name?},at,causation?,clock?,correlation,data,sealed?,seq,stream,tenant,type,v:1,version}</c>. These bytes are hashed
/// and never written again. What is confidential or personal is not in them but encrypted beside the entry; <c>sealed</c> says what that is
/// and what it hashes to.
/// </summary>
public sealed class EntryCodec(EntryCatalog catalog)
{
    /// <summary>An entry's canonical form is at most this long; larger things are kept elsewhere and referred to by hash.</summary>
    public const int MaxEntryBytes = 1024 * 1024;

    [ThreadStatic] private static ByteBuffer? buffer;
    [ThreadStatic] private static ByteBuffer? identity;
    [ThreadStatic] private static ByteBuffer? merged;

    /// <param name="keys">From <see cref="IKeyRing.ForEncryptionAsync"/> for this very entry.</param>
    /// <exception cref="DataKeyGoneException">One of the keys was destroyed meanwhile: get the keys again and prepare again.</exception>
    /// <exception cref="ArgumentException">Not to be stored: no stored type name, text that is not valid Unicode, too large.</exception>
    internal PreparedEntry Prepare(TenantId tenant, NewEntry entry, TenantKeys keys)
    {
        if (keys.Tenant != tenant)
            throw new ArgumentException($"An entry of {tenant} cannot be encrypted under keys of {keys.Tenant}.", nameof(keys));
        var type = catalog.GetName(entry.Fact);
        var output = buffer ??= new(4096);
        output.Clear();
        try
        {
            output.Append("{\"actor\":{\"id\":"u8);
            Jcs.WriteString(entry.Actor.Id, output);
            output.Append(GetKind(entry.Actor.Kind));
            if (entry.Actor.Kind != ActorKind.Person)
            {
                output.Append(",\"name\":"u8);
                Jcs.WriteString(entry.Actor.Name, output);
            }
            output.Append("},\"at\":\""u8);
            var atOffset = output.Length;
            output.Reserve(InstantJson.Length);
            output.Advance(InstantJson.Length);
            output.Append((byte)'"');
            if (entry.Causation is { } causation)
            {
                output.Append(",\"causation\":"u8);
                output.AppendNumber(causation);
            }
            var clockOffset = output.Length;
            output.Append(",\"correlation\":"u8);
            Jcs.WriteString(entry.Correlation.Value, output);
            output.Append(",\"data\":"u8);
            var dataOffset = output.Length;
            Jcs.Write(catalog.Serialize(entry.Fact), output);
            var fact = catalog.Deserialize(type, output.Written[dataOffset..]);
            var names = WriteIdentity(tenant, entry.Stream, type, out var streamEnd, out var tenantEnd);
            var sealer = FieldEncryptor.OfThisThread;
            var encryptedBytes = sealer.Encrypt(entry, catalog.GetPlan(entry.Fact), keys, dataOffset, output, names[..streamEnd],
                names[streamEnd..tenantEnd], names[tenantEnd..]);
            output.Append(",\"seq\":"u8);
            var seqOffset = output.Length;
            output.Append(",\"stream\":"u8);
            output.Append(names[..streamEnd]);
            output.Append(",\"tenant\":"u8);
            output.Append(names[streamEnd..tenantEnd]);
            output.Append(",\"type\":"u8);
            output.Append(names[tenantEnd..]);
            output.Append(",\"v\":1,\"version\":"u8);
            if (output.Length + (encryptedBytes?.Length ?? 0) > MaxEntryBytes)
                throw new ArgumentException(
                    $"An entry of {output.Length + (encryptedBytes?.Length ?? 0)} bytes is too large; at most {MaxEntryBytes}.",
                    nameof(entry));
            var prepared = new PreparedEntry(entry, type, fact, output.Written.ToArray(), atOffset, clockOffset, seqOffset, encryptedBytes);
            return sealer.LostSomething ? prepared with { Fact = ReadBack(prepared, keys) } : prepared;
        }
        catch (JsonException unfit)
        {
            throw new ArgumentException($"A {type} entry cannot be stored: {unfit.Message}", nameof(entry), unfit);
        }
    }

    /// <summary>Appends the canonical bytes.</summary>
    /// <param name="at">Never earlier than that of the entry before.</param>
    /// <param name="byClock">What the clock says; kept where it is earlier than <paramref name="at"/>; null for that time.</param>
    internal static void Complete(PreparedEntry entry, DateTimeOffset at, long seq, long version, ByteBuffer output,
        DateTimeOffset? byClock = null)
    {
        var start = output.Length;
        output.Append(entry.Template.AsSpan(0, entry.ClockOffset));
        if (byClock is { } clock && clock < at)
        {
            output.Append(",\"clock\":\""u8);
            InstantJson.Write(clock, output.Reserve(InstantJson.Length));
            output.Advance(InstantJson.Length);
            output.Append((byte)'"');
        }
        output.Append(entry.Template.AsSpan(entry.ClockOffset, entry.SeqOffset - entry.ClockOffset));
        InstantJson.Write(at, output.Written[(start + entry.AtOffset)..]);
        output.AppendNumber(seq);
        output.Append(entry.Template.AsSpan(entry.SeqOffset));
        output.AppendNumber(version);
        output.Append((byte)'}');
    }

    /// <summary>Reads stored bytes, putting what is encrypted beside them back in its place.</summary>
    /// <param name="hash">The leaf hash stored with them.</param>
    /// <param name="encryptedBytes">What is stored beside them; null when there is nothing.</param>
    /// <param name="keys">What to open it with; without the right key readers find <see cref="Erased.Text"/>.</param>
    /// <exception cref="JsonException">Not an entry, or what is stored beside it does not belong to it.</exception>
    public LedgerEntry Decode(ReadOnlySpan<byte> body, ReadOnlyMemory<byte> hash, ReadOnlyMemory<byte>? encryptedBytes, TenantKeys? keys)
    {
        try
        {
            var parts = EntryParts.Read(body);
            var type = EntryParts.Text(body, parts.Type);
            string? actorName = null;
            Fact fact;
            if (parts.HasEncrypted)
            {
                var data = merged ??= new(2048);
                FieldDecryptor.Open(body, parts, encryptedBytes, keys, catalog.GetPlan(type), data, out actorName);
                fact = catalog.Deserialize(type, data.Written);
            }
            else
            {
                if (encryptedBytes is { IsEmpty: false })
                    throw new JsonException("something is encrypted beside it that it does not speak of");
                fact = catalog.Deserialize(type, body[parts.Data]);
            }
            return new(
                TenantId.Parse(EntryParts.Text(body, parts.Tenant)),
                parts.Seq,
                DateTimeOffset.FromUnixTimeMilliseconds(parts.AtMilliseconds),
                type,
                new(EntryParts.Text(body, parts.Stream)),
                parts.Version,
                ReadActor(body[parts.Actor], actorName),
                CorrelationId.FromRecord(EntryParts.Text(body, parts.Correlation)),
                parts.Causation,
                fact,
                hash)
            {
                ByClock = DateTimeOffset.FromUnixTimeMilliseconds(parts.ClockMilliseconds ?? parts.AtMilliseconds),
            };
        }
        catch (Exception unfit) when (unfit is InvalidOperationException or FormatException)
        {
            throw new JsonException(unfit.Message, unfit);
        }
    }

    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, ReadOnlyMemory{byte}, ReadOnlyMemory{byte}?, TenantKeys?)"/>
    public LedgerEntry Decode(StoredEntry entry, TenantKeys? keys) => Decode(entry.Body.Span, entry.Leaf, entry.Encrypted, keys);

    /// <summary>Whose keys an entry is to be encrypted under.</summary>
    internal KeysNeeded NeededFor(NewEntry entry)
    {
        var plan = catalog.GetPlan(entry.Fact);
        var actor = entry.Actor.Kind == ActorKind.Person ? entry.Actor.Id : null;
        return plan.Marks.IsEmpty ? new(actor, [], null) : new(actor, plan.PeopleIn(entry.Fact), plan.GetSubject(entry.Fact));
    }

    /// <summary>Prepares entries under the keys that they are to be encrypted under.</summary>
    /// <exception cref="ArgumentException">As <see cref="Prepare"/>.</exception>
    /// <exception cref="LedgerUnavailableException">A key cannot be had.</exception>
    internal async ValueTask<PreparedEntry[]> PrepareAsync(
        TenantId tenant, IReadOnlyList<NewEntry> entries, IKeyRing ring, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Facts that nobody has registered are refused here, before a key is made for them.
            var keys = await ring.ForEncryptionAsync(tenant, [.. entries.Select(NeededFor)], cancellationToken);
            try
            {
                var prepared = new PreparedEntry[entries.Count];
                for (var i = 0; i < prepared.Length; i++)
                    prepared[i] = Prepare(tenant, entries[i], keys);
                return prepared;
            }
            catch (DataKeyGoneException)
            {
                // Somebody was erased at this very moment; with the next look their key is a new one.
            }
        }
    }

    /// <summary>
    /// Reads stored entries with the keys that there are, once each has proved to be what was recorded: its bytes have the hash that was
    /// stored with them.
    /// </summary>
    /// <exception cref="LedgerDamagedException">One of them is not.</exception>
    /// <exception cref="LedgerUnavailableException">A key exists and cannot be had.</exception>
    public async ValueTask<IReadOnlyList<LedgerEntry>> DecodeAsync(
        TenantId tenant, IReadOnlyList<StoredEntry> stored, IKeyRing ring, CancellationToken cancellationToken)
    {
        if (stored.Count == 0)
            return [];
        foreach (var entry in stored)
            MustHaveItsHash(tenant, entry);
        var keys = await ring.ForOpeningAsync(tenant, stored, cancellationToken);
        var entries = new LedgerEntry[stored.Count];
        for (var i = 0; i < entries.Length; i++)
            entries[i] = Decode(tenant, stored[i], keys);
        return entries;
    }

    /// <summary>Looks at what is stored of an entry without opening it.</summary>
    /// <exception cref="LedgerDamagedException">Its bytes, or those beside it, are not what was recorded.</exception>
    internal static void MustBeWhole(TenantId tenant, StoredEntry entry)
    {
        MustHaveItsHash(tenant, entry);
        try
        {
            var parts = EntryParts.Read(entry.Body.Span);
            if (parts.HasEncrypted && entry.Encrypted is { } concealed)
                _ = FieldDecryptor.Check(EncryptedFields.Read(entry.Body.Span[parts.Encrypted]), concealed.Span);
        }
        catch (JsonException unreadable)
        {
            throw new LedgerDamagedException(tenant, entry.Seq, $"it cannot be read ({unreadable.Message})", unreadable);
        }
    }

    private static void MustHaveItsHash(TenantId tenant, StoredEntry entry)
    {
        var prefixed = buffer ??= new(4096);
        prefixed.Clear();
        prefixed.Append(MerkleTree.LeafPrefix);
        prefixed.Append(entry.Body.Span);
        Span<byte> hash = stackalloc byte[MerkleTree.HashSize];
        SHA256.HashData(prefixed.Written, hash);
        if (!entry.Leaf.Span.SequenceEqual(hash))
            throw new LedgerDamagedException(tenant, entry.Seq, "its bytes do not have the hash that was stored with them");
    }

    private LedgerEntry Decode(TenantId tenant, StoredEntry stored, TenantKeys keys)
    {
        try
        {
            var entry = Decode(stored, keys);
            if (entry.Tenant != tenant || entry.Seq != stored.Seq)
                throw new LedgerDamagedException(tenant, stored.Seq, $"it says of itself that it is entry {entry.Seq} of {entry.Tenant}");
            if (stored.Encrypted is null && LacksItsEncryptedPart(stored.Body.Span, keys))
                throw new LedgerDamagedException(tenant, stored.Seq, "what is encrypted beside it is missing, and it was not erased");
            // What it is found by is not hashed, so it must say the same.
            if (stored.FiledAs is { } filed && (filed.Stream != entry.Stream.Value || filed.Version != entry.Version))
                throw new LedgerDamagedException(
                    tenant, stored.Seq,
                    $"it is version {entry.Version} of {entry.Stream} and filed as version {filed.Version} of "
                    + $"{Untrusted.Shown(filed.Stream)}");
            return entry;
        }
        catch (JsonException unreadable)
        {
            throw new LedgerDamagedException(tenant, stored.Seq, $"it cannot be read ({unreadable.Message})", unreadable);
        }
    }

    /// <summary>What the entry says is encrypted beside it is not there, and was not of people alone who were erased since.</summary>
    private static bool LacksItsEncryptedPart(ReadOnlySpan<byte> body, TenantKeys keys)
    {
        var parts = EntryParts.Read(body);
        return parts.HasEncrypted && !EncryptedFields.Read(body[parts.Encrypted]).Parts.All(part => keys.IsErased(part.Key));
    }

    private Fact ReadBack(PreparedEntry prepared, TenantKeys keys)
    {
        var body = new ByteBuffer(prepared.Template.Length + 32);
        Complete(prepared, DateTimeOffset.UnixEpoch, 1, 1, body);
        return Decode(body.Written, default, prepared.Encrypted, keys).Fact;
    }

    /// <summary>Stream, tenant and type as they will stand in the entry.</summary>
    private static ReadOnlySpan<byte> WriteIdentity(TenantId tenant, StreamId stream, string type, out int streamEnd, out int tenantEnd)
    {
        var names = identity ??= new(256);
        names.Clear();
        Jcs.WriteString(stream.Value, names);
        streamEnd = names.Length;
        Jcs.WriteString(tenant.Value, names);
        tenantEnd = names.Length;
        Jcs.WriteString(type, names);
        return names.Written;
    }

    private static Actor ReadActor(ReadOnlySpan<byte> json, string? name)
    {
        var actor = JsonSerializer.Deserialize(json, LedgerJson.Default.Actor) ?? throw new JsonException("An entry without an actor.");
        return name is null ? actor : actor with { Name = name };
    }

    private static ReadOnlySpan<byte> GetKind(ActorKind kind) => kind switch
    {
        ActorKind.Person => ",\"kind\":\"person\""u8,
        ActorKind.Service => ",\"kind\":\"service\""u8,
        ActorKind.Connection => ",\"kind\":\"connection\""u8,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
