using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DevOpsAI.Common;
using Microsoft.AspNetCore.Http;

namespace DevOpsAI.Connectors.Toolkit;

public enum Verdict
{
    Refused,
    Accepted,

    /// <summary>The token is right, but stands in the address, which this connection does not take.</summary>
    InAddress,

    /// <summary>The headers do not settle it, but there is a signature over the body.</summary>
    DependsOnBody,
}

/// <summary>
/// Checks who sent a delivery. Secrets are compared by their hashes in constant time, so neither content nor length shows in how long it
/// takes.
/// </summary>
public sealed class InboundAuthentication(ISecretSource secrets, TimeProvider clock)
{
    /// <summary>
    /// Headers a signature is accepted in, in order of preference: HMAC-SHA256 over the raw body, hex or base64, with or without
    /// <c>sha256=</c>.
    /// </summary>
    public static readonly IReadOnlyList<string> SignatureHeaders = ["X-Signature-256", "X-Hub-Signature-256", "X-Signature"];

    /// <summary>Judges by the headers alone, before the body is read.</summary>
    /// <exception cref="SecretUnavailableException">The expected secret cannot be read, so nobody can be let in.</exception>
    public Verdict CheckHeaders(InboundCredentials credentials, WebhookRequest request)
    {
        var authorization = request.Headers.Authorization.Count == 1 ? request.Headers.Authorization[0] : null;
        if (credentials.Bearer is { } bearer && (After(authorization, "Bearer ") ?? request.AccessToken) is { Length: > 0 } token
            && Same(token, secrets.Read(bearer)))
            return credentials.TakesTokenInAddress || After(authorization, "Bearer ") is not null ? Verdict.Accepted : Verdict.InAddress;
        if (credentials.Password is { } password && After(authorization, "Basic ") is { } basic
            && IsUser(basic, credentials.Username ?? "", password))
            return Verdict.Accepted;
        if (credentials.SecretHeader is var (name, expected) && request.Headers[name] is [{ Length: > 0 } given]
            && Same(given, secrets.Read(expected)))
            return Verdict.Accepted;
        if (credentials.Thumbprints.Count > 0 && request.Certificate is { } certificate && IsOneOf(credentials.Thumbprints, certificate))
            return Verdict.Accepted;
        return credentials.SecretInBody is not null
            || (credentials.TakesSignature && GetSignature(credentials, request.Headers) is not null)
                ? Verdict.DependsOnBody
                : Verdict.Refused;
    }

    /// <summary>Whether the signature is that of the body, or the body has the secret in it.</summary>
    /// <exception cref="SecretUnavailableException">The secret cannot be read.</exception>
    /// <exception cref="VendorUnavailableException">The vendor that hands out the key cannot be asked.</exception>
    public async Task<bool> CheckBodyAsync(InboundCredentials credentials, WebhookRequest request, CancellationToken cancellationToken)
    {
        if (credentials.SecretInBody is var (own, places) && IsIn(places(request.Body), own))
            return true;
        if (GetSignature(credentials, request.Headers) is not { } signature)
            return false;
        if (Signed(credentials, request) is not { } signed)
            return false;
        if (credentials.HmacSecret is { } secret)
            return IsSignature(credentials, signature, Encoding.UTF8.GetBytes(secrets.Read(secret)), signed.Span);
        return credentials.SigningKey is { } find && await find(request.Body, cancellationToken) is { } key
            && IsSignature(credentials, signature, key, signed.Span);
    }

    /// <summary>What the signature has to be over; null when the delivery tells no time, or one that is too far from now.</summary>
    private ReadOnlyMemory<byte>? Signed(InboundCredentials credentials, WebhookRequest request)
    {
        if (credentials.SignedTime is not { } rule)
            return request.Body;
        if (request.Headers[rule.Header] is not [{ Length: > 0 and < 12 } text]
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || (clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > rule.Tolerance)
            return null;
        return (byte[])[.. Encoding.UTF8.GetBytes($"{rule.Before}{text}{rule.After}"), .. request.Body.Span];
    }

    private static bool IsSignature(InboundCredentials credentials, string signature, byte[] key, ReadOnlySpan<byte> body)
    {
        var algorithm = credentials.Signature?.Algorithm ?? HmacAlgorithm.Sha256;
        var expected = Macs.Compute(algorithm, key, body);
        return Decode(signature, algorithm, expected.Length) is { } given && CryptographicOperations.FixedTimeEquals(given, expected);
    }

    /// <summary>Whether any of them is the secret; all are compared, however many are right.</summary>
    /// <exception cref="SecretUnavailableException">The secret cannot be read.</exception>
    public bool IsIn(IEnumerable<string> given, SecretReference secret)
    {
        var expected = secrets.Read(secret);
        return given.Aggregate(false, (found, one) => Same(one, expected) || found);
    }

    /// <summary>
    /// The very certificate, and not out of date. Who issued it does not count: whoever made the connection has seen it.
    /// </summary>
    private bool IsOneOf(IReadOnlyList<byte[]> thumbprints, X509Certificate2 certificate)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return certificate.NotBefore.ToUniversalTime() <= now && now <= certificate.NotAfter.ToUniversalTime()
            && certificate.GetCertHash(HashAlgorithmName.SHA256) is var given
            && thumbprints.Aggregate(false, (found, one) => CryptographicOperations.FixedTimeEquals(one, given) || found);
    }

    private bool IsUser(string basic, string username, SecretReference password)
    {
        var expected = $"{username}:{secrets.Read(password)}";
        var buffer = new byte[basic.Length];
        return Convert.TryFromBase64String(basic.Trim(), buffer, out var length)
            && Same(buffer.AsSpan(0, length), Encoding.UTF8.GetBytes(expected));
    }

    private static string? GetSignature(InboundCredentials credentials, IHeaderDictionary headers)
    {
        var places = credentials.Signature is var (header, _) ? [header] : SignatureHeaders;
        var signature = places.Select(name => headers[name]).FirstOrDefault(static values => values.Count == 1).ToString();
        return signature.Length > 0 ? signature : null;
    }

    private static byte[]? Decode(string signature, HmacAlgorithm algorithm, int length)
    {
        var digits = (After(signature, $"{algorithm}=") ?? After(signature, "v0=") ?? signature).Trim();
        try
        {
            return digits.Length == 2 * length ? Convert.FromHexString(digits) : Convert.FromBase64String(digits);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string? After(string? value, string scheme) =>
        value is not null && value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? value[scheme.Length..].Trim() : null;

    private static bool Same(string given, string expected) => Same(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));

    private static bool Same(ReadOnlySpan<byte> given, ReadOnlySpan<byte> expected)
    {
        Span<byte> left = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> right = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(given, left);
        SHA256.HashData(expected, right);
        return CryptographicOperations.FixedTimeEquals(left, right);
    }
}
