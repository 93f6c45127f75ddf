using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Ledger.Encryption;

namespace DevOpsAI.Proposals;

[JsonConverter(typeof(CamelCaseEnum<Risk>))]
public enum Risk { Low, Medium, High }

/// <summary>A statement and the ledger entry that supports it (seq), or null when it was observed just now at the vendor.</summary>
public sealed record Finding(string Text, long? Seq);

/// <summary><c>recommendation.drafted</c> on <c>proposal/{subject}</c>.</summary>
/// <param name="Revision">1, 2 ...: drafted again after drift or on new facts.</param>
/// <param name="Drafter">Who wrote it: <c>runbook disk-space v3</c>, or <c>no runbook</c>.</param>
/// <param name="Summary">One sentence: what to do.</param>
/// <param name="Analysis">A few sentences: why.</param>
/// <param name="Problem">Why nothing can be executed (no such device, several, another client's); null when the plan is complete.</param>
/// <param name="Observed">The observations the plan rests on, by <c>{target name} {observation}</c>.</param>
/// <param name="Simulated">A step touches a simulated vendor.</param>
/// <param name="TargetKind">What the runbook acts on, as in <c>device</c>, <c>user</c>, <c>mailbox</c>, <c>site</c>; null without a
/// runbook.</param>
public sealed record RecommendationDrafted(
    ProposalSubject About,
    int Revision,
    string Drafter,
    [property: Confidential] string Summary,
    [property: Confidential] string Analysis,
    [property: Confidential] IReadOnlyList<Finding> Evidence,
    [property: Personal] Plan Plan,
    Risk Risk,
    [property: Confidential] string? Problem,
    [property: Personal] IReadOnlyDictionary<string, string> Observed,
    bool Simulated,
    string? TargetKind = null,
    [property: Subject] string? Subject = null) : ProposalFact(About)
{
    /// <summary>The drafter's name where no runbook handles the alert.</summary>
    public const string NoRunbook = "no runbook";

    /// <summary>The drafter's name where a remedy was taken back: nothing is proposed until a person says what happens instead.</summary>
    public const string AfterUndo = "after an undo";

    /// <summary>
    /// True when the runbook was found by words in the alert's name rather than by a name it lists: then a person is asked.
    /// </summary>
    public bool? ByWords { get; init; }

    /// <summary>The level below which it must not be carried out, because a model had a part in it; null where none had.</summary>
    public GateLevel? AtLeast { get; init; }

    /// <summary>Why <see cref="AtLeast"/>, one sentence of ours.</summary>
    public string? AtLeastReason { get; init; }

    /// <summary>
    /// What the runbook would do, where a model's plan is another; its gate is no lower than this plan's. Null otherwise.
    /// </summary>
    [Personal]
    public Plan? RunbookPlan { get; init; }

    /// <summary>Who of model and runbook wrote it, and why, in one sentence of ours; null where no model is in use.</summary>
    public string? Note { get; init; }

    /// <summary>
    /// True when nothing but a vendor that gave no answer kept a plan from being drafted: once it answers it is drafted again. Absent
    /// otherwise, and in entries of before.
    /// </summary>
    public bool? VendorAway { get; init; }

    /// <summary>
    /// The plan is worth nothing after this, as what was observed says (a battery, by then, is empty); null for no such limit.
    /// </summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Why it is worth nothing after <see cref="NotAfter"/>, as in <c>Battery left: 18 minutes</c>.</summary>
    [Confidential]
    public string? NotAfterReason { get; init; }
}
