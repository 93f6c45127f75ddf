using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace DevOpsAI.Bot.Teams.Inbound;

/// <summary>A public key of the Bot Connector and the channels it vouches for.</summary>
/// <param name="Endorsements">Channel ids; empty when the key endorses nothing.</param>
internal sealed record SigningKey(string KeyId, string? Algorithm, RSAParameters Key, IReadOnlyList<string> Endorsements)
{
    private const int MinModulus = 2048 / 8;

    public bool Verifies(SignedToken token)
    {
        if (Algorithm is not null && Algorithm != token.Algorithm)
            return false;
        using var rsa = RSA.Create(Key); // instances are not documented as safe to share between threads
        return rsa.VerifyData(token.Signed, token.Signature, token.Hash, RSASignaturePadding.Pkcs1);
    }

    /// <summary>Null for a key we cannot or should not use: not RSA, not for signatures, too short, or without an id.</summary>
    public static SigningKey? From(JsonWebKey key)
    {
        if (key is not { KeyType: "RSA", KeyId.Length: > 0, Modulus: { } modulus, Exponent: { } exponent }
            || key.Use is not (null or "sig"))
            return null;
        try
        {
            var parameters = new RSAParameters
                { Modulus = Base64Url.DecodeFromChars(modulus), Exponent = Base64Url.DecodeFromChars(exponent) };
            if (parameters.Modulus.AsSpan().TrimStart((byte)0).Length < MinModulus)
                return null;
            return new(key.KeyId, key.Algorithm, parameters, key.Endorsements ?? []);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

internal sealed record OpenIdMetadata([property: JsonPropertyName("jwks_uri")] string? KeysUrl);

internal sealed record JsonWebKeySet([property: JsonPropertyName("keys")] IReadOnlyList<JsonWebKey?>? Keys);

internal sealed record JsonWebKey(
    [property: JsonPropertyName("kty")] string? KeyType,
    [property: JsonPropertyName("kid")] string? KeyId,
    [property: JsonPropertyName("use")] string? Use,
    [property: JsonPropertyName("alg")] string? Algorithm,
    [property: JsonPropertyName("n")] string? Modulus,
    [property: JsonPropertyName("e")] string? Exponent,
    [property: JsonPropertyName("endorsements")] IReadOnlyList<string>? Endorsements);

[JsonSerializable(typeof(OpenIdMetadata))]
[JsonSerializable(typeof(JsonWebKeySet))]
internal sealed partial class KeysJson : JsonSerializerContext;
