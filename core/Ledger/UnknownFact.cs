using System.Text.Json;

namespace DevOpsAI.Ledger;

/// <summary>A fact whose type no feature has registered; kept as it was written, and carried along.</summary>
public sealed record UnknownFact(JsonElement Data) : Fact;
