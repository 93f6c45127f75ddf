using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using DevOpsAI.Tenancy;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Chat;

/// <summary>Says on top of what somebody is answered that the kill switch is on for a client that they may ask about there.</summary>
internal sealed class SwitchBanner(Visibility visibility, IKillSwitch? killSwitch = null)
{
    private const int MaxNamed = 5;

    public async ValueTask<OutgoingMessage> OnTopAsync(
        OutgoingMessage result, TurnContext turn, Person person, CancellationToken cancellationToken)
    {
        // An incident's own card says it itself.
        if (result.Card is not { } card || result.Evidence?.Purpose == "copy" || killSwitch?.On is not { Count: > 0 } on)
            return result;
        var stopped = (await visibility.TenantsAsync(person, turn.Conversation, cancellationToken))
            .Where(client => on.ContainsKey(client.Tenant.Id))
            .ToList();
        if (stopped.Count == 0)
            return result;
        var names = string.Join(", ", stopped.Take(MaxNamed).Select(static client => CardText.Name(client.Tenant.Name, 60)));
        var more = stopped.Count > MaxNamed ? $" and {stopped.Count - MaxNamed} more" : "";
        var message = $"The kill switch is on for {names}{more}: nothing is drafted, posted, approved or executed.";
        var banner = Container([Rich(null, new TextRun(message, 500, Bold: true))], Tone.Attention);
        return result with { Card = card.WithFirst("body", banner) };
    }
}
