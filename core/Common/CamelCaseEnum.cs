using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevOpsAI.Common;

/// <summary>Enumerations are stored as camel-case names.</summary>
internal sealed class CamelCaseEnum<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where TEnum : struct, Enum;
