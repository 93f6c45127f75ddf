using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections;
using DevOpsAI.Proposals;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards.Subjects;

/// <summary>
/// The one builder of the card of a proposal that belongs to no incident: what its area says of it, and of the rest the same sections as on
/// an incident's card. Never larger than <see cref="Card.MaxBytes"/>.
/// </summary>
internal static class SubjectCard
{
    private const int Unbounded = int.MaxValue;

    public static OutgoingJson Build(SubjectCardView view) =>
        view.Reading is null ? Card.Fitting(measure => Build(view, measure)) : DetailsCard.Build(view);

    /// <summary>The line of a notification: ours, with the title as outside text.</summary>
    public static string Summary(SubjectCardView view) => Card.Summary(view);

    private static OutgoingJson Build(SubjectCardView view, Measure measure)
    {
        var plan = PlanSection.Whole(view);
        var terms = TermsSection.For(view);
        List<OutgoingJson> body =
        [
            .. HeaderSection.Notice(view, measure),
            Title(view, measure),
            .. HeaderSection.Holding(view, measure),
            .. Asked(view, measure),
            .. OutcomeSection.For(view, measure),
            .. PlanSection.For(view, measure, plan),
        ];
        if (terms is not null)
            body.Add(terms);
        body.AddRange(DecisionSection.For(view, measure));
        body.Add(Container(Folded(view, measure), id: BackgroundSection.Id, visible: false));
        var card = Card.Frame(body, Buttons.For(view, CardData.For(view), planFits: plan is not null), Summary(view));
        CardMentions.Put(card, view, terms);
        CardData.Refresh(card, view);
        return card;
    }

    private static OutgoingJson Title(SubjectCardView view, Measure measure)
    {
        List<TextRun> first = [new(Name(view), Bold: true, Subtle: true)];
        if (view.Proposal.Severity > Severity.Info)
            first.AddRange([new(" "), new(view.Proposal.Severity.ToString(), Bold: true, Tone: Labels.For(view.Proposal.Severity))]);
        if (view.Proposal.Simulated)
            first.AddRange([new(" "), new(HeaderSection.SimulationWord, Bold: true, Tone: Tone.Accent)]);
        return Container(
            [
                Columns(("stretch", Rich(null, [.. first])), ("auto", Badge(Labels.Badge(view), view.Standing.Tone))),
                Rich(
                    "Small",
                    new(view.Title, measure.Title, Bold: true, Size: "Large"),
                    new($" · {CardText.Name(view.Tenant.Name, measure.Short)}", Unbounded, Subtle: true)),
            ],
            view.Standing.Tone);
    }

    /// <summary>What its area says of it; what happens then, while that is still to come.</summary>
    private static IEnumerable<OutgoingJson> Asked(SubjectCardView view, Measure measure)
    {
        if (view.Proposal is { IsUndecided: true, Staged.Kind: ProposalKind.Remedy })
            yield return Rich("Small", new TextRun(view.Shown.Effect, measure.Long, Bold: true));
        if (view.Shown.Facts.Count > 0)
            yield return Facts(view.Shown.Facts.Select(fact => Fact(fact.Name, $"{CardText.Plain(fact.Value, measure.Long)}")));
    }

    private static IEnumerable<OutgoingJson> Folded(SubjectCardView view, Measure measure)
    {
        if (HeaderSection.Identifiers(view) is { } labels)
            yield return labels;
        var staged = view.Proposal.Staged!;
        foreach (var earlier in DecisionSection.InDetails(view.Proposal, measure).Concat(OutcomeSection.InDetails(view.Proposal, measure)))
            yield return earlier;
        yield return Facts(
        [
            Fact("Asked for by", $"{CardText.Name(Labels.Who(staged.Requester))}, {view.Proposal.StagedAt}"),
            Fact("Level", $"{Labels.Gate(staged.Terms)}"),
        ]);
        foreach (var line in PlanSection.InDetails(view, measure))
            yield return line;
        yield return Text($"**Why this level**", spacing: "Small");
        foreach (var reason in staged.Terms.Reasons.Take(measure.Items))
            yield return Rich("None", new("• "), new(reason, measure.Long));
        yield return Rich("Small", new TextRun(Footer(view), measure.Long, Subtle: true, Size: "Small"));
        var data = CardData.For(view);
        yield return ActionSet([Buttons.Details(data, 0, null, Buttons.AllDetails), CardActions.Execute("Why", Verb.Why, data)]);
    }

    private static string Footer(SubjectCardView view)
    {
        var proposal = view.Proposal;
        var revision = proposal.Staged!.Revision > 1 ? $"Revision {proposal.Staged.Revision} · " : "";
        return $"{revision}Policy {proposal.Staged.Terms.PolicyVersion} · ledger entry {proposal.StagedSeq}";
    }

    /// <summary>As in <c>loan L-1</c>.</summary>
    private static string Name(SubjectCardView view) => CardText.Name(view.Proposal.Subject.ToString(), 80);
}
