using System.Text.Json.Serialization;
using DevOpsAI.Common;

namespace DevOpsAI.Connections;

/// <summary>How bad what a vendor tells of is.</summary>
[JsonConverter(typeof(CamelCaseEnum<Severity>))]
public enum Severity { Info, Warning, Error, Critical }
