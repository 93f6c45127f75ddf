using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>The terms of a draft. Pure.</summary>
internal static class DraftTerms
{
    /// <summary>
    /// A model's plan in the place of a runbook's meets everything that the runbook's would have had to meet, and its own.
    /// </summary>
    public static GateTerms Compute(GatePolicy policy, GateQuestion question, RecommendationDrafted draft, FindAction find)
    {
        var terms = GateLevels.Compute(policy, question, find);
        if (draft.RunbookPlan is not { } replaced)
            return terms;
        var before = GateLevels.Compute(policy, question with { Plan = replaced }, find);
        if (before.Level > terms.Level)
        {
            terms = GateLevels.Compute(
                policy,
                question with { AtLeast = before.Level, AtLeastReason = "The runbook's plan, which it replaces, is at this level." }, find);
        }
        return terms with
        {
            Approvals = Math.Max(terms.Approvals, before.Approvals),
            ApproverRole = before.ApproverRole == Role.Administrator ? before.ApproverRole : terms.ApproverRole,
            NotTheRequester = terms.NotTheRequester || before.NotTheRequester,
        };
    }
}
