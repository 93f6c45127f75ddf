namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// The key of one part of one entry, and the salt of its commitment: HKDF-Expand of the data key over a label, the entry's 32 random bytes
/// and its identity. The identity (data key, stream, tenant and type, as canonical JSON) is the associated data of the encryption as well,
/// so that an encrypted part cannot be moved to another entry.
/// </summary>
internal static class EntryKey
{
    /// <summary>32 bytes of key, then 32 bytes of salt.</summary>
    public const int Size = EncryptedBox.KeySize + 32;

    private static ReadOnlySpan<byte> Label => "DevOpsAI sealed entry 1\n"u8;

    /// <summary>Writes what the key is derived over.</summary>
    /// <param name="stream">As it stands in the entry, quotes included; likewise <paramref name="tenant"/> and
    /// <paramref name="type"/>.</param>
    public static void Describe(ByteBuffer output, ReadOnlySpan<byte> salt, string key, ReadOnlySpan<byte> stream,
        ReadOnlySpan<byte> tenant, ReadOnlySpan<byte> type)
    {
        output.Clear();
        output.Append(Label);
        output.Append(salt);
        output.Append("{\"key\":"u8);
        Jcs.WriteString(key, output);
        output.Append(",\"stream\":"u8);
        output.Append(stream);
        output.Append(",\"tenant\":"u8);
        output.Append(tenant);
        output.Append(",\"type\":"u8);
        output.Append(type);
        output.Append((byte)'}');
    }

    /// <summary>The identity in what <see cref="Describe"/> wrote.</summary>
    public static ReadOnlySpan<byte> Identity(ByteBuffer described) => described.Written[(Label.Length + EncryptedFields.SaltSize)..];
}
