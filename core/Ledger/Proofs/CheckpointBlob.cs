using System.Globalization;
using System.Security.Cryptography;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>
/// The name of a blob with a checkpoint: <c>{tenant}/{size}.checkpoint</c>, and <c>{tenant}/{size}.{hash}.checkpoint</c> for the same
/// checkpoint with signatures that came later, since no blob is written twice. The hash is of what is in it.
/// </summary>
internal static class CheckpointBlob
{
    private const int SizeLength = 20;
    private const int HashLength = 16;
    private const string End = "checkpoint";

    /// <summary>What the names of a tenant's blobs begin with.</summary>
    public static string Prefix(TenantId tenant) => $"{tenant.Value}/";

    /// <summary>What the names of all blobs of one checkpoint begin with.</summary>
    public static string Prefix(TenantId tenant, long size) =>
        $"{Prefix(tenant)}{size.ToString("D20", CultureInfo.InvariantCulture)}.";

    public static string First(TenantId tenant, long size) => Prefix(tenant, size) + End;

    public static string Later(TenantId tenant, long size, ReadOnlySpan<byte> note) =>
        $"{Prefix(tenant, size)}{Convert.ToHexStringLower(SHA256.HashData(note))[..HashLength]}.{End}";

    /// <summary>The size that a name tells; null for the name of something else.</summary>
    public static long? GetSize(TenantId tenant, string name)
    {
        var prefix = Prefix(tenant);
        return name.StartsWith(prefix, StringComparison.Ordinal)
            && name[prefix.Length..].Split('.') is [{ Length: SizeLength } size, .., End] parts
            && (parts.Length == 2 || (parts is [_, { Length: HashLength } hash, _] && hash.All(char.IsAsciiHexDigitLower)))
            && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }
}
