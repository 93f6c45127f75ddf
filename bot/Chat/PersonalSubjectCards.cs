using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Cards.Subjects;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>The card of what is decided about and is no incident, as it answers a person.</summary>
internal sealed class PersonalSubjectCards(Visibility visibility, SubjectViews views, Trails trails, Reviewing reviewing)
{
    private const string NoSuchThing = "There is no such request, or you have no right to it.";

    /// <summary>Says the same whether there is none or it is not for this person.</summary>
    public static InvokeResponse NotFound => InvokeResponse.Message(NoSuchThing);

    /// <param name="proposal">As it stands now.</param>
    /// <param name="notice">One sentence on top; null for none.</param>
    public InvokeResponse Current(Pressed pressed, ConversationId conversation, Proposal proposal, string? notice) =>
        View(pressed, conversation, proposal, notice) is { } view
            ? InvokeResponse.Card(SubjectCard.Build(view)) with { Notice = notice }
            : InvokeResponse.Message(notice ?? NoSuchThing);

    public InvokeResponse Details(Pressed pressed, ConversationId conversation) =>
        View(pressed, conversation, pressed.Proposal, notice: null) is { } view
            ? InvokeResponse.Card(SubjectCard.Build(reviewing.Open(view, pressed.Person, pressed.Data)))
            : NotFound;

    public async Task<InvokeResponse> WhyAsync(Pressed pressed, ConversationId conversation, CancellationToken cancellationToken)
    {
        if (View(pressed, conversation, pressed.Proposal, notice: null) is not { } view)
            return NotFound;
        var everything = pressed.Data.Input(WhyCard.Everything) == "true";
        return InvokeResponse.Card(await trails.CardAsync(view, pressed.Data.Page, everything, cancellationToken));
    }

    /// <summary>The card as a message of its own, beside the living one; with buttons only where nobody else reads it.</summary>
    public async Task<OutgoingMessage> ShowAsync(ChatTurn turn, ClickData data, CancellationToken cancellationToken)
    {
        if (await visibility.FindAsync(data.Tenant, data.Subject, turn.Person, turn.Conversation, cancellationToken)
            is not var (client, proposal))
            return Reply.NotForThem(NoSuchThing);
        var place = turn.Conversation.ChannelId;
        var view = turn.Conversation.IsPersonal
            ? views.ForPerson(client.State, proposal, place, turn.Person)
            : views.ForEverybody(client.State, proposal, place);
        return view is null
            ? Reply.NotForThem(NoSuchThing)
            : new()
            {
                Card = SubjectCard.Build(view with { IsCopy = true }),
                Summary = SubjectCard.Summary(view),
                Evidence = new(data.Tenant, "copy", data.Subject),
            };
    }

    private SubjectCardView? View(Pressed pressed, ConversationId conversation, Proposal proposal, string? notice) =>
        views.ForPerson(pressed.Seen, proposal, conversation, pressed.Person, notice) is { } view
            ? view with { IsCopy = pressed.Data.IsCopy }
            : null;
}
