using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Proposals;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>
/// The gate level by its name, until when, in the reader's own time, and who may decide: a text block, because clients work out dates in
/// those. No time left is said, since a card is read long after it was drawn.
/// </summary>
internal static class TermsSection
{
    public static OutgoingJson? For(ProposalView view)
    {
        var (proposal, who) = (view.Proposal, Who(view));
        if (proposal is { Phase: ProposalPhase.Snoozed, SnoozedUntil: { } back })
            return Text($"**{Level(view)}.** Asks again {back}. {who,300}", spacing: "Small");
        if (proposal.Phase == ProposalPhase.Waiting && proposal.ExpiresAt is { } until)
            return Waiting(view, until, who);
        if (proposal is { Staged: { Kind: ProposalKind.Remedy, Terms.Level: GateLevel.L0 or GateLevel.L1 } } && who.Length == 0)
            return Text($"{Level(view)}", subtle: true, spacing: "Small");
        return who.Length > 0 ? Text($"{who,300}", subtle: true, spacing: "Small") : null;
    }

    /// <summary>Where people approve, the level's name begins the sentence that says until when and who.</summary>
    private static OutgoingJson Waiting(ProposalView view, DateTimeOffset until, string who)
    {
        if (until <= view.Now)
            return Text($"**{Level(view)}.** Time is over since {until}. {who,300}", spacing: "Small");
        if (!view.EverybodyIsAdministrator && CardMentions.In(view) is { } called)
        {
            return view.Proposal.Staged!.Terms.Level == GateLevel.L2
                ? Text($"**{Level(view)}** by {until}: {called}{Needed(view),100}", spacing: "Small")
                : Text($"**{Level(view)}.** Decide by {until}. May decide: {called}{Needed(view),100}", spacing: "Small");
        }
        if (view.Proposal.Staged!.Terms.Level != GateLevel.L2)
            return Text($"**{Level(view)}.** Decide by {until}. {who,300}", spacing: "Small");
        return view is { EverybodyIsAdministrator: false, Deciders: { } names }
            ? Text($"**{Level(view)}** by {until}: {names + Needed(view),300}", spacing: "Small")
            : Text($"**{Level(view)}** by {until}. {who,300}", spacing: "Small");
    }

    private static string Level(ProposalView view) => Labels.Level(view.Proposal.Staged!.Terms.Level);

    private static string Who(ProposalView view) => (view.EverybodyIsAdministrator, view.Deciders) switch
    {
        (true, _) => HeaderSection.LocalModeLabel,
        (_, { } names) => $"May decide: {names}{Needed(view)}",
        _ => "",
    };

    /// <summary>How many must agree, until one has: then it is said beside who that was how many are left.</summary>
    private static string Needed(ProposalView view) =>
        view.Proposal is { IsUndecided: true, Staged.Terms.Approvals: > 1 and var needed } && DecisionSection.Given(view.Proposal) == 0
            ? $" ({needed} must agree)"
            : "";
}
