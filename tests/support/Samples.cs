using System.Text;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.Support;

/// <summary>Recorded deliveries and published schemas, in the folder <c>Samples</c>.</summary>
public static class Samples
{
    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Samples", name));

    public static JsonNode Json(string name) => JsonNode.Parse(Bytes(name))!;

    /// <summary>JSON written with single quotes, for tests.</summary>
    public static byte[] Quoted(string json) => Encoding.UTF8.GetBytes(json.Replace('\'', '"'));
}
