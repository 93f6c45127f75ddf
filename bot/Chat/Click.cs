using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>A button that was pressed on the card of an incident which its person may see.</summary>
internal sealed record Click(TurnContext Context, Person Person, CardAction Action, ClickData Data, Sought.Found Found);
