using System.Formats.Asn1;

namespace DevOpsAI.Ledger.Proofs;

internal static class EcdsaSignatures
{
    /// <summary>Two numbers of the same length side by side become a DER sequence of two integers.</summary>
    public static byte[] ToDer(ReadOnlySpan<byte> sideBySide)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(WithoutZeros(sideBySide[..(sideBySide.Length / 2)]));
            writer.WriteIntegerUnsigned(WithoutZeros(sideBySide[(sideBySide.Length / 2)..]));
        }
        return writer.Encode();
    }

    private static ReadOnlySpan<byte> WithoutZeros(ReadOnlySpan<byte> number)
    {
        var trimmed = number.TrimStart((byte)0);
        return trimmed.IsEmpty ? number[^1..] : trimmed;
    }
}
