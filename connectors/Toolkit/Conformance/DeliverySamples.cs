using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Connectors.Toolkit.Manifests;

namespace DevOpsAI.Connectors.Toolkit.Conformance;

/// <summary>Deliveries as the vendor of a stage sends them: the events themselves, or a hint about a record that it then has.</summary>
internal static class DeliverySamples
{
    /// <summary>Where the stand-in tells the key of its signatures.</summary>
    public const string KeyPath = "/conformance/signing-key";

    /// <summary>What its signatures are made with.</summary>
    public const string KeyText = "conformance-signing-key";

    /// <summary>By what a hint names the record.</summary>
    public const string HintId = "4711";

    /// <param name="keyHost">Where the delivery says that the key is; null for the vendor itself.</param>
    public static byte[] Body(ConformanceStage stage, EventRule rule, IReadOnlyList<JsonObject> items, Uri? keyHost = null)
    {
        var root = rule.Reread is { } reread ? Hint(stage, rule, reread, items[0]) : stage.Documents.Delivery(rule, items);
        if (stage.Manifest.Webhook?.Sender.FetchedKey is { } key && root is JsonObject members)
            VendorDocuments.Set(members, key.Address.ToString(), JsonValue.Create($"{new Uri(keyHost ?? stage.Vendor.Address, KeyPath)}"));
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    private static JsonObject Hint(ConformanceStage stage, EventRule rule, RereadRule reread, JsonObject record)
    {
        stage.Vendor.Hinted = record;
        return stage.Documents.Hint(rule, reread, HintId);
    }

    /// <summary>The answer that tells the key.</summary>
    public static JsonObject Key(FetchedKeyRule rule)
    {
        var answer = new JsonObject();
        VendorDocuments.Set(answer, rule.Key.ToString(), JsonValue.Create(KeyText));
        return answer;
    }
}
