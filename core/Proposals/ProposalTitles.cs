namespace DevOpsAI.Proposals;

/// <summary>Titles in the assessment log of entries that do not all have the same.</summary>
internal static class ProposalTitles
{
    public static string? For(ProposalDecided decided) => decided switch
    {
        { Owed: not null } => "Glass broken: decided by one person alone",
        { Complete: false, Kind: not DecisionKind.Snooze } => "Decision given, more are needed",
        { InTheNameOf: not null } => "Gate decided in the name of somebody absent",
        _ => null,
    };

    public static string For(BreakGlassReviewed reviewed) => reviewed.Confirms ? "Broken glass confirmed" : "Broken glass objected to";
}
