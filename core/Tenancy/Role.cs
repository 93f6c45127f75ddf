using System.Text.Json.Serialization;
using DevOpsAI.Common;

namespace DevOpsAI.Tenancy;

/// <summary>What a person may do with a tenant.</summary>
[JsonConverter(typeof(CamelCaseEnum<Role>))]
public enum Role { Technician, Approver, Manager, Administrator, Auditor }
