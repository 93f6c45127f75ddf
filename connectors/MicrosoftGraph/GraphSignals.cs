using System.Collections.Concurrent;
using System.Threading.Channels;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>
/// Says that a connection's subscription is to be looked after now. Told in the process that hears it; others look in time.
/// </summary>
internal sealed class GraphSignals
{
    private readonly ConcurrentDictionary<string, Channel<bool>> channels = new(StringComparer.OrdinalIgnoreCase);

    public void Hurry(string connection) => For(connection).Writer.TryWrite(true);

    /// <summary>Completes once somebody said so since the last time.</summary>
    public async Task WaitAsync(string connection, CancellationToken cancellationToken) =>
        await For(connection).Reader.ReadAsync(cancellationToken);

    private Channel<bool> For(string connection) => channels.GetOrAdd(
        connection, static _ => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }));
}
