using System.Security.Cryptography;
using System.Text;

namespace DevOpsAI.Incidents;

/// <summary>
/// Bounds what a sender may write into the record. Text stays as it was sent up to its limit; cards and prompts escape it.
/// </summary>
internal static class EventText
{
    public const int KindLimit = 200;
    public const int DeviceLimit = 255;
    public const int TitleLimit = 500;
    public const int DescriptionLimit = 4000;
    public const int KeyLimit = 512;
    public const int AttributeLimit = 40;
    public const int AttributeNameLimit = 100;
    public const int AttributeValueLimit = 512;

    /// <summary>The beginning of a text, ending in an ellipsis where something was left out; no character is cut in half.</summary>
    public static string Bounded(string text, int limit)
    {
        if (text.Length <= limit)
            return text;
        var end = char.IsHighSurrogate(text[limit - 2]) ? limit - 2 : limit - 1;
        return string.Concat(text.AsSpan(0, end), "…");
    }

    /// <summary>A key of bounded length that still differs where the full one does.</summary>
    public static string BoundedKey(string key)
    {
        if (key.Length <= KeyLimit)
            return key;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        return Bounded(key, KeyLimit - hash.Length - 1) + "~" + hash;
    }

    /// <summary>The first attributes, each bounded. The number left out is told in <c>attributesLeftOut</c>.</summary>
    public static Dictionary<string, string> Bounded(IReadOnlyDictionary<string, string> attributes)
    {
        var kept = new Dictionary<string, string>();
        var limit = attributes.Count > AttributeLimit ? AttributeLimit - 1 : AttributeLimit;
        foreach (var (name, value) in attributes.Take(limit))
            kept[Bounded(name, AttributeNameLimit)] = Bounded(value, AttributeValueLimit);
        if (attributes.Count > limit)
            kept["attributesLeftOut"] = (attributes.Count - limit).ToString();
        return kept;
    }
}
