using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>
/// Why something that is decided about stands as it does: first as a story in a few lines, behind it the audit trail, each ledger entry
/// with its number, time, who and what, oldest first. What only says that a card was drawn again is left out unless it is asked for.
/// </summary>
public static class WhyCard
{
    /// <summary>What a button sends to have the entries about cards and notices shown too.</summary>
    public const string Everything = "everything";

    private const int PerPage = 15;

    /// <param name="trail">The entries that tell of it, in the order of the ledger.</param>
    /// <param name="catalog">Says what the entries of areas record.</param>
    /// <param name="page">0 is the story, the trail begins with 1; out of range means the nearest.</param>
    /// <param name="everything">With the entries about cards and notices.</param>
    public static OutgoingJson Build(
        ProposalView view, IReadOnlyList<LedgerEntry> trail, EntryCatalog catalog, int page, bool everything = false)
    {
        List<LedgerEntry> told = [.. trail.Where(entry => everything || !IsAboutCards(entry.Fact))];
        var pages = Math.Max(1, (told.Count + PerPage - 1) / PerPage);
        var shown = Math.Clamp(page, 0, pages);
        List<OutgoingJson> body = [Rich(null, new($"Why {Name(view)}? ", Bold: true, Size: "Medium"), new(view.Title, 100))];
        body.Add(shown == 0
            ? Text($"{CardText.Name(view.Tenant.Name, 60)}", subtle: true, spacing: "None")
            : Text($"{CardText.Name(view.Tenant.Name, 60)} · {told.Count} ledger entries, page {shown} of {pages}", subtle: true,
                spacing: "None"));
        if (HeaderSection.Identifiers(view) is { } labels)
            body.Add(labels);
        if (shown == 0)
            body.AddRange(WhyTimeline.For(view, trail).Select(Line));
        else
            body.AddRange(told.Skip((shown - 1) * PerPage).Take(PerPage).Select(entry => Line(entry, catalog)));
        if (shown == pages)
            body.Add(Rich("Small", new TextRun($"Correlation id {view.Proposal.Correlation}", Mono: true, Subtle: true, Size: "Small")));
        return Card.Frame(body, Navigation(view, shown, pages, everything, told.Count < trail.Count), $"Why {Name(view)}");
    }

    private static string Name(ProposalView view) => CardText.Name(view.Proposal.Subject.ToString(), 80);

    private static IEnumerable<OutgoingJson> Navigation(ProposalView view, int page, int pages, bool everything, bool leftOut)
    {
        if (page < pages)
            yield return Page(view, page + 1, page == 0 ? "Every entry" : "Next page", everything);
        if (page > 1)
            yield return Page(view, page - 1, "Previous page", everything);
        if (page > 0)
            yield return Page(view, 0, "Back to the story", everything: false);
        if (page > 0 && leftOut)
            yield return Page(view, 1, "With card updates", everything: true);
    }

    private static OutgoingJson Page(ProposalView view, int page, string title, bool everything)
    {
        var data = CardData.For(view);
        data["page"] = page;
        if (everything)
            data[Everything] = true;
        return CardActions.Execute(title, Verb.Why, data);
    }

    private static bool IsAboutCards(Fact fact) => fact is CardSending or CardPosted or CardUpdated or NoticeSending;

    private static OutgoingJson Line(TimelineLine line) => Rich(
        "Small",
        [
            new($"{line.About}: ", Bold: true),
            .. line.Message.Runs(new(null, 700, Tone: line.Tone)),
            new(line.Seq is { } seq ? $" (entry {seq})" : "", Subtle: true, Size: "Small"),
        ]);

    private static OutgoingJson Line(LedgerEntry entry, EntryCatalog catalog) => Rich(
        "Small",
        [
            new($"#{entry.Seq} ", Bold: true, Mono: true),
            TextRun.At(entry.At, subtle: true),
            new("  "),
            new(CardText.Name(Labels.Who(entry.Actor), 60), 120, Bold: true),
            new($"  {entry.Type}  ", Mono: true),
            .. What(entry, catalog).Runs(new(null, 160)),
        ]);

    private static Wording What(LedgerEntry entry, EntryCatalog catalog) => entry.Fact is ProposalDecided decided
        ? Decided(decided)
        : Wording.From(catalog.GetLine(entry) ?? Words(entry.Fact));

    private static Wording Decided(ProposalDecided decided)
    {
        var owed = decided.Owed is { } more ? Owed(more) : Wording.Empty;
        var inTheNameOf = decided.InTheNameOf is { } absent ? $" in the name of {CardText.Name(absent.Name, 60)}" : "";
        var reason = decided.Reason is { Length: > 0 } said ? $": {said}" : "";
        return $"{Labels.Decision(decided)}{owed}{inTheNameOf}{reason}, fingerprint {Short(decided.Seal)}";
    }

    private static Wording Owed(OwedConfirmations owed) => $", {owed.Count} to confirm until {owed.DueAt}";

    private static string Words(Fact fact) => fact switch
    {
        EventReceived received =>
            $"{received.Status} {received.Severity} {received.Kind}"
            + $"{(received.Device is { } device ? $" {EventKeys.Preposition(device)} {CardText.Name(device, 60)}" : "")}",
        IncidentOpened opened => opened.Title,
        IncidentClosed closed => closed.Reason,
        IncidentReopened { EventId: not null } => "its alert fires again, after it had ended by itself",
        IncidentReopened => "what was done was taken back, and its alert fires",
        IncidentRaised raised => $"from {raised.From.ToString().ToLowerInvariant()} to {raised.To.ToString().ToLowerInvariant()}",
        RecommendationDrafted draft => $"revision {draft.Revision} {Labels.Drafter(draft)}: {draft.Summary}",
        ProposalStaged staged => $"revision {staged.Revision}, {Labels.Gate(staged.Terms)}, fingerprint {Short(staged.Seal)}",
        ProposalWithdrawn withdrawn => withdrawn.Reason,
        ProposalExpired => "nobody decided in time",
        ProposalEscalated escalated => $"to {escalated.To.ToString().ToLowerInvariant()}{(escalated.Reason is { } why ? ": " + why : "")}",
        BreakGlassReviewed said =>
            $"{(said.Confirms ? "confirms" : "objects to")} what was done "
            + $"alone{(said.Reason is { Length: > 0 } reason ? ": " + reason : "")}{(said.Complete ? "; nothing more is owed" : "")}",
        BreakGlassEscalated escalated => $"to {escalated.To.ToString().ToLowerInvariant()}: {escalated.Reason}",
        ProposalReturned => "the snooze is over",
        RedraftRequested { VendorAnswers: true } asked =>
            $"the vendor answers again, so it is drafted anew instead of revision {asked.Revision}",
        RedraftRequested asked => $"asked for a new draft instead of revision {asked.Revision}",
        ExecutionStarted started => $"{started.ExecutionId}, fingerprint {Short(started.Seal)}",
        UndoStarted started => $"{started.ExecutionId}, fingerprint {Short(started.Seal)}",
        StepStarted step => $"{(step.Rollback ? "rollback of " : "")}step {step.Step + 1} is about to be sent",
        StepFinished step =>
            $"{(step.Rollback ? "rollback of " : "")}step {step.Step + 1}: {step.Outcome.ToString().ToLowerInvariant()} {step.Detail}",
        ExecutionFinished finished => $"{finished.Outcome.ToString().ToLowerInvariant()}: {finished.Summary}",
        UndoFinished finished => $"{finished.Outcome.ToString().ToLowerInvariant()}: {finished.Summary}",
        CardSending sending => $"to {sending.ConversationId}",
        CardPosted posted => $"in {posted.ConversationId}{(posted.Adopted ? ", found again by a click" : "")}",
        NoticeSending notice => $"how entry {notice.AboutSeq} ended it, to {notice.ConversationId}",
        CardUpdated updated => $"shows entry {updated.ShownSeq}",
        _ => "",
    };

    private static string Short(string planDigest) => planDigest.Length > 12 ? planDigest[..12] : planDigest;
}
