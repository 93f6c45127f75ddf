using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cards.Keeping;

/// <summary>The sentence that tells requester and decider how it ended. Ours, with names and reasons escaped.</summary>
internal static class OutcomeNotice
{
    /// <summary>Null when the entry ends nothing.</summary>
    public static string? For(Incident incident, LedgerEntry entry) => entry.Fact switch
    {
        ExecutionFinished finished => $"**{incident.Id}**: {Of(finished.Outcome, finished.RolledBack)}{Decider(incident)}{Undo(finished)}",
        UndoFinished { Outcome: ExecutionOutcome.Verified } =>
            $"**{incident.Id}**: taken back, and verified.{Reopened(incident)}{Decider(incident)}",
        UndoFinished => $"**{incident.Id}**: taking it back did not succeed; the card says what is known.{Decider(incident)}",
        IncidentReopened { EventId: not null } =>
            $"{Rated(incident)}: fires again after it had ended by itself. {Flapping.Describe(incident)} Its card asks anew.",
        ProposalExpired when !UndecidedRules.IsToBeTold(incident.Proposal, entry.Seq) => null,
        ProposalExpired when incident.IsOpen =>
            $"**{incident.Id}**: nobody decided in time, so nothing was done. {Still(incident)} and asks again. {Requester(incident)}",
        ProposalExpired => $"**{incident.Id}**: nobody decided in time, so nothing was done. {Requester(incident)}",
        ProposalEscalated escalated =>
            $"{Rated(incident)}: escalated to the {Many(escalated.To)}. {Text(escalated.Reason ?? "Nobody has decided yet.")}",
        ProposalDecided { Complete: true, Kind: DecisionKind.Reject or DecisionKind.Handled } decided =>
            $"**{incident.Id}**: {Labels.Decision(decided.Kind).ToLowerInvariant()} by {Name(entry.Actor)}{Why(decided)}",
        ProposalDecided { Owed: { } owed } => $"**{incident.Id}**: {Name(entry.Actor)} broke the glass and acts alone. {Owed(owed)}",
        BreakGlassEscalated escalated =>
            $"**{incident.Id}**: the glass was broken, and that is escalated to the {Many(escalated.To)}. {Text(escalated.Reason)}",
        BreakGlassReviewed { Complete: true } => $"**{incident.Id}**: enough people confirmed that it was right to break the glass.",
        _ => null,
    };

    private static string Rated(Incident incident) => $"**{incident.Id}** ({incident.Severity.ToString().ToLowerInvariant()})";

    private static string Still(Incident incident) => incident.FiringAlerts.IsEmpty ? "It is still open" : "It still fires";

    private static string Many(Role role) => $"{role.ToString().ToLowerInvariant()}s";

    private static string Name(Actor actor) => CardText.Markdown(CardText.Name(Labels.Who(actor)));

    private static string Text(string outside) => CardText.Markdown(outside, 200);

    private static string Why(ProposalDecided decided)
    {
        var absent = decided.InTheNameOf is { } person ? $" in the name of {CardText.Markdown(CardText.Name(person.Name))}" : "";
        return decided.Reason is { Length: > 0 } reason ? $"{absent}: {Text(reason)}" : $"{absent}.";
    }

    private static string Owed(OwedConfirmations owed) =>
        $"{owed.Count} other {(owed.Count == 1 ? "person" : "people")} must confirm until {Labels.Time(owed.DueAt)}, on the card.";

    private static string Reopened(Incident incident) =>
        incident.AsksAfterUndo ? " The alert still fires and nothing has been done about it: it is open again." : "";

    private static string Of(ExecutionOutcome outcome, bool rolledBack) => outcome switch
    {
        ExecutionOutcome.Verified => "done, and verified by reading back.",
        ExecutionOutcome.Failed => rolledBack ? "failed; what had been done was rolled back." : "failed; the card says what was done.",
        ExecutionOutcome.Unknown => "nobody can tell whether it took effect. Please look; it is not repeated.",
        ExecutionOutcome.Drifted => "something changed since the approval, so nothing ran. It is drafted and asked again.",
        _ => "stopped; the card says what was done.",
    };

    private static string Decider(Incident incident)
    {
        var names = incident.Decisions.AddRange(incident.Proposal.EarlierDecisions)
            .Where(decision => decision.Fact is { Complete: true, Kind: DecisionKind.Approve or DecisionKind.ApproveWithEdits })
            .Select(decision => decision.By.Name + (decision.Fact.InTheNameOf is { } absent ? $" in the name of {absent.Name}" : ""))
            .Distinct()
            .Take(3)
            .ToList();
        if (incident.OpenGlass is { } broken)
            return $" {CardText.Markdown(CardText.Name(broken.By.Name))} broke the glass. {Owed(broken.Owed)}";
        return names.Count == 0 ? "" : $" Approved by {CardText.Markdown(CardText.Name(string.Join(", ", names), 160))}.";
    }

    private static string Requester(Incident incident) =>
        incident.Staged is { } staged ? $"Requested by {CardText.Markdown(CardText.Name(Labels.Who(staged.Requester)))}." : "";

    private static string Undo(ExecutionFinished finished) =>
        finished.UndoUntil is { } until ? $" Undo is possible until {Labels.Time(until)}." : "";
}
