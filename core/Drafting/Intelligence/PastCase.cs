using DevOpsAI.Incidents;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>
/// How an earlier case of the same tenant went. What deciders typed stays out: it is kept under their own keys, and a copy of it would
/// outlive their erasure; so would the title of a case about another person.
/// </summary>
/// <param name="Title">Empty where the case is about a person.</param>
/// <param name="Seq">Its last entry.</param>
/// <param name="Actions">What was proposed, by names of actions.</param>
/// <param name="Decisions">As in <c>approve</c>.</param>
/// <param name="Outcome">How it was carried out; null where it was not.</param>
/// <param name="End">Why it closed; null while it is open.</param>
internal sealed record PastCase(
    long Seq, string Title, IReadOnlyList<string> Actions, IReadOnlyList<string> Decisions, string? Outcome, string? End)
{
    public static PastCase From(Incident incident) => new(
        incident.TimelineSeq,
        incident.Opened.Subject is null ? incident.Title : "",
        [.. (incident.Draft?.Plan.Steps ?? []).Select(static step => step.Action)],
        [.. incident.Decisions.Select(static decision => decision.Fact.Kind.ToString())],
        incident.Execution?.Outcome?.ToString(),
        incident.ClosedReason);
}
