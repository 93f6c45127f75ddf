using System.Collections.Frozen;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards.Subjects;

/// <summary>Draws the card of a proposal that belongs to no incident, the same for everybody: gates decide who may press.</summary>
internal sealed class SubjectDrawing(IEnumerable<ISubjectCard> cards)
{
    private readonly FrozenDictionary<string, ISubjectCard> byKind =
        cards.ToFrozenDictionary(static card => card.Kind, StringComparer.Ordinal);

    public bool Draws(ProposalSubject subject) => byKind.ContainsKey(subject.Kind);

    /// <summary>Null where the proposal was never staged, or no area says what to show of it.</summary>
    /// <param name="notice">One sentence on top for whoever pressed; null for none.</param>
    public OutgoingJson? Card(TenantState state, Proposal proposal, string? notice = null)
    {
        if (proposal.Staged is not { } staged || byKind.GetValueOrDefault(proposal.Subject.Kind) is not { } area)
            return null;
        var view = area.View(state, proposal);
        var body = new List<OutgoingJson>();
        if (notice is not null)
            body.Add(Container([Rich(null, new TextRun(notice, 400, Bold: true))], Tone.Accent));
        body.Add(Container([.. Head(state, proposal, view)], GetTone(proposal.Phase)));
        body.Add(Table([1, 3], view.Facts.Select(Row)));
        body.AddRange(proposal.Decisions
            .Select(static decision => Rich("Small", new TextRun(Said(decision), 600), TextRun.At(decision.At))));
        return Cards.Card.Frame(body, Actions(proposal, staged), summary: $"{CardText.Plain(view.Title, 160)}: {Stands(proposal, staged)}");
    }

    private static IReadOnlyList<TextRun> Row((string Name, string Value) fact) => [new(fact.Name, 60, Bold: true), new(fact.Value)];

    private static IEnumerable<OutgoingJson> Head(TenantState state, Proposal proposal, SubjectView view)
    {
        yield return Rich(null, new TextRun(view.Title, 160, Bold: true, Size: "Medium"));
        yield return Rich("None", new TextRun($"{proposal.Subject} · {state.Name}", 160, Subtle: true));
        yield return Rich("Small", new TextRun(view.Effect, 400));
        yield return Rich("Small", new TextRun(Stands(proposal, proposal.Staged!), 200, Bold: true));
    }

    private static IEnumerable<OutgoingJson> Actions(Proposal proposal, ProposalStaged staged)
    {
        if (!proposal.IsUndecided || staged.Terms.Level != GateLevel.L2)
            return [];
        var data = new OutgoingJson { ["tenant"] = proposal.Tenant.Value, ["subject"] = proposal.Subject.Text, ["seal"] = staged.Seal };
        return [Buttons.Approve(data), Buttons.Reject(data)];
    }

    private static string Stands(Proposal proposal, ProposalStaged staged) => proposal.Phase switch
    {
        ProposalPhase.Waiting when staged.Terms.Approvals == 1 => "Waits for an approval by somebody other than who asked",
        ProposalPhase.Waiting => $"Waits for {staged.Terms.Approvals} approvals by others than who asked",
        ProposalPhase.Snoozed => "Snoozed",
        ProposalPhase.Approved or ProposalPhase.Executing => "Approved, being carried out",
        ProposalPhase.Verified => "Done",
        ProposalPhase.Rejected => "Rejected, nothing is done",
        ProposalPhase.Expired => "Expired: nobody decided in time, nothing was done",
        ProposalPhase.Withdrawn => "Withdrawn",
        ProposalPhase.Handled => "Seen to by a person",
        _ => "Ended without its effect: a person sees to it",
    };

    private static Tone GetTone(ProposalPhase phase) => phase switch
    {
        ProposalPhase.Verified => Tone.Good,
        ProposalPhase.Waiting or ProposalPhase.Snoozed => Tone.Warning,
        ProposalPhase.Approved or ProposalPhase.Executing => Tone.Accent,
        _ => Tone.Default,
    };

    private static string Said(Decision decision)
    {
        var reason = decision.Fact.Reason is { Length: > 0 } why ? $": {why}" : "";
        return $"{Labels.Decision(decision.Fact)} by {CardText.Name(decision.By.Name, 60)}{reason}, ";
    }
}
