using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DevOpsAI.Common;
using DevOpsAI.Connectors.Toolkit.Manifests;
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

    /// <summary>Before the base64 of a key, where vendors write one (https://github.com/standard-webhooks/standard-webhooks).</summary>
    private const string KeyPrefix = "whsec_";

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
    public async Task<bool> CheckBodyAsync(
        InboundCredentials credentials, WebhookRequest request, CancellationToken cancellationToken) =>
        await FindFaultAsync(credentials, request, cancellationToken) is null;

    /// <summary>Why the signature is none, or the body proves nothing: for the log, never for the sender. Null when it is right.</summary>
    /// <inheritdoc cref="CheckBodyAsync"/>
    public async Task<string?> FindFaultAsync(
        InboundCredentials credentials, WebhookRequest request, CancellationToken cancellationToken)
    {
        if (credentials.SecretInBody is var (own, places) && IsIn(places(request.Body), own))
            return null;
        if (GetSignature(credentials, request.Headers) is not { } signature)
            return WhyNotSigned(credentials, request) ?? "The secret is not in the body.";
        if (Sign(credentials, request, signature, out var signed) is { } fault)
            return fault;
        if (credentials.HmacSecret is { } secret)
        {
            return Key(credentials, secrets.Read(secret)) is { } written
                ? Compare(credentials, signature, written, signed)
                : "The secret of the connection is not base64, as this sender's is.";
        }
        return credentials.SigningKey is { } find && await find(request.Body, cancellationToken) is { } key
            ? Compare(credentials, signature, key, signed)
            : "The vendor hands out no key for this delivery.";
    }

    /// <summary>Says that a signature is missing where one would prove the sender; null where there is one, or none would.</summary>
    public static string? WhyNotSigned(InboundCredentials credentials, WebhookRequest request) =>
        credentials.TakesSignature && GetSignature(credentials, request.Headers) is null
            ? $"There is no signature in {string.Join(" or ", SignaturePlaces(credentials))}."
            : null;

    /// <summary>What the signature has to be over; returns why there is no such thing.</summary>
    private string? Sign(InboundCredentials credentials, WebhookRequest request, string signature, out ReadOnlyMemory<byte> signed)
    {
        signed = request.Body;
        if (credentials.SignedTime is not { } rule)
            return null;
        var isBeside = rule.Header.Equals(credentials.Signature?.Header, StringComparison.OrdinalIgnoreCase);
        if ((isBeside ? SignatureHeader.Time(signature) : One(request.Headers, rule.Header)) is not { } text)
            return $"There is no time in {rule.Header}.";
        if (VendorTimes.Find(text) is not { } time)
            return $"What is in {rule.Header} is no time.";
        var off = clock.GetUtcNow() - time;
        if (off.Duration() > rule.Tolerance)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"The time in {rule.Header} is {off.Duration().TotalSeconds:0} s {(off > TimeSpan.Zero ? "ago" : "ahead")}, "
                + $"and {rule.Tolerance.TotalSeconds:0} s are allowed.");
        }
        var id = rule.IdHeader is { } header ? One(request.Headers, header) : null;
        if (rule.IdHeader is not null && id is null)
            return $"There is no id in {rule.IdHeader}.";
        if (rule.Text.Given.FirstOrDefault() is { } missing)
            return $"{missing} of the connection is signed, and is missing.";
        signed = rule.Text.Write(text, id, request.Body.Span);
        return null;
    }

    /// <summary>The one value of a header, if it is no longer than any time or id; null when there is none, or several.</summary>
    private static string? One(IHeaderDictionary headers, string name) => headers[name] is [{ Length: > 0 and <= 256 } text] ? text : null;

    private static byte[]? Key(InboundCredentials credentials, string secret) => credentials.IsKeyBase64
        ? SignatureHeader.FromBase64(After(secret, KeyPrefix) ?? secret)
        : Encoding.UTF8.GetBytes(secret);

    private static string? Compare(InboundCredentials credentials, string signature, byte[] key, ReadOnlyMemory<byte> signed)
    {
        var algorithm = credentials.Signature?.Algorithm ?? HmacAlgorithm.Sha256;
        var expected = Macs.Compute(algorithm, key, signed.Span);
        var given = SignatureHeader.Signatures(signature, algorithm, expected.Length);
        if (given.Count == 0)
            return $"What is in {string.Join(" or ", SignaturePlaces(credentials))} is no signature by {algorithm}.";
        return given.Aggregate(false, (found, one) => CryptographicOperations.FixedTimeEquals(one, expected) || found)
            ? null
            : "The signature is another one: the secret is, or what is signed was changed on the way or is put together otherwise.";
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
        var signature = SignaturePlaces(credentials).Select(name => headers[name])
            .FirstOrDefault(static values => values.Count == 1).ToString();
        return signature.Length > 0 ? signature : null;
    }

    private static IReadOnlyList<string> SignaturePlaces(InboundCredentials credentials) =>
        credentials.Signature is var (header, _) ? [header] : SignatureHeaders;

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
