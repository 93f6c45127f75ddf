using DevOpsAI.Proposals;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>The one sentence on a card about what a model has to do with a draft. Ours, whatever the model wrote.</summary>
internal static class ModelNotes
{
    /// <summary>Why the model did not draft, and what stands there instead.</summary>
    public static string FellBack(ModelFailure why, RecommendationDrafted floor)
    {
        var reason = why switch
        {
            ModelFailure.Timeout => "The model did not answer in time",
            ModelFailure.Busy => "The model has too much to do",
            ModelFailure.Refused => "The model's service refused the question",
            ModelFailure.Filtered => "The content filter of the model's service stopped the answer",
            ModelFailure.Unusable => "The model answered nothing that could be used",
            ModelFailure.Budget => "This client's budget for the model is used up for today",
            _ => "The model could not be reached",
        };
        return floor switch
        {
            { Drafter: RecommendationDrafted.NoRunbook } => $"{reason}, and no runbook handles the alert: a person looks.",
            { Plan.Steps.Count: > 0 } => $"{reason}; this is the runbook's plan.",
            _ => $"{reason}; this is what the runbook says.",
        };
    }

    public static string NoRunbook(string deployment) => $"Written by the model {deployment}. No runbook stands behind it.";

    public static string OtherPlan(string deployment, string runbook) =>
        $"Written by the model {deployment}; it differs from the plan of the {runbook}, which the details show.";

    public static string Agrees(string deployment) => $"The runbook's plan; the model {deployment} proposes the same.";

    public static string WouldNot(string deployment) =>
        $"The runbook's plan; the model {deployment} would do nothing before a person looks.";

    public static string Explains(string deployment) => $"The model {deployment} wrote the analysis; nothing was offered to it to propose.";

    public static string NothingProposed(string deployment) =>
        $"The model {deployment} proposes nothing, and no runbook handles the alert: a person decides.";
}
