using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Bot.Views;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>A turn of a person whom Entra knows, with all that they could have said.</summary>
public sealed record ChatTurn(TurnContext Context, Person Person, HelpView Help)
{
    public ConversationRef Conversation => Context.Conversation;

    public CorrelationId Correlation => Context.Correlation;
}
