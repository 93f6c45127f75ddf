using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// Takes what is confidential or personal out of an entry that is being encoded, and encrypts it. Its buffers are used again: one for each
/// thread that appends.
/// </summary>
internal sealed class FieldEncryptor
{
    private static readonly byte[] ActorName = "actor.name"u8.ToArray();

    [ThreadStatic] private static FieldEncryptor? instance;

    private readonly List<Part> parts = [];
    private readonly ByteBuffer kept = new(2048);
    private readonly ByteBuffer bytes = new(2048);
    private readonly ByteBuffer described = new(512);
    private readonly Salts salts = new();
    private int used;

    public static FieldEncryptor OfThisThread => instance ??= new();

    /// <summary>
    /// A key that is destroyed took part: what was to be encrypted under it is lost already, and the fact has to be read back without it.
    /// </summary>
    public bool LostSomething { get; private set; }

    /// <summary>
    /// Replaces the canonical data that <paramref name="output"/> ends with by what stays readable, and appends what the leaf says of the
    /// rest.
    /// </summary>
    /// <returns>What is to be stored beside the entry; null when nothing of it is encrypted.</returns>
    public byte[]? Encrypt(
        NewEntry entry, FieldEncryption plan, TenantKeys keys, int dataOffset, ByteBuffer output, ReadOnlySpan<byte> stream,
        ReadOnlySpan<byte> tenant, ReadOnlySpan<byte> type)
    {
        used = 0;
        LostSomething = false;
        if (entry.Actor.Kind == ActorKind.Person)
            Under(PersonKey(keys, entry.Actor.Id)).AddText(ActorName, entry.Actor.Name);
        if (!plan.Marks.IsEmpty)
            Split(entry, plan, keys, dataOffset, output);
        return used == 0 ? null : Encrypt(output, stream, tenant, type);
    }

    private void Split(NewEntry entry, FieldEncryption plan, TenantKeys keys, int dataOffset, ByteBuffer output)
    {
        kept.Clear();
        kept.Append((byte)'{');
        var data = output.Written[dataOffset..];
        var reader = new Utf8JsonReader(data);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var mark = plan.Find(reader.ValueSpan);
            var start = (int)reader.TokenStartIndex;
            reader.Read();
            var valueStart = (int)reader.TokenStartIndex;
            reader.Skip();
            var value = data[valueStart..(int)reader.BytesConsumed];
            if (mark is null || value.Length == 2 || KeyFor(mark, entry, plan, keys) is not { } key)
                kept.Append(data[start..(int)reader.BytesConsumed]);
            else if (mark.Keeper == KeyOwner.Itself)
                SplitName(mark, data[start..valueStart], value, Under(key));
            else
                Under(key).Add(mark.Path, value);
            if (kept.Written[^1] is not ((byte)',' or (byte)'{'))
                kept.Append((byte)',');
        }
        if (used == 0)
            return;
        if (kept.Written[^1] == (byte)',')
            kept.Replace(kept.Length - 1, (byte)'}');
        else
            kept.Append((byte)'}');
        output.Truncate(dataOffset);
        output.Append(kept.Written);
    }

    /// <summary>Of a person in the data, the name goes and the id stays.</summary>
    private void SplitName(EncryptionMark mark, ReadOnlySpan<byte> name, ReadOnlySpan<byte> person, Part part)
    {
        kept.Append(name);
        kept.Append((byte)'{');
        var reader = new Utf8JsonReader(person);
        reader.Read();
        for (var first = true; reader.Read() && reader.TokenType == JsonTokenType.PropertyName;)
        {
            var isName = reader.ValueTextEquals("name"u8);
            var start = (int)reader.TokenStartIndex;
            reader.Read();
            if (isName)
            {
                part.Add(mark.Path, person[(int)reader.TokenStartIndex..(int)reader.BytesConsumed]);
                continue;
            }
            if (!first)
                kept.Append((byte)',');
            kept.Append(person[start..(int)reader.BytesConsumed]);
            first = false;
        }
        kept.Append((byte)'}');
    }

    private DataKey? KeyFor(EncryptionMark mark, NewEntry entry, FieldEncryption plan, TenantKeys keys) => mark.Keeper switch
    {
        KeyOwner.SubjectOrTenant => plan.GetSubject(entry.Fact) is { } subject ? SubjectKey(keys, subject) : keys.Own,
        KeyOwner.ActorOrTenant => entry.Actor.Kind == ActorKind.Person ? PersonKey(keys, entry.Actor.Id) : keys.Own,
        KeyOwner.Subject => plan.GetSubject(entry.Fact) is { } subject ? SubjectKey(keys, subject) : null,
        _ => mark.Person?.Invoke(entry.Fact) is { } person ? PersonKey(keys, person) : null,
    };

    private static DataKey PersonKey(TenantKeys keys, string objectId) => keys.OfPerson(objectId) ?? throw new DataKeyGoneException();

    /// <summary>
    /// A user who was erased stays erased: what is learned of them later is encrypted under a key that nobody keeps. A key that is merely
    /// missing may be put back, and would not open what another one of its name had encrypted.
    /// </summary>
    private DataKey SubjectKey(TenantKeys keys, string subject)
    {
        if (keys.Find(subject) is { } key)
            return key;
        if (!keys.IsErased(subject))
            throw new LedgerUnavailableException(
                $"Key {subject} of {keys.Tenant} is missing, and no erasure of it is on record: nothing about whom it belongs to can be "
                + $"recorded in what is open about them. "
                + "Restore the documents beside the ledger (documents.db) from a backup.");
        LostSomething = true;
        return DataKey.Create(subject);
    }

    private Part Under(DataKey key)
    {
        for (var i = 0; i < used; i++)
        {
            if (parts[i].Key.Id == key.Id)
                return parts[i];
        }
        if (used == parts.Count)
            parts.Add(new());
        return parts[used++].Begin(key);
    }

    private byte[] Encrypt(ByteBuffer output, ReadOnlySpan<byte> stream, ReadOnlySpan<byte> tenant, ReadOnlySpan<byte> type)
    {
        bytes.Clear();
        bytes.Append(EncryptedFields.Format);
        bytes.Append(salts.Next());
        for (var i = 0; i < used; i++)
            Encrypt(parts[i], stream, tenant, type);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes.Written, hash);
        output.Append(",\"sealed\":{\"hash\":\""u8);
        output.AppendBase64(hash);
        output.Append("\",\"parts\":["u8);
        for (var i = 0; i < used; i++)
        {
            if (i > 0)
                output.Append((byte)',');
            parts[i].Describe(output);
        }
        output.Append("]}"u8);
        return bytes.Written.ToArray();
    }

    private void Encrypt(Part part, ReadOnlySpan<byte> stream, ReadOnlySpan<byte> tenant, ReadOnlySpan<byte> type)
    {
        var plaintext = part.Plaintext();
        var length = plaintext.Length + EncryptedBox.TagSize;
        BinaryPrimitives.WriteInt32BigEndian(bytes.Reserve(sizeof(int)), length);
        bytes.Advance(sizeof(int));
        bytes.Reserve(length);
        var salt = bytes.Written.Slice(1, EncryptedFields.SaltSize);
        EntryKey.Describe(described, salt, part.Key.Id, stream, tenant, type);
        Span<byte> key = stackalloc byte[EntryKey.Size];
        if (!part.Key.TryDerive(described.Written, key))
            throw new DataKeyGoneException();
        EncryptedBox.Encrypt(key[..EncryptedBox.KeySize], salt[..EncryptedBox.NonceSize], EntryKey.Identity(described), plaintext,
            bytes.Reserve(length)[..length]);
        EncryptedBox.Commit(key[EncryptedBox.KeySize..], plaintext, part.Commit);
        bytes.Advance(length);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>
    /// Random bytes drawn for many entries at once: a draw costs as much as an encryption. They are no secret; they stand beside the entry.
    /// </summary>
    private sealed class Salts
    {
        private readonly byte[] drawn = new byte[64 * EncryptedFields.SaltSize];
        private int used = 64 * EncryptedFields.SaltSize;

        public ReadOnlySpan<byte> Next()
        {
            if (used == drawn.Length)
            {
                RandomNumberGenerator.Fill(drawn);
                used = 0;
            }
            used += EncryptedFields.SaltSize;
            return drawn.AsSpan(used - EncryptedFields.SaltSize, EncryptedFields.SaltSize);
        }
    }

    /// <summary>What goes under one key: a canonical object with one member for each path.</summary>
    private sealed class Part
    {
        private readonly List<string> of = [];
        private readonly ByteBuffer text = new(1024);

        public DataKey Key { get; private set; } = null!;

        public byte[] Commit { get; } = new byte[SHA256.HashSizeInBytes];

        public Part Begin(DataKey key)
        {
            Key = key;
            of.Clear();
            text.Clear();
            text.Append((byte)'{');
            return this;
        }

        public void Add(string path, ReadOnlySpan<byte> json)
        {
            Name(path);
            text.Append(json);
        }

        public void AddText(ReadOnlySpan<byte> path, string value)
        {
            Name(System.Text.Encoding.ASCII.GetString(path));
            Jcs.WriteString(value, text);
        }

        public ReadOnlySpan<byte> Plaintext()
        {
            text.Append((byte)'}');
            return text.Written;
        }

        public void Describe(ByteBuffer output)
        {
            output.Append("{\"commit\":\""u8);
            output.AppendBase64(Commit);
            output.Append("\",\"key\":"u8);
            Jcs.WriteString(Key.Id, output);
            output.Append(",\"of\":["u8);
            for (var i = 0; i < of.Count; i++)
            {
                if (i > 0)
                    output.Append((byte)',');
                Jcs.WriteString(of[i], output);
            }
            output.Append("]}"u8);
        }

        private void Name(string path)
        {
            if (of.Count > 0)
                text.Append((byte)',');
            of.Add(path);
            Jcs.WriteString(path, text);
            text.Append((byte)':');
        }
    }
}

/// <summary>A key was destroyed between finding it and using it. Whoever encrypts looks for its keys again.</summary>
internal sealed class DataKeyGoneException() : Exception("The key was destroyed a moment ago.");
