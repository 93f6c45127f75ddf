using DevOpsAI.Bot.Teams;
using DevOpsAI.Incidents;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>
/// Until when, in the reader's own time, and who may decide: a text block, because clients work out dates in those. No time left is said,
/// since a card is read long after it was drawn.
/// </summary>
internal static class TermsSection
{
    public static OutgoingJson? Of(IncidentView view) => (view.Incident, Who(view)) switch
    {
        ({ Phase: IncidentPhase.Snoozed, SnoozedUntil: { } until }, var who) => Text($"**Asks again** {until}. {who,300}", spacing: "Small"),
        ({ Phase: IncidentPhase.Waiting, Staged.Terms.ExpiresAt: var until }, var who) when until > view.Now => Text($"**Decide by** {until}. {who,300}", spacing: "Small"),
        ({ Phase: IncidentPhase.Waiting, Staged.Terms.ExpiresAt: var until }, var who) => Text($"**Time is over** since {until}. {who,300}", spacing: "Small"),
        (_, { Length: > 0 } who) => Text($"{who,300}", subtle: true, spacing: "Small"),
        _ => null,
    };

    private static string Who(IncidentView view) => (view.EverybodyIsAdministrator, view.Deciders) switch
    {
        (true, _) => HeaderSection.LocalModeLabel,
        (_, { } names) => $"May decide: {names}{Needed(view)}",
        _ => "",
    };

    private static string Needed(IncidentView view) =>
        view.Incident is { IsUndecided: true, Staged.Terms.Approvals: > 1 and var needed } ? $" ({needed} must agree)" : "";
}
