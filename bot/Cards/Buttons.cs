using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Proposals;

namespace DevOpsAI.Bot.Cards;

/// <summary>The buttons of a card: those that its reader may press. Showing one gives no right; every press is checked again.</summary>
internal static class Buttons
{
    public const string AllDetails = "All details";
    private const int RoomForEdits = 5_000;
    private const int MaxEdits = 10;

    /// <param name="data">What each sends.</param>
    /// <param name="planFits">Every step and command is on the card.</param>
    public static IEnumerable<OutgoingJson> For(ProposalView view, OutgoingJson data, bool planFits)
    {
        var proposal = view.Proposal;
        var decides = proposal.IsUndecided && view.Rights.Decide;
        var mayRun = !view.IsFrozen;
        if ((decides && proposal.Staged!.Terms.Level == GateLevel.L3) || (proposal.IsLeftToPeople && view.Rights.Decide))
            yield return Handled(data);
        else if (decides && planFits && mayRun && !proposal.Staged!.NeedsReview)
        {
            yield return Approve(data);
            if (Edit(view, data) is { } edit)
                yield return edit;
        }
        if (view.Plan.Steps.Count > 0 && (!planFits || proposal is { IsUndecided: true, Staged.NeedsReview: true }))
            yield return Details(data, 0, null, AllDetails);
        if (decides && proposal.Staged!.Terms.Level != GateLevel.L3)
            yield return Reject(data);
        if (decides || (proposal.IsUndecided && view.Rights.Snooze))
            yield return Snooze(view, data);
        if (proposal.IsUndecided && view.Rights.BreakGlass && planFits && mayRun)
            yield return Alone(data, proposal.Staged!.Terms.BreakGlass!);
        if (proposal.OpenGlass is { } broken && view.Rights.Confirm)
        {
            var about = data.With("revision", broken.Revision);
            yield return CardActions.Execute("Confirm", Verb.Confirm, about, "positive");
            yield return CardActions.ShowCard(
                "Object",
                [CardActions.Input(InputId.Objection, "What was wrong with acting alone? Recorded and told.", 500, required: true,
                    multiline: true)],
                CardActions.Execute("Object", Verb.Object, about, "destructive"));
        }
        if (view.CanBeDraftedAgain && view.Rights.Redraft && mayRun)
            yield return CardActions.Execute("Draft again", Verb.Redraft, data);
        if (view.Rights.Undo && proposal.CanBeUndone(view.Now) && mayRun)
            yield return Undo(view, data);
        if ((proposal.IsUndecided || proposal.IsLeftToPeople || proposal.OpenGlass is not null) && !view.IsPersonal
            && view.Rights is { Decide: false, Confirm: false })
            yield return CardActions.Execute("Review", Verb.View, data);
        yield return CardActions.Toggle("Details", BackgroundSection.Id);
    }

    public static OutgoingJson Approve(OutgoingJson data) => CardActions.Execute("Approve", Verb.Approve, data, "positive");

    public static OutgoingJson Reject(OutgoingJson data) => CardActions.ShowCard(
        "Reject",
        [CardActions.Input(InputId.Reason, "Why not? The reason is recorded.", 500, required: true, multiline: true)],
        CardActions.Execute("Reject", Verb.Reject, data, "destructive"));

    public static OutgoingJson Details(OutgoingJson data, int page, string? token, string title)
    {
        var paged = data.With("page", page);
        CardElements.Put(paged, "review", token);
        return CardActions.Execute(title, Verb.Details, paged);
    }

    /// <summary>
    /// A form with each argument that may be changed; null when there is none, too much for a card, or what was done is taken back.
    /// </summary>
    public static OutgoingJson? Edit(ProposalView view, OutgoingJson data)
    {
        if (view.Proposal.Staged is { Kind: ProposalKind.Undo })
            return null;
        List<OutgoingJson> inputs = [];
        foreach (var (step, number) in view.Plan.Steps.Select((step, number) => (step, number)))
        {
            foreach (var name in step.Editable.Where(step.Arguments.ContainsKey))
            {
                var spec = number < view.Actions.Count
                    ? view.Actions[number]?.Arguments.FirstOrDefault(argument => argument.Name == name)
                    : null;
                var label = $"Step {number + 1} {EventKeys.Preposition(step.Target.Name)} {CardText.Name(step.Target.Name, 40)}: "
                    + $"{CardText.Plain(spec?.Title ?? name, 60)}";
                inputs.Add(CardActions.Input(
                    $"{InputId.EditPrefix}{number}.{name}", label, spec?.MaxLength ?? 200, required: spec?.Required ?? true,
                    value: CardText.Plain(step.Arguments[name], 400, exact: true), pattern: spec is null ? null : $"^(?:{spec.Pattern})$"));
            }
        }
        if (inputs.Count is 0 or > MaxEdits)
            return null;
        inputs.Add(CardActions.Input(InputId.EditReason, "Why the change? (optional)", 500, required: false));
        var form = CardActions.ShowCard(
            "Edit", inputs, CardActions.Execute("Approve with these values", Verb.ApproveEdited, data, "positive"));
        return form.Size <= RoomForEdits ? form : null;
    }

    private static OutgoingJson Alone(OutgoingJson data, BreakGlass glass) => CardActions.ShowCard(
        "Break glass",
        [
            CardElements.Text(
                $"It is carried out at once without anybody else's approval, and everybody is told. {glass.Confirmations} other "
                + $"{(glass.Confirmations == 1 ? "person" : "people")} must confirm within {Labels.Span(glass.Within)} that it was right.",
                subtle: true),
            CardActions.Input(InputId.Emergency, "Why can it not wait? The reason is recorded.", 500, required: true, multiline: true),
        ],
        CardActions.Execute("Act now, alone", Verb.BreakGlass, data, "destructive"));

    private static OutgoingJson Handled(OutgoingJson data) => CardActions.ShowCard(
        "Handled",
        [CardActions.Input(InputId.Note, "What was done? (optional, recorded)", 500, required: false, multiline: true)],
        CardActions.Execute("Mark as handled", Verb.Handled, data, "positive"));

    /// <summary>A snooze holds back reminders, escalation and expiry; where that matters most it is said before it is chosen.</summary>
    private static OutgoingJson Snooze(ProposalView view, OutgoingJson data)
    {
        List<OutgoingJson> form = [];
        var chosen = "1h";
        if (SnoozeLimit.From(view.Proposal) is { } limit)
        {
            form.Add(limit.Reason is { } reason
                ? CardElements.Text(
                    $"What is proposed is worth nothing after {limit.At}: {reason,120}. Snoozed past that it is looked at anew, too late "
                    + $"perhaps.", subtle: true)
                : CardElements.Text(
                    $"This is critical and to be decided by {limit.At}. If you snooze it past that, nobody is asked or escalated to "
                    + $"until the snooze ends.", subtle: true));
            form.Add(CardActions.Toggle(InputId.PastDeadline, "Snooze it past that", "true"));
            chosen = limit.At - view.Now > TimeSpan.FromHours(1) ? chosen : "15m";
        }
        form.Add(CardActions.Choice(InputId.SnoozeFor, "Ask again", chosen, ("in 15 minutes", "15m"), ("in 1 hour", "1h"),
            ("in 4 hours", "4h"), ("tomorrow at this time", "tomorrow")));
        return CardActions.ShowCard("Snooze", form, CardActions.Execute("Snooze", Verb.Snooze, data));
    }

    private static OutgoingJson Undo(ProposalView view, OutgoingJson data) => CardActions.ShowCard(
        "Undo",
        [view is IncidentView
            ? CardElements.Text(
                $"What was done is taken back, so what the alert reported may be so again. If it still fires, "
                + $"{view.Proposal.Subject.Id} is open again and asks what happens instead.", subtle: true)
            : CardElements.Text($"What was done is taken back, and that is read back as well.", subtle: true)],
        CardActions.Execute("Undo", Verb.Undo, data, "destructive"));
}
