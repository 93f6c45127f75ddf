using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>A button that was pressed on the card of an incident which its person may see.</summary>
internal sealed record Click(TurnContext Context, Person Person, CardAction Action, ClickData Data, Sought.Found Found)
{
    public Pressed Pressed => new(Found.Incident.Proposal, Found.Where.State, Person, Action.Verb, Data, Context.Correlation);
}

/// <summary>A button that was pressed by somebody who may see what it is about.</summary>
/// <param name="Seen">The state in which their right to see it was looked up.</param>
internal sealed record Pressed(Proposal Proposal, TenantState Seen, Person Person, string Verb, ClickData Data, CorrelationId Correlation);
