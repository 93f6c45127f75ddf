using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.Support;

/// <summary>Plays the Bot Connector's token service: signs tokens with keys it publishes as a JSON web key set.</summary>
public sealed class TokenIssuer : IDisposable
{
    public const string Issuer = "https://api.botframework.com";

    private readonly Dictionary<string, RSA> keys = [];

    public TokenIssuer() => Roll("key-1");

    /// <summary>The key that signs.</summary>
    public string KeyId { get; private set; } = "";

    /// <summary>Signs with a new key from now on; the old ones stay published.</summary>
    public void Roll(string keyId)
    {
        keys[keyId] = RSA.Create(2048);
        KeyId = keyId;
    }

    /// <summary>Takes a key out of the published set.</summary>
    public void Withdraw(string keyId) => keys.Remove(keyId);

    public string KeySet(params string[] endorsements) => new JsonObject
    {
        ["keys"] = new JsonArray([.. keys.Select(pair =>
        {
            var key = pair.Value.ExportParameters(includePrivateParameters: false);
            return (JsonNode)new JsonObject
            {
                ["kty"] = "RSA",
                ["use"] = "sig",
                ["kid"] = pair.Key,
                ["n"] = Base64Url.EncodeToString(key.Modulus),
                ["e"] = Base64Url.EncodeToString(key.Exponent),
                ["endorsements"] = new JsonArray([.. endorsements.Select(channel => (JsonNode)channel)]),
            };
        })]),
    }.ToJsonString();

    /// <summary>A valid token, changed as told: a claim or header set to null is left out.</summary>
    public string Token(
        string audience, string serviceUrl, DateTimeOffset now, Action<JsonObject>? claims = null, Action<JsonObject>? header = null)
    {
        var head = new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = KeyId };
        var body = new JsonObject
        {
            ["iss"] = Issuer,
            ["aud"] = audience,
            ["serviceurl"] = serviceUrl,
            ["nbf"] = now.ToUnixTimeSeconds() - 60,
            ["exp"] = now.ToUnixTimeSeconds() + 3600,
        };
        header?.Invoke(head);
        claims?.Invoke(body);
        return Sign(Without(head), Without(body));
    }

    /// <summary>Signs exactly these texts, however odd, with the current key.</summary>
    public string Sign(string header, string claims)
    {
        var signed = $"{Encode(header)}.{Encode(claims)}";
        var hash = HashAlgorithmName.SHA256;
        if (header.Contains("RS512", StringComparison.Ordinal))
            hash = HashAlgorithmName.SHA512;
        else if (header.Contains("RS384", StringComparison.Ordinal))
            hash = HashAlgorithmName.SHA384;
        var signature = keys[KeyId].SignData(Encoding.ASCII.GetBytes(signed), hash, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public byte[] PublicKeyPem() => Encoding.ASCII.GetBytes(keys[KeyId].ExportSubjectPublicKeyInfoPem());

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    public void Dispose()
    {
        foreach (var key in keys.Values)
            key.Dispose();
    }

    private static string Without(JsonObject members)
    {
        foreach (var name in members.Where(member => member.Value is null).Select(member => member.Key).ToList())
            members.Remove(name);
        return JsonSerializer.Serialize(members);
    }
}
