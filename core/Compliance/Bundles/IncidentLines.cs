using DevOpsAI.Proposals;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>One line of an incident's story.</summary>
/// <param name="Mark">The entry behind it.</param>
/// <param name="Listed">What is listed under it, one line each: commands of a plan, values read before and after; empty for
/// nothing.</param>
/// <param name="Note">Why nothing is listed where something should be; null when that needs no words.</param>
internal sealed record ReportLine(EntryReference Mark, string Message, string Listed = "", string? Note = null);

/// <summary>Tells an incident as the entries came, one line for each.</summary>
internal static class IncidentLines
{
    /// <summary>
    /// In the order of the entries. Sentences about the same entry stay in the order in which they follow from each other.
    /// </summary>
    public static IEnumerable<ReportLine> For(Assessment assessment, IncidentRecord incident)
    {
        var lines = new List<ReportLine>();
        if (incident.Opened is { } opened)
            lines.Add(new(opened, "Opened."));
        foreach (var draft in incident.Drafts)
            lines.Add(new(draft.Mark, Drafted(assessment.Texts.Get(draft.Drafter), draft.Revision)));
        foreach (var revision in incident.Revisions)
            lines.AddRange(For(assessment, revision));
        foreach (var again in incident.Reopenings)
        {
            if (again.Closed is { } before)
                lines.Add(Closed(assessment, before, again.ClosedReason));
            lines.Add(new(again.Mark, again.FiresAgain ? "Opened again: its alert fires again." : "Opened again."));
        }
        if (incident.Closed is { } closed)
            lines.Add(Closed(assessment, closed, incident.ClosedReason));
        return lines.OrderBy(static line => line.Mark.Seq);
    }

    private static ReportLine Closed(Assessment assessment, EntryReference mark, StoredText reason) =>
        new(mark, $"Closed: {assessment.Texts.Get(reason)}.");

    private static string Drafted(string drafter, int revision)
    {
        var which = revision > 1 ? $" (draft {revision})" : "";
        return drafter switch
        {
            RecommendationDrafted.NoRunbook =>
                $"Recommendation{which} without a runbook: none is for this alert, so it says what is known and proposes no steps.",
            RecommendationDrafted.AfterUndo =>
                $"Recommendation{which} after what was done was taken back: it proposes no steps, a person chooses what happens instead.",
            _ => $"Recommendation{which} drafted by {drafter}.",
        };
    }

    private static IEnumerable<ReportLine> For(Assessment assessment, RevisionRecord revision)
    {
        if (revision.Staged is { } staged)
        {
            yield return new(
                staged, RecordMessages.Gate(revision), assessment.Texts.Get(revision.Plan),
                revision.PlanUnreadable is { } why ? $"The plan is {why}." : "No plan: decision support only.");
        }
        if (revision.Escalated is { } escalated)
            yield return new(escalated, "Nobody had decided; others were told.");
        foreach (var (mark, message) in Marks(revision).Zip(RecordMessages.Decisions(assessment, revision)))
            yield return new(mark, message);
        if (revision.Run is { } run)
        {
            yield return new(run.Started, $"Claimed for execution{(run.AllowedBy is { } gate ? $", allowed by entry {gate}" : "")}.");
            if (run.Finished is { } finished)
                yield return new(finished, RecordMessages.Run(assessment, revision)!, assessment.Texts.Get(run.Changes));
        }
        foreach (var (mark, message) in RecordMessages.Reviews(assessment, revision))
            yield return new(mark, message);
    }

    /// <summary>The entries behind the sentences of <see cref="RecordMessages.Decisions"/>, in their order.</summary>
    private static IEnumerable<EntryReference> Marks(RevisionRecord revision)
    {
        foreach (var decision in revision.Decisions)
            yield return decision.Mark;
        if (revision.Expired is { } expired)
            yield return expired;
        if (revision.Withdrawn is { } withdrawn)
            yield return withdrawn;
        if (revision.Staged is { } staged)
            yield return staged;
    }
}
