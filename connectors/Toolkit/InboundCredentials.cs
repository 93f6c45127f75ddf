using DevOpsAI.Common;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit;

/// <summary>What a sender may prove itself with; those that are null are not accepted.</summary>
public sealed record InboundCredentials(SecretReference? Bearer, string? Username, SecretReference? Password, SecretReference? HmacSecret)
{
    /// <summary>
    /// Setting of a connection whose sender can write no header: <c>allowed</c> takes the token from the address too, where proxies and
    /// senders log it. Anything else, or nothing, does not.
    /// </summary>
    public const string TokenInAddress = "AccessTokenInAddress";

    /// <summary>
    /// Setting with the SHA-256 thumbprint of the sender's client certificate, in hex with or without colons; several, separated by commas,
    /// while a certificate is replaced.
    /// </summary>
    public const string Thumbprint = "CertificateThumbprint";

    /// <summary>SHA-256 of the certificates that prove a sender; empty when none does.</summary>
    public IReadOnlyList<byte[]> Thumbprints { get; init; } = [];

    /// <summary>The bearer token may be the query's <c>access_token</c>.</summary>
    public bool TakesTokenInAddress { get; init; }

    /// <summary>A header that has to hold a secret as it is, where the vendor can set headers and sign nothing.</summary>
    public (string Name, SecretReference Secret)? SecretHeader { get; init; }

    /// <summary>
    /// The header and the hash of the signature over the body by <see cref="HmacSecret"/>; null for SHA-256 in one of
    /// <see cref="InboundAuthentication.SignatureHeaders"/>.
    /// </summary>
    public (string Header, HmacAlgorithm Algorithm)? Signature { get; init; }

    /// <summary>What is signed with the body, the time among it; null when the body alone is signed.</summary>
    public SignedTime? SignedTime { get; init; }

    /// <summary><see cref="HmacSecret"/> is the key in base64, perhaps behind <c>whsec_</c>; else its text is the key.</summary>
    public bool IsKeyBase64 { get; init; }

    /// <summary>
    /// Finds the key of the signature over a body, where the vendor hands it out, in place of <see cref="HmacSecret"/>; it finds null when
    /// there is none. Throws <see cref="VendorUnavailableException"/>.
    /// </summary>
    public Func<ReadOnlyMemory<byte>, CancellationToken, Task<byte[]?>>? SigningKey { get; init; }

    /// <summary>A signature over the body may prove the sender.</summary>
    public bool TakesSignature => HmacSecret is not null || SigningKey is not null;

    /// <summary>
    /// A secret that the vendor writes into the body, where it signs nothing, and how its places are found there. One right one is enough:
    /// whoever reads the body drops the parts that bear another.
    /// </summary>
    public (SecretReference Secret, Func<ReadOnlyMemory<byte>, IEnumerable<string>> Find)? SecretInBody { get; init; }

    public bool Any => Bearer is not null || Password is not null || TakesSignature || SecretHeader is not null
        || SecretInBody is not null || Thumbprints.Count > 0;

    /// <summary>A setting as a secret; null when it is absent or empty.</summary>
    public static SecretReference? Secret(Connection connection, string setting) =>
        connection.Settings.TryGetValue(setting, out var value) && !string.IsNullOrWhiteSpace(value) ? new(value) : null;

    /// <summary>Whether the connection says so by <see cref="TokenInAddress"/>.</summary>
    public static bool MayBeInAddress(Connection connection) => connection.Settings.GetValueOrDefault(TokenInAddress) == "allowed";

    /// <summary>What is wrong with the value of <see cref="TokenInAddress"/>; none when nothing is.</summary>
    public static IEnumerable<string> AddressProblems(Connection connection)
    {
        if (connection.Settings.TryGetValue(TokenInAddress, out var value) && value is not ("allowed" or "refused"))
            yield return $"{TokenInAddress}: must be allowed or refused.";
    }

    /// <summary>The thumbprints that a setting has; one that is none is left out.</summary>
    public static IReadOnlyList<byte[]> ReadThumbprints(Connection connection, string setting = Thumbprint) =>
        [.. Split(connection, setting).Select(ReadThumbprint).OfType<byte[]>()];

    /// <summary>What is wrong with a setting of thumbprints; none when nothing is, or it is absent.</summary>
    public static IEnumerable<string> ThumbprintProblems(Connection connection, string setting = Thumbprint)
    {
        foreach (var one in Split(connection, setting).Where(static one => ReadThumbprint(one) is null))
        {
            yield return one.Count(char.IsAsciiHexDigit) == 40
                ? $"{setting}: that is a SHA-1 thumbprint; what is wanted is SHA-256, from 'openssl x509 -noout -fingerprint -sha256'."
                : $"{setting}: has to be a SHA-256 thumbprint, 64 hex digits with or without colons.";
        }
    }

    private static string[] Split(Connection connection, string setting) => connection.Settings.GetValueOrDefault(setting)?.Split(
        ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static byte[]? ReadThumbprint(string text)
    {
        var digits = text.Replace(":", "", StringComparison.Ordinal);
        return digits.Length == 64 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : null;
    }

    /// <summary>For <c>WWW-Authenticate</c>: whatever any connection may take, so that the answer does not tell one from another.</summary>
    public static IReadOnlyList<string> AllChallenges { get; } = ["Bearer realm=\"events\"", "Basic realm=\"events\", charset=\"UTF-8\""];
}

/// <summary>A time that a sender signs with the body, so that a delivery that somebody caught is no proof for long.</summary>
/// <param name="Header">
/// Holds the time: seconds or milliseconds since 1970, or RFC 3339. Where it is the signature's own, the time is its <c>t</c>.
/// </param>
/// <param name="Tolerance">How far from now it may be, before or after.</param>
public sealed record SignedTime(string Header, SignedText Text, TimeSpan Tolerance)
{
    /// <summary>Holds the id of the delivery, where that is signed too.</summary>
    public string? IdHeader { get; init; }
}
