using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>What the level of a plan depends on, beside policy and catalog.</summary>
public sealed record GateQuestion(string Area, Severity Severity, Plan Plan, DateTimeOffset Now)
{
    /// <summary>Weight of what ran, or is about to run, without approval for this tenant within the policy's window.</summary>
    public int EarlierWeight { get; init; }

    /// <summary>What the drafter thinks; it may raise the level.</summary>
    public Risk Risk { get; init; }

    /// <summary>The runbook was found by words in the alert's name, not by a name that it lists.</summary>
    public bool ByWords { get; init; }

    /// <summary>The level that the draft must not fall below, as where a model wrote it; null for none.</summary>
    public GateLevel? AtLeast { get; init; }

    /// <summary>Why <see cref="AtLeast"/>.</summary>
    public string? AtLeastReason { get; init; }

    /// <summary>Why nothing can be carried out, as the drafter says; null when the plan is complete.</summary>
    public string? Problem { get; init; }

    /// <summary>Why nothing of this tenant runs by itself at the moment; null when it may.</summary>
    public string? Hold { get; init; }

    /// <summary>What an area records is the effect, so that nothing lacks where there is no plan.</summary>
    public bool IsOwnEffect { get; init; }

    /// <summary>The proposal is worth nothing after this; null for no such limit.</summary>
    public DateTimeOffset? NotAfter { get; init; }
}

/// <summary>
/// Computes what a gate asks for. Pure. Policy, drafter and circumstances raise the level; nothing lowers it below the floor.
/// </summary>
public static class GateLevels
{
    private const int WideApprovers = 2;

    /// <summary>The least level of an action: reversibility by blast radius. An action nobody declared is for people only.</summary>
    public static GateLevel Floor(ActionSpec? action, string area) => action switch
    {
        null => GateLevel.L3,
        { BlastRadius: BlastRadius.Nothing } => GateLevel.L0,
        { BlastRadius: BlastRadius.Site or BlastRadius.Tenant, Reversibility: Reversibility.Irreversible } => GateLevel.L3,
        { BlastRadius: BlastRadius.Site or BlastRadius.Tenant } => GateLevel.L2,
        { Reversibility: Reversibility.Reversible } => GateLevel.L1,
        // Whoever may approve pressed Undo on one device or user: that is the approval.
        { Reversibility: Reversibility.Partly } when area == GateArea.Undo => GateLevel.L1,
        _ => GateLevel.L2,
    };

    /// <summary>The floor of a plan: the highest of its steps and of their ways back; a plan without steps is for people only.</summary>
    public static GateLevel Floor(Plan plan, string area, FindAction find) =>
        plan.Steps.Count == 0 ? GateLevel.L3 : plan.Steps.Max(step => Natures(step, find).Max(action => Floor(action, area)));

    /// <summary>
    /// Small steps add up by this: nothing 0, one device or user 1 (partly 3, irreversible 9), a site three times that, a tenant nine
    /// times.
    /// </summary>
    public static int GetWeight(ActionSpec? action)
    {
        var weight = action?.Reversibility switch { Reversibility.Reversible => 1, Reversibility.Partly => 3, _ => 9 };
        return action?.BlastRadius switch
        {
            BlastRadius.Nothing => 0,
            BlastRadius.OneDevice or BlastRadius.OneUser => weight,
            BlastRadius.Site => 3 * weight,
            _ => 9 * weight,
        };
    }

    public static int GetWeight(Plan plan, FindAction find) => plan.Steps.Sum(step => Natures(step, find).Max(GetWeight));

    /// <summary>A step, or the way back of one, that cannot be taken back: every page is opened before it can be approved.</summary>
    public static bool NeedsReview(Plan plan, FindAction find) =>
        plan.Steps.Any(step => Natures(step, find).Any(action => action is not { Reversibility: not Reversibility.Irreversible }));

    /// <summary>
    /// What may be done for the sake of a step: its action, and its way back, which runs by itself when a later step fails.
    /// </summary>
    private static IEnumerable<ActionSpec?> Natures(PlanStep step, FindAction find) =>
        step.Rollback is { } rollback ? [find(step.Target, step.Action), find(step.Target, rollback)] : [find(step.Target, step.Action)];

    public static GateTerms Compute(GatePolicy policy, GateQuestion question, FindAction find)
    {
        var steps = question.Plan.Steps.Select(step => Judge(policy, question, step, find(step.Target, step.Action))).ToList();
        if (question.IsOwnEffect && steps.Count == 0)
            steps.Add(JudgeEffect(policy, question));
        var back = question.Plan.Steps.Where(static step => step.Rollback is not null)
            .Select(step => JudgeWayBack(policy, question, step, find)).ToList();
        var reasons = Reasons(policy, question, [.. steps, .. back], find).Distinct().ToList();
        var ruled = steps.Concat(back.Where(static step => step.Rule is not null)).ToList();
        var level = reasons.Max(reason => reason.Level);
        var critical = question.Severity == Severity.Critical;
        var now = DateTimeOffset.FromUnixTimeMilliseconds(question.Now.ToUnixTimeMilliseconds());
        var rules = steps.Count == 0
            ? [policy.Rules.FirstOrDefault(rule => rule.FitsWithoutPlan(question.Area, question.Severity, question.Now))]
            : steps.Select(static step => step.Rule).ToList();
        var expiry = Least(rules.Select(rule => rule?.Expiry)) ?? (critical ? policy.Defaults.CriticalExpiry : policy.Defaults.Expiry);
        var expiresAt = question.NotAfter < now + expiry ? question.NotAfter.Value : now + expiry;
        var escalateAfter = Least(rules.Select(rule => rule?.EscalateAfter)) ?? policy.Defaults.EscalateAfter;
        // Where the world leaves less time than policy does, somebody else is told as much sooner.
        if (expiresAt < now + expiry)
            escalateAfter *= Math.Max(0, (expiresAt - now) / expiry);
        var escalateTo = rules.Select(rule => rule?.EscalateTo).FirstOrDefault(role => role is not null) ?? policy.Defaults.EscalateTo;
        return new(
            level,
            [.. reasons.Where(reason => reason.Level == level).Select(reason => reason.Message)],
            ruled.Select(step => step.Rule?.Approver ?? policy.Defaults.Approver).DefaultIfEmpty(policy.Defaults.Approver)
                .MaxBy(Strictness),
            steps.Concat(back).Select(step => step.Approvals).DefaultIfEmpty(policy.Defaults.Approvals).Max(),
            steps.Count == 0
                ? policy.Defaults.NotTheRequester
                : ruled.Exists(step => step.Rule?.NotTheRequester ?? policy.Defaults.NotTheRequester),
            expiresAt,
            escalateTo is not null && now + escalateAfter < expiresAt ? now + escalateAfter : null,
            escalateTo,
            policy.Version)
        {
            BreakGlass = level == GateLevel.L2 ? policy.BreakGlass : null,
        };
    }

    private static IEnumerable<Reason> Reasons(GatePolicy policy, GateQuestion question, List<Judged> steps, FindAction find)
    {
        if (question.Problem is { Length: > 0 } problem)
            yield return new(GateLevel.L3, problem);
        if (question.Plan.Steps.Count == 0 && !question.IsOwnEffect)
        {
            yield return new(GateLevel.L3, "There is no plan to carry out: a person decides what to do.");
            yield break;
        }
        if (question.Plan.Steps.Count > policy.Limits.Steps)
            yield return new(GateLevel.L3, TooManySteps(question.Plan.Steps.Count, policy.Limits.Steps));
        foreach (var reason in steps.SelectMany(step => step.Reasons))
            yield return reason;
        if (question.Risk == Risk.High)
            yield return new(GateLevel.L2, "The drafter rates the risk as high.");
        if (question.ByWords)
            yield return new(GateLevel.L2, "The alert's name is none that the runbook lists; words in it led there.");
        if (question.AtLeast is { } least)
            yield return new(least, question.AtLeastReason ?? "The draft asks for it.");
        // A person's undo does not run by itself: someone who may approve has just asked for it.
        if (question.Area == GateArea.Undo)
            yield break;
        foreach (var window in policy.Maintenance.Where(window => window.Contains(question.Now)))
            yield return new(GateLevel.L2, $"Nothing runs by itself during the maintenance window '{window.Name}'.");
        if (question.Hold is { } hold)
            yield return new(GateLevel.L2, hold);
        var weight = GetWeight(question.Plan, find);
        if (weight > 0 && weight + question.EarlierWeight > policy.Chain.Weight)
            yield return new(GateLevel.L2, TooMuch(policy.Chain, weight, question.EarlierWeight));
    }

    internal static string TooMuch(ChainLimit limit, int weight, int earlier) =>
        $"Small changes add up: this one weighs {weight}, {earlier} ran without approval in the last "
        + $"{GateMessages.Span(limit.Window)}, and more than {limit.Weight} is asked.";

    internal static string TooManySteps(int steps, int most) =>
        $"The plan has {steps} steps, and at most {most} are carried out at once: a person decides what to do.";

    private static Judged Judge(GatePolicy policy, GateQuestion question, PlanStep step, ActionSpec? action)
    {
        var floor = Floor(action, question.Area);
        if (action is null)
            return new(null, 1, [new(floor, $"{step.Action} is not in the catalog for {step.Target.Name}.")]);
        var rule = policy.Rules.FirstOrDefault(
            rule => rule.Fits(question.Area, step.Action, action.BlastRadius, question.Severity, question.Now));
        var asked = rule?.Level ?? GateLevel.L2;
        var reasons = new List<Reason> { new(floor, $"{step.Action} on {step.Target.Name} {Nature(action, step.Rollback is not null)}.") };
        if (asked >= floor)
            reasons.Add(new(asked, rule is null ? $"No policy rule speaks of {step.Action}." : $"Policy: {rule.Name}."));
        return new(rule, Math.Max(rule?.Approvals ?? policy.Defaults.Approvals, LeastApprovals(action)), reasons);
    }

    /// <summary>What nobody's vendor does is asked about at least once: it has no nature that could speak for it.</summary>
    private static Judged JudgeEffect(GatePolicy policy, GateQuestion question)
    {
        var rule = policy.Rules.FirstOrDefault(rule => rule.FitsEffect(question.Area, question.Severity, question.Now));
        var level = rule?.Level > GateLevel.L2 ? rule.Level : GateLevel.L2;
        var reason = new Reason(level, rule is null ? $"No policy rule speaks of {question.Area}." : $"Policy: {rule.Name}.");
        return new(rule, rule?.Approvals ?? policy.Defaults.Approvals, [reason]);
    }

    /// <summary>
    /// The way back runs by itself when a later step fails, so it counts like a step by its nature. Of the policy only a rule that names it
    /// counts: one for everything has spoken about the step already, and nothing comes after the last step that could fail.
    /// </summary>
    private static Judged JudgeWayBack(GatePolicy policy, GateQuestion question, PlanStep step, FindAction find)
    {
        var (rollback, forward) = (step.Rollback!, find(step.Target, step.Action));
        if (find(step.Target, rollback) is not { } action)
            return new(null, 1,
                [new(GateLevel.L3, $"{rollback}, which takes {step.Action} on {step.Target.Name} back, is not in the catalog.")]);
        var (floor, said) = (Floor(action, question.Area), $"{rollback}, which takes {step.Action} on {step.Target.Name} back,");
        var rule = policy.Rules.FirstOrDefault(
            rule => rule.Fits(question.Area, rollback, action.BlastRadius, question.Severity, question.Now));
        if (rule?.Names(rollback) == false || ReferenceEquals(step, question.Plan.Steps[^1]))
            rule = null;
        var reasons = new List<Reason>();
        if (floor > Floor(forward, question.Area) || action.Reversibility > forward?.Reversibility)
            reasons.Add(new(floor, $"{said} {Nature(action, action.Rollback is not null)}."));
        if (rule is not null && rule.Level >= floor)
            reasons.Add(new(rule.Level, $"Policy for {rollback}, which takes {step.Action} back: {rule.Name}."));
        return new(rule, Math.Max(rule?.Approvals ?? 1, LeastApprovals(action)), reasons);
    }

    private static int LeastApprovals(ActionSpec action) =>
        action is { Reversibility: Reversibility.Irreversible, BlastRadius: BlastRadius.Site or BlastRadius.Tenant } ? WideApprovers : 1;

    private static string Nature(ActionSpec action, bool hasRollback)
    {
        var undone = WayBack.For(action, hasRollback);
        if (action.BlastRadius == BlastRadius.Nothing)
            return undone;
        var reach = action.BlastRadius switch
        {
            BlastRadius.OneDevice => "one device",
            BlastRadius.OneUser => "one user",
            BlastRadius.Site => "a whole site",
            _ => "the whole company",
        };
        return $"{undone} and touches {reach}";
    }

    private static int Strictness(Role role) => role == Role.Administrator ? 1 : 0;

    private static TimeSpan? Least(IEnumerable<TimeSpan?> times) => times.Where(time => time is not null).Min();

    private sealed record Reason(GateLevel Level, string Message);

    private sealed record Judged(GateRule? Rule, int Approvals, IReadOnlyList<Reason> Reasons);
}
