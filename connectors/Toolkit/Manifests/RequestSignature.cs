using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>A signature over each request, for vendors that take no secret as it is.</summary>
/// <param name="Setting">Holds the key.</param>
/// <param name="IsKeyBase64">The setting is the key in base64, as Microsoft's shared keys are; else the key is the text itself.</param>
/// <param name="Text">What is signed; a <c>$request</c> place may be empty.</param>
/// <param name="Headers">What is sent with it, by name.</param>
/// <param name="Basic">Sent as the header Authorization; null for none.</param>
internal sealed record SignatureRule(
    string Setting, bool IsKeyBase64, HmacAlgorithm Algorithm, ValueTemplate Text, SignatureEncoding Encoding,
    IReadOnlyDictionary<string, ValueTemplate> Headers, BasicRule? Basic)
{
    /// <summary>What a header may say of the signature.</summary>
    public const string Signature = "signature";
}

internal enum SignatureEncoding
{
    Hex,
    Base64,

    /// <summary>Base64 of the hexadecimal digits, as LogicMonitor wants it.</summary>
    Base64OfHex,
}

/// <summary>What is said of a request in what is signed, from the bytes that are sent.</summary>
internal static class RequestSignature
{
    /// <summary>The places of a request, without the dollar sign. See docs/connector-manifests.md.</summary>
    public static readonly string[] Places =
    [
        "request.method", "request.host", "request.path", "request.resource", "request.query", "request.parameters", "request.body",
        "request.body.sha256", "request.body.sha256.base64", "request.body.sha512", "request.time.seconds", "request.time.milliseconds",
        "request.time.http", "request.time.mail", "request.time.iso",
    ];

    /// <param name="body">As it is sent.</param>
    /// <param name="below">The path of the vendor's address, which <c>request.resource</c> is told without.</param>
    /// <param name="isForm">The body has parameters.</param>
    public static Dictionary<string, string> Describe(
        HttpMethod method, Uri uri, byte[] body, bool isForm, string below, DateTimeOffset now)
    {
        var query = uri.Query.TrimStart('?');
        var path = uri.AbsolutePath;
        return new(StringComparer.Ordinal)
        {
            ["request.method"] = method.Method,
            ["request.host"] = uri.Authority.ToLowerInvariant(),
            ["request.path"] = path,
            ["request.resource"] = path.StartsWith(below, StringComparison.Ordinal) ? path[below.Length..] : path,
            ["request.query"] = query,
            ["request.parameters"] = Parameters(isForm ? Encoding.UTF8.GetString(body) : query),
            ["request.body"] = Encoding.UTF8.GetString(body),
            ["request.body.sha256"] = Convert.ToHexStringLower(SHA256.HashData(body)),
            ["request.body.sha256.base64"] = Convert.ToBase64String(SHA256.HashData(body)),
            ["request.body.sha512"] = Convert.ToHexStringLower(SHA512.HashData(body)),
            ["request.time.seconds"] = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["request.time.milliseconds"] = now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            ["request.time.http"] = now.UtcDateTime.ToString("r", CultureInfo.InvariantCulture),
            ["request.time.mail"] = now.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '-0000'", CultureInfo.InvariantCulture),
            ["request.time.iso"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
    }

    /// <exception cref="FormatException">The key is not what the rule says, or a value that the text needs is missing.</exception>
    public static string Sign(SignatureRule rule, string key, IReadOnlyDictionary<string, string> given)
    {
        using var nothing = JsonDocument.Parse("null");
        var text = rule.Text.TextOrEmpty(new(nothing.RootElement, given))
            ?? throw new FormatException("A value for what is signed is missing: the connection lacks a setting.");
        var signature = Macs.Compute(rule.Algorithm, Key(rule, key), Encoding.UTF8.GetBytes(text));
        var hex = Convert.ToHexStringLower(signature);
        return rule.Encoding switch
        {
            SignatureEncoding.Hex => hex,
            SignatureEncoding.Base64 => Convert.ToBase64String(signature),
            _ => Convert.ToBase64String(Encoding.ASCII.GetBytes(hex)),
        };
    }

    private static byte[] Key(SignatureRule rule, string key)
    {
        if (!rule.IsKeyBase64)
            return Encoding.UTF8.GetBytes(key);
        var bytes = new byte[key.Length];
        return Convert.TryFromBase64String(key, bytes, out var length)
            ? bytes[..length]
            : throw new FormatException($"{rule.Setting} is no base64: it is misspelt or not the key itself.");
    }

    /// <summary>Each decoded and escaped again as RFC 3986 has it, in the order of their names.</summary>
    private static string Parameters(string query) => string.Join('&', query.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(static one => one.Split('=', 2))
        .Select(static one => (Name: Escape(one[0]), Value: Escape(one.Length > 1 ? one[1] : "")))
        .OrderBy(static one => one.Name, StringComparer.Ordinal).ThenBy(static one => one.Value, StringComparer.Ordinal)
        .Select(static one => $"{one.Name}={one.Value}"));

    private static string Escape(string part) => Uri.EscapeDataString(Uri.UnescapeDataString(part.Replace('+', ' ')));
}
