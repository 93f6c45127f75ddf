using DevOpsAI.Drafting;
using DevOpsAI.Incidents;
using DevOpsAI.Proposals;
using DevOpsAI.Tickets;

namespace DevOpsAI.Bot.Views;

internal enum DetailStyle { Heading, Normal, Bold, Subtle, Command }

/// <summary>A line of the details, with outside text in it; a command stands exactly as it would be run.</summary>
internal readonly record struct DetailLine(Wording Words, DetailStyle Style);

/// <summary>All that is known of what is decided about: first what was drafted and staged, then findings and history.</summary>
internal sealed class ProposalDetails
{
    private readonly List<DetailLine> covered = [];
    private readonly List<DetailLine> rest = [];
    private List<DetailLine> lines;

    private ProposalDetails() => lines = covered;

    /// <summary>What an approval covers: the plan and its level.</summary>
    public IReadOnlyList<DetailLine> Covered => covered;

    /// <summary>Findings, events and history.</summary>
    public IReadOnlyList<DetailLine> Rest => rest;

    /// <summary>The plan cannot be taken back, so whoever approves it reads the rest as well.</summary>
    public bool NeedsReview { get; private init; }

    public static ProposalDetails For(ProposalView view)
    {
        var details = new ProposalDetails { NeedsReview = view.Proposal.Staged is { NeedsReview: true } };
        details.AddPlan(view);
        details.AddGate(view.Proposal);
        details.lines = details.rest;
        details.AddFindings(view.Proposal);
        var incident = (view as IncidentView)?.Incident;
        if (incident is not null)
            details.AddEvents(incident);
        if ((view as IncidentView)?.Ticket is { } ticket)
            details.AddTicket(ticket);
        details.AddHistory(view.Proposal, incident);
        return details;
    }

    private void AddPlan(ProposalView view)
    {
        if (view is SubjectCardView { Shown: { } shown })
            AddSubject(shown);
        if (view.Proposal.Draft is { } draft)
        {
            Heading("What is proposed");
            Line(draft.Summary);
            if (draft is { Problem: { } problem, Drafter: not RecommendationDrafted.AfterUndo })
                Line("No plan: " + problem);
            if (draft.Note is { } note)
                Line(note);
            if (draft.RunbookPlan is { Steps.Count: > 0 } other)
                Line($"The runbook would: {string.Join("; ", other.Steps.Select(static step => step.Command))}.");
        }
        var steps = view.Plan.Steps;
        if (steps.Count > 0)
            Heading(steps.Count == 1 ? "The plan: 1 step" : $"The plan: {steps.Count} steps");
        for (var number = 1; number <= steps.Count; number++)
        {
            var step = steps[number - 1];
            Line($"{number}. {step.Title}", DetailStyle.Bold);
            var whose = SanitizedText.Of(step.Target.Client, int.MaxValue);
            var target = $"Target: {step.Target.Kind} {Name(step.Target.Name)} ({step.Target.Id}){whose}";
            Line($"{target}, through {step.Target.Connection}. Action: {step.Action}.", DetailStyle.Subtle);
            Line(step.Command, DetailStyle.Command);
            if (step.RollbackCommand is { } back)
            {
                Line(
                    number < steps.Count ? "Taken back, by itself when a later step fails, with:" : "Taken back with:", DetailStyle.Subtle);
                Line(back, DetailStyle.Command);
            }
            foreach (var message in StepMessages.For(view, step))
                Line(message, DetailStyle.Subtle);
            if (step.Verifications.Count > 0)
                Line($"Verified by: {string.Join("; ", step.Verifications.Select(ObservationWords.After))}.", DetailStyle.Subtle);
        }
    }

    private void AddSubject(SubjectView shown)
    {
        Heading("What is asked for");
        Line(shown.Title);
        Line(shown.Effect);
        foreach (var (name, value) in shown.Facts)
            Line($"{name}: {value}");
    }

    private void AddGate(Proposal proposal)
    {
        if (proposal.Staged is not { } staged)
            return;
        Heading("Why this level");
        Line(Labels.Gate(staged.Terms), DetailStyle.Bold);
        foreach (var reason in staged.Terms.Reasons)
            Line("• " + reason);
        var requester = SanitizedText.Name(Labels.Who(staged.Requester));
        Add($"Policy {staged.Terms.PolicyVersion}. Requested by {requester}, staged {proposal.StagedAt}, expires "
            + $"{staged.Terms.ExpiresAt}.",
            DetailStyle.Subtle);
        Line($"Fingerprint {staged.Seal}", DetailStyle.Command);
    }

    private void AddFindings(Proposal proposal)
    {
        if (proposal.Draft is not { } draft)
            return;
        if (draft.Analysis.Length > 0)
            Heading(
                draft.Drafter == RecommendationDrafted.NoRunbook
                    ? "Analysis"
                    : $"Analysis {SanitizedText.Plain(Labels.Drafter(draft), 120)}");
        Line(draft.Analysis);
        Heading("Evidence");
        foreach (var evidence in draft.Evidence)
            Line($"• {evidence.Text}{(evidence.Seq is { } seq ? $" (entry {seq})" : "")}");
        var said = draft.Evidence.Select(static evidence => evidence.Text).ToHashSet(StringComparer.Ordinal);
        var observed = draft.Observed.OrderBy(static pair => pair.Key, StringComparer.Ordinal)
            .Select(static pair => ObservationWords.GetSay(pair.Key, pair.Value));
        foreach (var text in observed.Where(text => !said.Contains(text)))
            Line($"• {text}");
    }

    private void AddEvents(Incident incident)
    {
        Heading($"{Labels.Events(incident.EventCount)}, the latest first");
        foreach (var (seq, received) in incident.RecentEvents.Reverse())
        {
            var where = $"{EventKeys.Preposition(received.Device)} {Name(received.Device ?? "no device")}";
            var what = $"{received.Status} {received.Severity} {received.Kind} {where}";
            Add($"{received.OccurredAt} {what}, entry {seq}, through {received.Connection}", DetailStyle.Bold);
            Line(received.Title);
            if (received.Description is { Length: > 0 } description)
                Line(description, DetailStyle.Subtle);
        }
    }

    private void AddTicket(TicketRecord ticket)
    {
        Heading("Ticket");
        if (ticket.TicketId is not null)
        {
            var end = ticket.IsResolved ? ", closed by the bot" : "";
            var notes = ticket.Notes == 1 ? "1 private note" : $"{ticket.Notes} private notes";
            Line($"{ticket.Name} in {ticket.Connection}, {TicketMessages.Describe(ticket.Origin)}: {notes}{end}.");
        }
        if (ticket.Problem is { } problem)
            Line(problem);
    }

    private void AddHistory(Proposal proposal, Incident? incident)
    {
        Heading("On the ledger");
        if (incident is not null)
            Add($"opened by entry {incident.OpenedSeq}, {incident.OpenedAt}");
        if (incident?.Returned is var (seq, at))
            Add($"opened again by entry {seq}, {at}: its alert fires again. {Flapping.Describe(incident)}");
        if (proposal.Draft is { } draft)
            Line($"revision {draft.Revision} drafted by entry {proposal.DraftSeq}");
        if (proposal.Staged is not null)
            Add($"staged by entry {proposal.StagedSeq}, {proposal.StagedAt}");
        foreach (var decision in proposal.EarlierDecisions.AddRange(proposal.Decisions))
        {
            var who = SanitizedText.Name(Labels.Who(decision.By));
            var reason = decision.Fact.Reason is { Length: > 0 } given ? ": " + given : "";
            Add($"{Labels.Decision(decision.Fact.Kind)} by {who}, entry {decision.Seq}, {decision.At}{reason}");
        }
        AddRun(proposal.Execution);
        AddRun(proposal.Undo);
        Line($"Correlation id {proposal.Correlation}", DetailStyle.Command);
    }

    private void AddRun(Run? run)
    {
        if (run is null)
            return;
        var outcome = run.Outcome?.ToString().ToLowerInvariant() ?? "running";
        Add($"{run.ExecutionId} claimed by entry {run.StartedSeq}, {run.StartedAt}: {outcome} {run.Summary}");
        foreach (var step in run.Steps)
            Line(
                $"{(step.Rollback ? "rollback of " : "")}step {step.Step + 1}: {step.Outcome.ToString().ToLowerInvariant()} {step.Detail}",
                DetailStyle.Subtle);
        foreach (var change in run.Changes)
            Line(ObservationWords.Changed(change.What, change.Was, change.Now), DetailStyle.Subtle);
    }

    private void Heading(string ours) => Line(ours, DetailStyle.Heading);

    private void Line(string text, DetailStyle style = DetailStyle.Normal) => Add(Wording.From(text), style);

    private void Add(Wording words, DetailStyle style = DetailStyle.Normal) => lines.Add(new(words, style));

    private static string Name(string text) => SanitizedText.Name(text, int.MaxValue);
}
