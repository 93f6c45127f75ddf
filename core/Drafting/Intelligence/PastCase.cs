using DevOpsAI.Incidents;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>How an earlier case of the same tenant went.</summary>
/// <param name="Seq">Its last entry.</param>
/// <param name="Actions">What was proposed, by names of actions.</param>
/// <param name="Decisions">As in <c>approve</c>.</param>
/// <param name="Reason">What the last decider wrote: a person's text.</param>
/// <param name="Outcome">How it was carried out; null where it was not.</param>
/// <param name="End">Why it closed; null while it is open.</param>
internal sealed record PastCase(
    long Seq, string Title, IReadOnlyList<string> Actions, IReadOnlyList<string> Decisions, string? Reason, string? Outcome, string? End)
{
    public static PastCase From(Incident incident) => new(
        incident.TimelineSeq,
        incident.Title,
        [.. (incident.Draft?.Plan.Steps ?? []).Select(static step => step.Action)],
        [.. incident.Decisions.Select(static decision => decision.Fact.Kind.ToString())],
        incident.Decisions.Select(static decision => decision.Fact.Reason).LastOrDefault(static reason => reason is not null),
        incident.Execution?.Outcome?.ToString(),
        incident.ClosedReason);
}
