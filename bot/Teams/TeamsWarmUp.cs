namespace DevOpsAI.Bot.Teams;

/// <summary>Builds the inbound path and reads the book before the first activity, so that neither costs a click or fails one.</summary>
internal sealed class TeamsWarmUp(Lazy<MessagesEndpoint> endpoint) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = endpoint.Value;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
