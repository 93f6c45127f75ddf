using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Connectors.Toolkit.Polling;

public static class PollingServices
{
    /// <summary>Asks vendors for events that they do not send, or that got lost on the way.</summary>
    public static IServiceCollection AddEventPolling(this IServiceCollection services) => services
        .AddSingleton<PollCursors>()
        .AddSingleton<EventPoller>()
        .AddHostedService<EventPolling>();
}
