using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Drafting;
using DevOpsAI.Incidents;
using DevOpsAI.Proposals;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>
/// The details cut into pages: first what was drafted and staged, then evidence and history. An irreversible plan's approver opens them all;
/// for any other the pages that an approval covers are enough.
/// </summary>
public sealed class DetailPages
{
    private const int RoomForPage = 13_000;
    private const int RoomForPiece = 6_000;
    private const int Whole = int.MaxValue;

    private readonly List<List<OutgoingJson>> pages = [];
    private int used;

    private DetailPages() { }

    public IReadOnlyList<IReadOnlyList<OutgoingJson>> All => pages;

    /// <summary>Pages to be opened before Approve is offered: all of an irreversible plan's, otherwise those of the plan and its level.</summary>
    public int ToReview { get; private set; }

    public static DetailPages Of(IncidentView view)
    {
        var all = new DetailPages();
        all.StartPage();
        all.Plan(view);
        all.Gate(view.Incident);
        var covered = all.pages.Count;
        all.StartPage();
        all.Evidence(view.Incident);
        all.Events(view.Incident);
        all.History(view.Incident);
        all.ToReview = view.Incident.Staged is { NeedsReview: true } ? all.pages.Count : covered;
        return all;
    }

    private void Plan(IncidentView view)
    {
        if (view.Incident.Draft is { } draft)
        {
            Heading("What is proposed");
            Line(draft.Summary);
            if (draft is { Problem: { } problem, Drafter: not RecommendationDrafted.AfterUndo })
                Line("No plan: " + problem);
        }
        if (view.Plan.Steps.Count > 0)
            Heading(view.Plan.Steps.Count == 1 ? "The plan: 1 step" : $"The plan: {view.Plan.Steps.Count} steps");
        foreach (var (step, number) in view.Plan.Steps.Select((step, number) => (step, number)))
        {
            Line($"{number + 1}. {step.Title}", bold: true);
            Line($"Target: {step.Target.Kind} {CardText.Name(step.Target.Name, Whole)} ({step.Target.Id}) of {CardText.Name(step.Target.Client, Whole)}, through {step.Target.Connection}. Action: {step.Action}.", subtle: true);
            Line(step.Command, mono: true);
            if (step.RollbackCommand is { } back)
            {
                Line(number + 1 < view.Plan.Steps.Count ? "Taken back, by itself when a later step fails, with:" : "Taken back with:", subtle: true);
                Line(back, mono: true);
            }
            foreach (var sentence in PlanSection.Sentences(view, step))
                Line(sentence, subtle: true);
            if (step.Verifications.Count > 0)
                Line($"Verified by: {string.Join("; ", step.Verifications.Select(ObservationWords.After))}.", subtle: true);
        }
    }

    private void Gate(Incident incident)
    {
        if (incident.Staged is not { } staged)
            return;
        Heading("Why this level");
        Line(Phrases.Gate(staged.Terms), bold: true);
        foreach (var reason in staged.Terms.Reasons)
            Line("• " + reason);
        Said($"Policy {staged.Terms.PolicyVersion}. Requested by {CardText.Name(Phrases.Who(staged.Requester))}, staged {incident.Proposal.StagedAt}, expires {staged.Terms.ExpiresAt}.", subtle: true);
        Line($"Fingerprint {staged.Seal}", mono: true);
    }

    private void Evidence(Incident incident)
    {
        if (incident.Draft is not { } draft)
            return;
        if (draft.Analysis.Length > 0)
            Heading(draft.Drafter == RecommendationDrafted.NoRunbook ? "Analysis" : $"Analysis {CardText.Plain(Phrases.Drafter(draft), 120)}");
        Line(draft.Analysis);
        Heading("Evidence");
        foreach (var evidence in draft.Evidence)
            Line($"• {evidence.Text}{(evidence.Seq is { } seq ? $" (entry {seq})" : "")}");
        var said = draft.Evidence.Select(evidence => evidence.Text).ToHashSet(StringComparer.Ordinal);
        foreach (var observed in draft.Observed.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => ObservationWords.SayOf(pair.Key, pair.Value)).Where(text => !said.Contains(text)))
            Line($"• {observed}");
    }

    private void Events(Incident incident)
    {
        Heading($"{Phrases.Events(incident.EventCount)}, the latest first");
        foreach (var (seq, received) in incident.RecentEvents.Reverse())
        {
            var where = $"{EventKeys.Preposition(received.Device)} {CardText.Name(received.Device ?? "no device", Whole)}";
            Said($"{received.OccurredAt} {received.Status} {received.Severity} {received.Kind} {where}, entry {seq}, through {received.Connection}", bold: true);
            Line(received.Title);
            if (received.Description is { Length: > 0 } description)
                Line(description, subtle: true);
        }
    }

    private void History(Incident incident)
    {
        Heading("On the ledger");
        Said($"opened by entry {incident.OpenedSeq}, {incident.OpenedAt}");
        if (incident.Returned is var (seq, at))
            Said($"opened again by entry {seq}, {at}: its alert fires again. {Flapping.Sentence(incident)}");
        if (incident.Draft is { } draft)
            Line($"revision {draft.Revision} drafted by entry {incident.Proposal.DraftSeq}");
        if (incident.Staged is not null)
            Said($"staged by entry {incident.Proposal.StagedSeq}, {incident.Proposal.StagedAt}");
        foreach (var decision in incident.Proposal.EarlierDecisions.AddRange(incident.Decisions))
            Said($"{Phrases.Decision(decision.Fact.Kind)} by {CardText.Name(Phrases.Who(decision.By))}, entry {decision.Seq}, {decision.At}{(decision.Fact.Reason is { Length: > 0 } reason ? ": " + reason : "")}");
        foreach (var run in new[] { incident.Execution, incident.Undo })
        {
            if (run is null)
                continue;
            Said($"{run.ExecutionId} claimed by entry {run.StartedSeq}, {run.StartedAt}: {run.Outcome?.ToString().ToLowerInvariant() ?? "running"} {run.Summary}");
            foreach (var step in run.Steps)
                Line($"{(step.Rollback ? "rollback of " : "")}step {step.Step + 1}: {step.Outcome.ToString().ToLowerInvariant()} {step.Detail}", subtle: true);
            foreach (var change in run.Changes)
                Line(ObservationWords.Changed(change.What, change.Was, change.Now), subtle: true);
        }
        Line($"Correlation id {incident.Correlation}", mono: true);
    }

    private void Heading(string ours) => Place(Rich("Medium", new TextRun(ours, 300, Bold: true)));

    /// <summary>A line with instants in it, as few pieces as fit.</summary>
    private void Said(Wording words, bool bold = false, bool subtle = false)
    {
        var line = Rich("Small", [.. words.Runs(new TextRun(null, Whole, bold, Subtle: subtle, Lines: true))]);
        if (line.Size <= RoomForPiece)
            Place(line);
        else
            Line(words.ToString(), bold, subtle);
    }

    private void Line(string text, bool bold = false, bool subtle = false, bool mono = false)
    {
        foreach (var piece in Pieces(CardText.Plain(text, Whole, lines: true, exact: mono)))
        {
            var line = Rich("Small", new TextRun(piece, Whole, bold, mono, subtle, Lines: true));
            Place(mono ? Container([line], emphasis: true, spacing: "Small") : line);
        }
    }

    private void Place(OutgoingJson node)
    {
        var size = node.Size + 1;
        if (used > 0 && used + size > RoomForPage)
            StartPage();
        pages[^1].Add(node);
        used += size;
    }

    private void StartPage()
    {
        pages.Add([]);
        used = 0;
    }

    private static IEnumerable<string> Pieces(string text)
    {
        var start = 0;
        var size = 0;
        for (var i = 0; i < text.Length; i++)
        {
            size += OutgoingJson.SizeOf(text.AsSpan(i, 1));
            if (size < RoomForPiece || char.IsHighSurrogate(text[i]))
                continue;
            yield return text[start..(i + 1)];
            (start, size) = (i + 1, 0);
        }
        if (start < text.Length)
            yield return text[start..];
    }
}
