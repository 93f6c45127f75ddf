using System.Text.Json.Serialization;
using DevOpsAI.Common;

namespace DevOpsAI.Completeness;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantJson)])]
[JsonSerializable(typeof(WebhookReceipts))]
[JsonSerializable(typeof(ConnectionExpected))]
[JsonSerializable(typeof(ConnectionStale))]
[JsonSerializable(typeof(ConnectionRecovered))]
[JsonSerializable(typeof(ConnectionFailing))]
[JsonSerializable(typeof(ConnectionWorking))]
[JsonSerializable(typeof(ConnectionExpiring))]
[JsonSerializable(typeof(ConnectionRenewed))]
[JsonSerializable(typeof(PollAdvanced))]
[JsonSerializable(typeof(OutOfBandChange))]
[JsonSerializable(typeof(MessageSent))]
internal sealed partial class CompletenessJson : JsonSerializerContext;
