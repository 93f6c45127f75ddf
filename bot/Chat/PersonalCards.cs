using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Incidents;

namespace DevOpsAI.Bot.Chat;

/// <summary>The card of an incident as it answers a click: for the person who pressed.</summary>
internal sealed class PersonalCards(IncidentViews views, Trails trails, Reviewing reviewing)
{
    /// <param name="incident">As it stands now.</param>
    /// <param name="notice">One sentence on top; null for none.</param>
    public InvokeResponse Current(Click click, Incident incident, string? notice) =>
        InvokeResponse.Card(IncidentCard.Build(View(click, incident, notice))) with { Notice = notice };

    public InvokeResponse Details(Click click) =>
        InvokeResponse.Card(IncidentCard.Build(reviewing.Open(View(click, click.Found.Incident, notice: null), click.Person, click.Data)));

    public async Task<InvokeResponse> WhyAsync(Click click, CancellationToken cancellationToken)
    {
        var everything = click.Data.Input(WhyCard.Everything) == "true";
        return InvokeResponse.Card(
            await trails.CardAsync(View(click, click.Found.Incident, notice: null), click.Data.Page, everything, cancellationToken));
    }

    private IncidentView View(Click click, Incident incident, string? notice) =>
        views.ForPerson(
            click.Found.Where.State, incident, click.Context.Conversation.ChannelId, click.Person,
            notice) with { IsCopy = click.Data.IsCopy };
}
