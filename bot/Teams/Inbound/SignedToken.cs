using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace DevOpsAI.Bot.Teams.Inbound;

/// <summary>A signed JSON web token, taken apart but not yet believed. Everything unusual is refused before any cryptography.</summary>
internal sealed class SignedToken
{
    /// <summary>Characters; real tokens are around a thousand.</summary>
    public const int MaxLength = 16 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    private SignedToken(HashAlgorithmName hash, string algorithm, string keyId, JsonElement claims, byte[] signed, byte[] signature)
    {
        Hash = hash;
        Algorithm = algorithm;
        KeyId = keyId;
        Claims = claims;
        Signed = signed;
        Signature = signature;
    }

    public HashAlgorithmName Hash { get; }

    public string Algorithm { get; }

    public string KeyId { get; }

    public JsonElement Claims { get; }

    public byte[] Signed { get; }

    public byte[] Signature { get; }

    /// <summary>Null when it is not a token we would ever accept: not three parts, not strict base64url, repeated members,
    /// another algorithm than RS256, RS384 or RS512, critical headers, nested or without a key id.</summary>
    public static SignedToken? Read(string token)
    {
        if (token.Length > MaxLength)
            return null;
        var parts = token.Split('.');
        if (parts.Length != 3 || Decode(parts[0]) is not { } head || Decode(parts[1]) is not { } body
            || Decode(parts[2]) is not { Length: > 0 } signature)
            return null;
        if (Parse(head) is not { } header || Parse(body) is not { } claims)
            return null;
        if (Text(header, "alg") is not { } algorithm || GetHash(algorithm) is not { } hash
            || Text(header, "kid") is not { Length: > 0 and <= 256 } keyId)
            return null;
        if (header.TryGetProperty("crit", out _) || header.TryGetProperty("enc", out _) || header.TryGetProperty("zip", out _)
            || header.TryGetProperty("cty", out _))
            return null;
        if (header.TryGetProperty("typ", out var type) && !(type.ValueKind == JsonValueKind.String && type.ValueEquals("JWT")))
            return null;
        return new(hash, algorithm, keyId, claims, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), signature);
    }

    /// <summary>A claim that is a string; null when absent or anything else.</summary>
    public string? Text(string claim) => Text(Claims, claim);

    /// <summary>A claim that is a number of seconds since 1970; null when absent or anything else.</summary>
    public double? Seconds(string claim) =>
        Claims.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds)
            ? seconds
            : null;

    private static string? Text(JsonElement element, string name)
    {
        try
        {
            return element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair: no text
        }
    }

    private static HashAlgorithmName? GetHash(string algorithm) => algorithm switch
    {
        "RS256" => HashAlgorithmName.SHA256,
        "RS384" => HashAlgorithmName.SHA384,
        "RS512" => HashAlgorithmName.SHA512,
        _ => null,
    };

    private static byte[]? Decode(string part)
    {
        if (part.AsSpan().ContainsAnyExcept(Alphabet))
            return null;
        try
        {
            return Base64Url.DecodeFromChars(part);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static readonly System.Buffers.SearchValues<char> Alphabet =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private static JsonElement? Parse(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
