using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Proposals;

namespace DevOpsAI.Incidents;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantJson)])]
[JsonSerializable(typeof(EventReceived))]
[JsonSerializable(typeof(IncidentOpened))]
[JsonSerializable(typeof(IncidentClosed))]
[JsonSerializable(typeof(IncidentReopened))]
[JsonSerializable(typeof(IncidentRaised))]
[JsonSerializable(typeof(CardSending))]
[JsonSerializable(typeof(CardPosted))]
[JsonSerializable(typeof(CardUpdated))]
[JsonSerializable(typeof(NoticeSending))]
internal sealed partial class IncidentsJson : JsonSerializerContext;
