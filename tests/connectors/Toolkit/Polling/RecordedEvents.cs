using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Tests.Connectors.Toolkit.Polling;

/// <summary>A record that keeps events once by their source id, as the ledger's does, and can be away.</summary>
internal sealed class RecordedEvents : IMediator
{
    public List<string> Ids { get; } = [];

    public bool IsAway { get; set; }

    /// <summary>The event that cannot be put on record; null for none.</summary>
    public string? Unfit { get; set; }

    public Task<TResponse> Send<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken = default)
    {
        var events = ((ReceiveEvents)(object)request).Events;
        if (IsAway)
            throw new LedgerUnavailableException("away");
        if (events.Any(one => one.SourceId == Unfit))
            throw new UnrecordableEventException(null, "it is too large");
        List<EventReceipt> receipts = [];
        foreach (var one in events)
        {
            receipts.Add(new($"E-{one.SourceId}", Ids.Contains(one.SourceId)));
            if (!Ids.Contains(one.SourceId))
                Ids.Add(one.SourceId);
        }
        return Task.FromResult((TResponse)(object)receipts);
    }

    public Task<object?> Send(object request, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task Publish(object notification, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task Publish<TNotification>(TNotification notification, CancellationToken cancellationToken = default)
        where TNotification : INotification => throw new NotSupportedException();
}

internal sealed class NoTenants : ITenantDirectory
{
    public IReadOnlyList<Tenant> All => [];

    public Tenant? Find(TenantId id) => null;

    public Tenant? FindByPrefix(string prefix) => null;
}
