using DevOpsAI.Connections.Plans;
using DevOpsAI.Proposals;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>
/// Turns an answer that has passed the walls into a recommendation. Pure. The summary, the plan and the least level come from typed fields;
/// the model's words stand in analysis and evidence, cleaned, and say who wrote them.
/// </summary>
internal static class ModelDraft
{
    private const int MaxSentence = 320;
    private const int MaxItem = 160;
    private const int MaxItems = 3;
    private const int MaxEvidence = 6;

    public static RecommendationDrafted From(
        DraftMaterial material, ModelAnswer answer, Plan plan, ModelPrompt prompt, string deployment)
    {
        var floor = material.Floor;
        string Say(string text, int max) => Written(material, prompt.Redaction, text, max);
        var draft = floor with
        {
            Analysis = Analysis(floor, answer, deployment, Say),
            Evidence = [.. floor.Evidence, .. Evidence(answer, prompt, Say)],
            Risk = Max(floor.Risk, answer.Risk),
        };
        return (floor.Plan.Steps.Count, plan.Steps.Count) switch
        {
            (0, 0) when material.Runbook is not null || material.Catalog.Count == 0 =>
                draft with { Note = ModelNotes.Explains(deployment) },
            (0, 0) => draft with
            {
                Problem = "The model proposes nothing: a person decides what to do.", Note = ModelNotes.NothingProposed(deployment),
            },
            (0, _) => WithoutRunbook(draft, material, plan, deployment),
            (_, 0) => Raised(draft, "The model would do nothing before a person looks.") with { Note = ModelNotes.WouldNot(deployment) },
            _ when PlanWall.IsSame(floor.Plan, plan) => draft with { Note = ModelNotes.Agrees(deployment) },
            _ => Raised(draft, "A model wrote the plan, and it differs from the runbook's.") with
            {
                Plan = plan,
                RunbookPlan = floor.Plan,
                Drafter = $"model {deployment}",
                Summary = Summary(plan),
                Observed = Rested(material, plan),
                Note = ModelNotes.OtherPlan(deployment, floor.Drafter),
            },
        };
    }

    private static RecommendationDrafted WithoutRunbook(
        RecommendationDrafted draft, DraftMaterial material, Plan plan, string deployment) =>
        Raised(draft, "A model wrote the plan; no runbook stands behind it.") with
        {
            Plan = plan,
            Problem = null,
            Drafter = $"model {deployment}",
            Summary = Summary(plan),
            Observed = Rested(material, plan),
            TargetKind = material.Found!.Target.Kind,
            Simulated = material.Found.Connector.IsSimulation,
            Note = ModelNotes.NoRunbook(deployment),
        };

    private static RecommendationDrafted Raised(RecommendationDrafted draft, string reason) =>
        draft with { AtLeast = GateLevel.L2, AtLeastReason = reason };

    /// <summary>Who wrote it, what the model thinks, and what the floor says by itself.</summary>
    private static string Analysis(RecommendationDrafted floor, ModelAnswer answer, string deployment, Func<string, int, string> say)
    {
        string?[] parts =
        [
            floor.Analysis,
            $"The model {deployment} writes: {say(answer.Summary, MaxSentence)}",
            $"Likely cause, as it sees it: {say(answer.LikelyCause, MaxSentence)}",
            Items("Risks it names", answer.RiskNotes, say),
            Items("Alternatives", answer.Alternatives, say),
            Items("What would change its mind", answer.WouldChange, say),
        ];
        return string.Join('\n', parts.Where(static part => part is { Length: > 0 }));
    }

    private static string? Items(string heading, IReadOnlyList<string> items, Func<string, int, string> say)
    {
        var said = items.Take(MaxItems).Select(item => say(item, MaxItem)).Where(static item => item.Length > 0).ToList();
        return said.Count == 0 ? null : $"{heading}: {string.Join("; ", said)}";
    }

    /// <summary>What a reference stands for is said in our words; the model's follow.</summary>
    private static IEnumerable<Finding> Evidence(ModelAnswer answer, ModelPrompt prompt, Func<string, int, string> say) =>
        answer.Evidence.DistinctBy(static evidence => evidence.Ref).Take(MaxEvidence).Select(evidence =>
        {
            var (said, seq) = prompt.References[evidence.Ref];
            return new Finding($"{said}. The model: {say(evidence.Says, MaxItem)}", seq);
        });

    private static string Written(DraftMaterial material, Redaction redaction, string text, int max)
    {
        var plain = GeneratedText.Clean(text, max);
        foreach (var other in material.OtherClients.Where(static other => other.Length > 2))
            plain = plain.Replace(other, "(another client)", StringComparison.OrdinalIgnoreCase);
        return redaction.Restore(plain)!;
    }

    private static string Summary(Plan plan)
    {
        var target = plan.Steps[0].Target.Name;
        return $"{QuotedText.List(plan.Steps.Select(static step => step.Title))}, on {QuotedText.Short(target)}.";
    }

    /// <summary>What the plan's conditions ask about, as it was seen: a change of it voids an approval.</summary>
    private static Dictionary<string, string> Rested(DraftMaterial material, Plan plan) => plan.Steps
        .SelectMany(static step => step.Preconditions.Concat(step.Verifications)).Select(static condition => condition.Observation)
        .Distinct(StringComparer.Ordinal).Where(material.Found!.Observations.ContainsKey)
        .ToDictionary(name => $"{material.Found.Target.Name} {name}", name => material.Found.Observations[name]);

    private static Risk Max(Risk floor, string said)
    {
        var risk = said switch { "high" => Risk.High, "medium" => Risk.Medium, _ => Risk.Low };
        return risk > floor ? risk : floor;
    }
}
