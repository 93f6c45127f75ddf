using System.Text.Json.Serialization;
using DevOpsAI.Common;

namespace DevOpsAI.Digests;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantJson)])]
[JsonSerializable(typeof(DigestSending))]
internal sealed partial class DigestsJson : JsonSerializerContext;
