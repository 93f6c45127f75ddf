using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>
/// A stream groups the entries that one decision must see together, as in <c>proposal/CON-1042</c>. Each feature has its own kinds of
/// streams and adds them to this type in its folder.
/// </summary>
public readonly record struct StreamId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>One immutable fact of a tenant's ledger, as stored.</summary>
/// <param name="Seq">1, 2, 3 ... without gaps within the tenant.</param>
/// <param name="At">UTC, milliseconds, never earlier than the entry before it.</param>
/// <param name="Version">1, 2, 3 ... within the stream.</param>
/// <param name="Correlation">The id that the person saw and the logs carry; the same through a whole incident.</param>
/// <param name="Causation">Seq of the entry that this one answers to, if any.</param>
/// <param name="Hash">RFC 6962 leaf hash of the canonical bytes: 32 bytes.</param>
public sealed record LedgerEntry(
    TenantId Tenant,
    long Seq,
    DateTimeOffset At,
    string Type,
    StreamId Stream,
    long Version,
    Actor Actor,
    CorrelationId Correlation,
    long? Causation,
    Fact Fact,
    ReadOnlyMemory<byte> Hash)
{
    /// <summary>
    /// When it was recorded by the clock of then: earlier than <see cref="At"/> while the ledger is ahead of the clock, because that was
    /// ahead before. What is compared with a clock is compared by this.
    /// </summary>
    public DateTimeOffset ByClock { get; init; } = At;
}

/// <summary>An entry to be appended; tenant, seq, time, version and hash are given by the ledger.</summary>
public sealed record NewEntry(StreamId Stream, Actor Actor, CorrelationId Correlation, Fact Fact, long? Causation = null);

/// <summary>What the appender knew of a stream: the version of its last entry, 0 for a stream that must not exist yet.</summary>
public readonly record struct StreamVersion(StreamId Stream, long Version);

/// <summary>How an append ended. A conflict is an answer, not an error: read again and decide again.</summary>
public abstract record AppendResult
{
    private AppendResult() { }

    /// <summary>All entries are durable.</summary>
    public sealed record Appended(IReadOnlyList<LedgerEntry> Entries) : AppendResult;

    /// <summary>Someone was faster; nothing was written.</summary>
    public sealed record Conflict(StreamId Stream, long Expected, long Actual) : AppendResult;
}

/// <summary>The append-only record of each tenant, and the only way anything happens.</summary>
public interface ILedger
{
    /// <summary>
    /// Appends all entries or none, in order, once every stream in <paramref name="expected"/> is at the version named
    /// (streams not named are not checked). Returns when the entries survive a power cut.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">The store cannot be written now; nothing was appended, unless
    /// <see cref="LedgerUnavailableException.MayBeRecorded"/>.</exception>
    ValueTask<AppendResult> AppendAsync(
        TenantId tenant,
        IReadOnlyList<StreamVersion> expected,
        IReadOnlyList<NewEntry> entries,
        CancellationToken cancellationToken);

    /// <summary>Seq of the tenant's last durable entry; 0 when there is none.</summary>
    ValueTask<long> HeadAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>
    /// Entries after <paramref name="afterSeq"/> in order, at most <paramref name="limit"/>; empty when there are none yet.
    /// </summary>
    ValueTask<IReadOnlyList<LedgerEntry>> ReadAsync(TenantId tenant, long afterSeq, int limit, CancellationToken cancellationToken);

    /// <summary>All entries of one stream in order.</summary>
    ValueTask<IReadOnlyList<LedgerEntry>> ReadStreamAsync(TenantId tenant, StreamId stream, CancellationToken cancellationToken);

    /// <summary>Completes as soon as the tenant's head is past <paramref name="afterSeq"/>.</summary>
    ValueTask WaitPastAsync(TenantId tenant, long afterSeq, CancellationToken cancellationToken);
}

/// <summary>
/// The ledger's store cannot be written or read at the moment. Intake answers 503, a clicker is told that nothing was recorded.
/// </summary>
public class LedgerUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The connection was lost over a write, and whether it took place could not be found out.</summary>
    public bool MayBeRecorded { get; init; }
}

/// <summary>
/// Reacts to entries of every tenant, in order within a partition, and resumes after a crash where its durable cursor stands.
/// An entry may be handed over more than once: a subscription looks at the state before it acts.
/// </summary>
public interface ILedgerSubscription
{
    /// <summary>Names the durable cursor; never change it.</summary>
    string Name { get; }

    /// <summary>
    /// Entries of one partition are handled one after another, partitions side by side. Null when the entry is of no interest.
    /// </summary>
    string? GetPartitionKey(LedgerEntry entry);

    /// <summary>It drafts or posts, so it is handed nothing while the kill switch is on for the tenant.</summary>
    bool WaitsForSwitch => false;

    /// <summary>It waits for somebody else's system for as long as that takes: the bot is not behind when only this is.</summary>
    bool IsAside => false;

    /// <summary>
    /// Reacts. A throw is logged and the entry handed over again after a growing pause; the partition waits, others go on.
    /// </summary>
    Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken);
}
