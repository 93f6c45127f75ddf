using System.Collections.Concurrent;
using System.Text;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Snapshots;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger.Snapshots;

/// <summary>States over one ledger and one store of documents, begun anew as often as a test wants.</summary>
internal sealed class StateBench : ILogger<StateStore>
{
    public StateBench(IDocuments? documents = null, IKeyRing? keys = null)
    {
        (Documents, Keys) = (documents ?? new MemoryDocuments(), keys ?? new InMemoryKeyRing());
        Ledger = new(Clock, Keys);
    }

    public ManualClock Clock { get; } = new();

    public IDocuments Documents { get; }

    public IKeyRing Keys { get; }

    public InMemoryLedger Ledger { get; }

    public ConcurrentQueue<string> Warnings { get; } = new();

    /// <summary>As after a start.</summary>
    public TenantStates Begin(ILedger? ledger = null) => Begin(ledger ?? Ledger, Documents, Keys, this);

    public static TenantStates Begin(ILedger ledger, IDocuments documents, IKeyRing keys, ILogger<StateStore> logger)
    {
        var closed = new ClosedIncidents(documents, keys, ledger, NullLogger<ClosedIncidents>.Instance);
        return new(ledger, CoreFeatures.Catalog, keys: keys, store: new(documents, keys, CoreFeatures.Catalog, logger, closed));
    }

    /// <summary>A state, field by field.</summary>
    public static string GetText(TenantState state) => Encoding.UTF8.GetString(SlicesJson.Write(state, CoreFeatures.Catalog));

    public static string GetText(Incident incident) => Encoding.UTF8.GetString(StateJson.Write(incident));

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Warning)
            Warnings.Enqueue(formatter(state, exception) + exception);
    }
}
