using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Inbound;

namespace DevOpsAI.Bot.Teams;

/// <summary>Builds the inbound path and reads the book before the first activity, so that neither costs a click or fails one.</summary>
internal sealed class TeamsWarmUp(Lazy<MessagesEndpoint> endpoint, ConversationReferences references) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await references.LoadAsync(cancellationToken);
        _ = endpoint.Value;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
