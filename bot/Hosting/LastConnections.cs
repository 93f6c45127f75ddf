using Microsoft.AspNetCore.Connections;

namespace DevOpsAI.Bot.Hosting;

/// <summary>
/// Cuts off what is still connected a while after the server began to stop. Anybody can leave a request half sent; the server would wait
/// for it as long as the host is patient, and what stops after the server, signing and closing the ledger among it, would be given up.
/// </summary>
internal sealed class LastConnections(TimeProvider clock) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource over = new(Timeout.InfiniteTimeSpan, clock);

    /// <summary>From the end of the last turn of a stop on.</summary>
    internal TimeSpan Within { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Middleware for connections of every address.</summary>
    public ConnectionDelegate Watch(ConnectionDelegate next) => async connection =>
    {
        await using var cut = over.Token.UnsafeRegister(
            static watched => ((ConnectionContext)watched!).Abort(new ConnectionAbortedException("The bot stops.")), connection);
        await next(connection);
    };

    /// <summary>Registered before all others, it is the last to be called before the server stops.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        over.CancelAfter(Within);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => over.Dispose();
}
