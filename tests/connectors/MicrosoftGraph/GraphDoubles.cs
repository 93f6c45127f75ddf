using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using MediatR;
using Microsoft.Extensions.Hosting;

namespace DevOpsAI.Tests.Connectors.MicrosoftGraph;

/// <summary>Takes events as the ledger does: each once. Those that it does not want it refuses.</summary>
internal sealed class RecordedEvents : IMediator
{
    private readonly Lock gate = new();
    private readonly List<ConnectorEvent> all = [];
    private int sent;

    public IReadOnlyList<ConnectorEvent> All
    {
        get
        {
            lock (gate)
                return [.. all];
        }
    }

    /// <summary>Events that were handed over, again or not.</summary>
    public int Sent => sent;

    public Func<ConnectorEvent, bool> IsUnfit { get; set; } = static _ => false;

    public Task<TResponse> Send<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken = default)
    {
        var receive = (ReceiveEvents)(object)request;
        lock (gate)
        {
            sent += receive.Events.Count;
            if (receive.Events.ToList().FindIndex(one => IsUnfit(one)) is >= 0 and var position)
                throw new UnrecordableEventException(position, "It does not fit.");
            IReadOnlyList<EventReceipt> receipts =
            [
                .. receive.Events.Select(one =>
                {
                    var isKnown = all.Exists(other => other.SourceId == one.SourceId && other.StandsSince == one.StandsSince);
                    if (!isKnown)
                        all.Add(one);
                    return new EventReceipt($"E-{all.Count}", isKnown);
                }),
            ];
            return Task.FromResult((TResponse)receipts);
        }
    }

    public Task<object?> Send(object request, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task Publish(object notification, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task Publish<TNotification>(TNotification notification, CancellationToken cancellationToken = default)
        where TNotification : INotification => throw new NotSupportedException();
}

/// <summary>One client, whom this instance works for.</summary>
internal sealed class NorthwindAlone : ITenantDirectory, ISubscribedTenants
{
    private static readonly Tenant Northwind = new(TenantId.Parse("contoso"), "Northwind Dental", "NWD");

    public IReadOnlyList<Tenant> All => [Northwind];

    public Tenant? Find(TenantId id) => id == Northwind.Id ? Northwind : null;

    public Tenant? FindByPrefix(string prefix) => null;

    public bool IsMine(TenantId tenant) => true;

    public Task NextAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);

    public Task RunAsync(Action<TenantId> take, Func<TenantId, Task> release, CancellationToken stopping) => Task.CompletedTask;
}

/// <summary>A host that has started.</summary>
internal sealed class Started : IHostApplicationLifetime
{
    public CancellationToken ApplicationStarted { get; } = new(canceled: true);

    public CancellationToken ApplicationStopping => CancellationToken.None;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication() { }
}
