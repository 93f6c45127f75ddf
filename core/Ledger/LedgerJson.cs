using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantJson)])]
[JsonSerializable(typeof(Actor))]
[JsonSerializable(typeof(ErasureRequested))]
[JsonSerializable(typeof(ErasureApproved))]
[JsonSerializable(typeof(ErasureCompleted))]
[JsonSerializable(typeof(KeyRotated))]
[JsonSerializable(typeof(LedgerHeartbeat))]
internal sealed partial class LedgerJson : JsonSerializerContext;
