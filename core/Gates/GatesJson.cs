using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Incidents;

namespace DevOpsAI.Gates;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantJson)])]
[JsonSerializable(typeof(RoleAssigned))]
[JsonSerializable(typeof(AbsenceSet))]
[JsonSerializable(typeof(AbsenceEnded))]
[JsonSerializable(typeof(FreezeSet))]
[JsonSerializable(typeof(FreezeLifted))]
[JsonSerializable(typeof(SwitchThrown))]
[JsonSerializable(typeof(SwitchLifted))]
[JsonSerializable(typeof(ChannelLinked))]
[JsonSerializable(typeof(ChannelUnlinked))]
internal sealed partial class GatesJson : JsonSerializerContext;
