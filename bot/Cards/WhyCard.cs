using DevOpsAI.Bot.Teams;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Drafting;
using DevOpsAI.Tenancy;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>The audit trail of an incident: each ledger entry with its number, time, who and what. Newest page last.</summary>
public static class WhyCard
{
    private const int PerPage = 15;

    /// <param name="trail">The entries of the incident's streams and of its events, in the order of the ledger.</param>
    /// <param name="page">0-based; out of range means the nearest.</param>
    public static OutgoingJson Build(IncidentView view, IReadOnlyList<LedgerEntry> trail, int page)
    {
        var pages = Math.Max(1, (trail.Count + PerPage - 1) / PerPage);
        var shown = Math.Clamp(page, 0, pages - 1);
        List<OutgoingJson> body =
        [
            Rich(null, new($"Why {view.Incident.Id}? ", Bold: true, Size: "Medium"), new(view.Incident.Title, 100)),
            Text($"{CardText.Name(view.Tenant.Name, 60)} · {trail.Count} ledger entries, page {shown + 1} of {pages}", subtle: true, spacing: "None"),
        ];
        if (HeaderSection.Labels(view) is { } labels)
            body.Add(labels);
        body.AddRange(trail.Skip(shown * PerPage).Take(PerPage).Select(Line));
        if (shown == pages - 1)
            body.Add(Rich("Small", new TextRun($"Correlation id {view.Incident.Correlation}", Mono: true, Subtle: true, Size: "Small")));
        return Card.Frame(body, Navigation(view, shown, pages), $"Why {view.Incident.Id}");
    }

    private static IEnumerable<OutgoingJson> Navigation(IncidentView view, int page, int pages)
    {
        if (page + 1 < pages)
            yield return Page(view, page + 1, "Next page");
        if (page > 0)
            yield return Page(view, page - 1, "Previous page");
    }

    private static OutgoingJson Page(IncidentView view, int page, string title)
    {
        var data = IncidentCard.DataOf(view);
        data["page"] = page;
        return CardActions.Execute(title, Verb.Why, data);
    }

    private static OutgoingJson Line(LedgerEntry entry) => Rich(
        "Small",
        new($"#{entry.Seq} ", Bold: true, Mono: true),
        new($"{entry.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC  ", Subtle: true),
        new(CardText.Name(Phrases.Who(entry.Actor), 60), 120, Bold: true),
        new($"  {entry.Type}  ", Mono: true),
        new(What(entry.Fact), 160));

    private static string What(Fact fact) => fact switch
    {
        EventReceived received => $"{received.Status} {received.Severity} {received.Kind}{(received.Device is { } device ? " on " + CardText.Name(device, 60) : "")}",
        IncidentOpened opened => opened.Title,
        IncidentClosed closed => closed.Reason,
        IncidentRaised raised => $"from {raised.From.ToString().ToLowerInvariant()} to {raised.To.ToString().ToLowerInvariant()}",
        RecommendationDrafted draft => $"revision {draft.Revision} {(draft.Drafter == RecommendationDrafted.NoRunbook ? "without a runbook" : $"by {draft.Drafter}")}: {draft.Summary}",
        ProposalStaged staged => $"revision {staged.Revision}, {Phrases.Gate(staged.Terms)}, fingerprint {Short(staged.Seal)}",
        ProposalDecided decided => $"{Phrases.Decision(decided)}{(decided.Owed is { } owed ? $", {owed.Count} to confirm until {Phrases.Time(owed.DueAt)}" : "")}{(decided.InTheNameOf is { } absent ? $" in the name of {CardText.Name(absent.Name, 60)}" : "")}{(decided.Reason is { Length: > 0 } reason ? ": " + reason : "")}, fingerprint {Short(decided.Seal)}",
        ProposalWithdrawn withdrawn => withdrawn.Reason,
        ProposalExpired => "nobody decided in time",
        ProposalEscalated escalated => $"to {escalated.To.ToString().ToLowerInvariant()}{(escalated.Reason is { } why ? ": " + why : "")}",
        BreakGlassReviewed said => $"{(said.Confirms ? "confirms" : "objects to")} what was done alone{(said.Reason is { Length: > 0 } reason ? ": " + reason : "")}{(said.Complete ? "; nothing more is owed" : "")}",
        BreakGlassEscalated escalated => $"to {escalated.To.ToString().ToLowerInvariant()}: {escalated.Reason}",
        ProposalReturned => "the snooze is over",
        RedraftRequested asked => $"asked for a new draft instead of revision {asked.Revision}",
        ExecutionStarted started => $"{started.ExecutionId}, fingerprint {Short(started.Seal)}",
        UndoStarted started => $"{started.ExecutionId}, fingerprint {Short(started.Seal)}",
        StepStarted step => $"{(step.Rollback ? "rollback of " : "")}step {step.Step + 1} is about to be sent",
        StepFinished step => $"{(step.Rollback ? "rollback of " : "")}step {step.Step + 1}: {step.Outcome.ToString().ToLowerInvariant()} {step.Detail}",
        ExecutionFinished finished => $"{finished.Outcome.ToString().ToLowerInvariant()}: {finished.Summary}",
        UndoFinished finished => $"{finished.Outcome.ToString().ToLowerInvariant()}: {finished.Summary}",
        CardSending sending => $"to {sending.ConversationId}",
        CardPosted posted => $"in {posted.ConversationId}{(posted.Adopted ? ", found again by a click" : "")}",
        NoticeSending notice => $"how entry {notice.AboutSeq} ended it, to {notice.ConversationId}",
        CardUpdated updated => $"shows entry {updated.ShownSeq}",
        _ => "",
    };

    private static string Short(string seal) => seal.Length > 12 ? seal[..12] : seal;
}
