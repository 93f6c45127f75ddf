namespace DevOpsAI.Ledger;

/// <summary>A growing array of bytes that is reused: what the hot paths write into.</summary>
internal sealed class ByteBuffer(int capacity)
{
    private byte[] bytes = new byte[capacity];

    public int Length { get; private set; }

    public Span<byte> Written => bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Room behind what is written; it counts only after <see cref="Advance"/>.</summary>
    public Span<byte> Reserve(int count)
    {
        if (bytes.Length - Length < count)
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, Length + count));
        return bytes.AsSpan(Length, count);
    }

    public void Advance(int count) => Length += count;

    public void Append(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    public void Append(ReadOnlySpan<byte> values)
    {
        values.CopyTo(Reserve(values.Length));
        Length += values.Length;
    }

    public void AppendNumber(long value)
    {
        value.TryFormat(Reserve(20), out var written);
        Length += written;
    }

    public void AppendBase64(ReadOnlySpan<byte> values)
    {
        System.Buffers.Text.Base64.EncodeToUtf8(
            values, Reserve(System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(values.Length)), out _, out var written);
        Length += written;
    }

    /// <summary>Takes back what was written from <paramref name="length"/> on.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    public void Replace(int index, byte value) => bytes[index] = value;

    public void Overwrite(int index, ReadOnlySpan<byte> values) => values.CopyTo(bytes.AsSpan(index, Length - index));
}
