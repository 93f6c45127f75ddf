using System.Security.Cryptography;

namespace DevOpsAI.Connectors.Toolkit;

/// <summary>The hash under a signature.</summary>
public enum HmacAlgorithm { Sha1, Sha256, Sha512 }

internal static class Macs
{
    public static byte[] Compute(HmacAlgorithm algorithm, byte[] key, ReadOnlySpan<byte> text) => algorithm switch
    {
#pragma warning disable CA5350 // What Autotask and Duo sign with; a MAC does not fall with the hash's collisions.
        HmacAlgorithm.Sha1 => HMACSHA1.HashData(key, text),
#pragma warning restore CA5350
        HmacAlgorithm.Sha512 => HMACSHA512.HashData(key, text),
        _ => HMACSHA256.HashData(key, text),
    };
}
