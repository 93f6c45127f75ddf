using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Connectors.Toolkit.Manifests;
using Microsoft.AspNetCore.Http;

namespace DevOpsAI.Connectors.Toolkit.Conformance;

/// <summary>Deliveries with the proof that the manifest asks of the vendor.</summary>
internal static class SentDeliveries
{
    private static readonly Lazy<X509Certificate2> Vendors = new(static () => MakeCertificate("CN=conformance"));
    private static readonly Lazy<X509Certificate2> Strangers = new(static () => MakeCertificate("CN=conformance"));

    /// <summary>For the setting of a manifest whose vendor proves itself with a certificate.</summary>
    public static string Thumbprint => Vendors.Value.GetCertHashString(HashAlgorithmName.SHA256);

    /// <param name="secret">Another than the connection's; null for that.</param>
    public static WebhookRequest Sign(ConformanceStage stage, byte[] body, string? secret = null)
    {
        var sender = stage.Manifest.Webhook!.Sender;
        var key = secret ?? (sender.Setting is { } setting ? stage.Connection.Settings[setting] : DeliverySamples.KeyText);
        var headers = new HeaderDictionary();
        var request = new WebhookRequest("application/json", headers, null, body);
        switch (sender.Proof)
        {
            case SenderProof.Bearer:
                headers["Authorization"] = $"Bearer {key}";
                return request;
            case SenderProof.Basic:
                headers["Authorization"] = Basic(stage.Connection.Settings[sender.UsernameSetting!], key);
                return request;
            case SenderProof.Header:
                headers[sender.Header!] = key;
                return request;
            case SenderProof.Certificate:
                return request with { Certificate = (secret is null ? Vendors : Strangers).Value };
            case SenderProof.Member:
                return request with { Body = WithMember(sender.Member!, body, key) };
            default:
                var signature = Convert.ToHexStringLower(
                    Macs.Compute(sender.Algorithm, Key(sender, key), WithTime(stage, sender.Time, headers, body)));
                headers[sender.Header!] = headers.TryGetValue(sender.Header!, out var time) ? $"t={time},v1={signature}" : signature;
                return request;
        }
    }

    /// <summary>The same delivery with no proof at all.</summary>
    public static WebhookRequest WithoutProof(WebhookRequest request, byte[] body) =>
        request with { Headers = new HeaderDictionary(), Certificate = null, Body = body };

    private static byte[] WithMember(SecretMember member, byte[] body, string secret)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(body);
        }
        catch (System.Text.Json.JsonException)
        {
            return body;
        }
        var place = member.Each?.ToString() is { } each and not "$"
            ? each.Split('.').Aggregate(root, static (node, name) => (node as JsonObject)?[name])
            : root;
        var items = member.Each is null ? [root] : place as JsonArray ?? [];
        foreach (var item in items.OfType<JsonObject>())
            VendorDocuments.Set(item, member.Path.ToString(), JsonValue.Create(secret));
        return Encoding.UTF8.GetBytes(root?.ToJsonString() ?? "null");
    }

    private static byte[] WithTime(ConformanceStage stage, SignedTime? rule, HeaderDictionary headers, byte[] body)
    {
        if (rule is null)
            return body;
        var time = $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}";
        headers[rule.Header] = time;
        if (rule.IdHeader is { } id)
            headers[id] = DeliverySamples.HintId;
        return rule.Text.With(VendorCredentials.Given(stage.Manifest, stage.Connection)).Write(time, DeliverySamples.HintId, body);
    }

    private static byte[] Key(SenderRule sender, string secret)
    {
        var text = Encoding.UTF8.GetBytes(secret);
        if (sender.IsKeyBase64)
            return SignatureHeader.FromBase64(secret) ?? text;
        return sender.FetchedKey is null ? text : SHA256.HashData(text);
    }

    private static string Basic(string user, string password) =>
        $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}";

    private static X509Certificate2 MakeCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest(name, key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
