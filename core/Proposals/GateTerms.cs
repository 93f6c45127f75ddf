using System.Text.Json.Serialization;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Proposals;

/// <summary>L0 automatic; L1 execute and notify; L2 approve to proceed; L3 human only.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateLevel>))]
public enum GateLevel { L0, L1, L2, L3 }

/// <summary>What the gate asks for.</summary>
/// <param name="Reasons">Why this level, one sentence each, for the card and <c>why</c>.</param>
/// <param name="EscalateAt">When to also tell <paramref name="EscalateTo"/>; null for never.</param>
/// <param name="EscalateTo">A role that is told as well, in the tenant's escalation channel if there is one.</param>
public sealed record GateTerms(
    GateLevel Level,
    IReadOnlyList<string> Reasons,
    Role ApproverRole,
    int Approvals,
    bool NotTheRequester,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? EscalateAt,
    Role? EscalateTo,
    string PolicyVersion)
{
    /// <summary>Who may act at once and alone; null for nobody.</summary>
    public BreakGlass? BreakGlass { get; init; }
}
