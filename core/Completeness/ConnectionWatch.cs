using System.Collections.Immutable;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Completeness;

/// <summary>How far a vendor's log was read.</summary>
/// <param name="Version">Of <c>poll/{connection}</c>; appends name it.</param>
/// <param name="At">When that was recorded.</param>
public sealed record PollPosition(string Cursor, long Version, DateTimeOffset At);

/// <summary>When a connection was last heard.</summary>
/// <param name="Silent">The silence on record that has not ended.</param>
/// <param name="Version">Of <c>connection/{name}</c>; appends name it.</param>
public sealed record ConnectionPulse(DateTimeOffset? LastHeard, DateTimeOffset? Silent, long Version)
{
    /// <summary>Since when its vendor refuses the bot or is not reached; null while it works, or nobody knows.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>What the vendor said when it began to fail; null while it works.</summary>
    public string? FailingBecause { get; init; }

    /// <summary>What is about to end and is not renewed; null for nothing.</summary>
    public string? Expiring { get; init; }

    /// <summary>When that ends.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Since when it is expected to send; null where it was heard before anybody thought of that.</summary>
    public DateTimeOffset? Expected { get; init; }
}

/// <summary>
/// What is known of a tenant's connections and of what may appear in their vendors' logs: a part of the tenant's state. Immutable.
/// </summary>
public sealed record ConnectionWatch : ISlice<ConnectionWatch>
{
    /// <summary>An event that follows another this closely does not change what is known; thousands a second must cost nothing.</summary>
    private static readonly TimeSpan PulseEvery = TimeSpan.FromMinutes(1);

    public static ConnectionWatch Empty { get; } = new();

    public ImmutableDictionary<string, PollPosition> Polls { get; init; } = ImmutableDictionary<string, PollPosition>.Empty;

    public ImmutableDictionary<string, ConnectionPulse> Pulses { get; init; } = ImmutableDictionary<string, ConnectionPulse>.Empty;

    /// <summary>So many runs, the last that were claimed, are known here; of earlier ones the incident tells.</summary>
    private const int MaxClaimed = 128;

    private const int MaxSeen = 1024;

    /// <summary>The plan of every run that was claimed lately, by execution id: what may appear in a vendor's log.</summary>
    public ImmutableDictionary<string, Plan> Claimed { get; init; } = ImmutableDictionary<string, Plan>.Empty;

    /// <summary>Operations of ours that a vendor's log showed lately, with the line that did.</summary>
    public ImmutableDictionary<string, string> Seen { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The keys of <see cref="Claimed"/> in the order in which they came.</summary>
    public ImmutableQueue<string> ClaimedOrder { get; init; } = [];

    /// <summary>The keys of <see cref="Seen"/> in the order in which they came.</summary>
    public ImmutableQueue<string> SeenOrder { get; init; } = [];

    public ConnectionWatch Apply(LedgerEntry entry, TenantState before) => entry.Fact switch
    {
        // What the bot says itself of a connection is no sign of life of its sender.
        EventReceived { Kind: HealthSubscription.Kind or ExpirySubscription.Kind } => this,
        EventReceived received => Heard(received.Connection, entry.ByClock, null),
        WebhookReceipts receipts => Heard(receipts.Connection, receipts.LastAccepted, entry.Version),
        ConnectionExpected expected => With(expected.Connection, pulse => pulse with { Expected = entry.ByClock, Version = entry.Version }),
        ConnectionStale silent => With(silent.Connection, pulse => pulse with { Silent = entry.ByClock, Version = entry.Version }),
        ConnectionRecovered heard => With(heard.Connection, pulse => pulse with { Silent = null, Version = entry.Version }),
        ConnectionRemoved removed when Pulses.TryGetValue(removed.Name, out var gone) => this with
        {
            Pulses = Pulses.SetItem(removed.Name, new(null, null, gone.Version)),
        },
        ConnectionFailing failing => With(failing.Connection, pulse => pulse with
        {
            FailingSince = entry.ByClock, FailingBecause = failing.Why, Version = entry.Version,
        }),
        ConnectionWorking working => With(working.Connection, pulse => pulse with
        {
            FailingSince = null, FailingBecause = null, Version = entry.Version,
        }),
        ConnectionExpiring ending => With(ending.Connection, pulse => pulse with
        {
            Expiring = ending.What, ExpiresAt = ending.EndsAt, Version = entry.Version,
        }),
        ConnectionRenewed renewed => With(renewed.Connection, pulse => pulse with
        {
            Expiring = null, ExpiresAt = null, Version = entry.Version,
        }),
        ExecutionStarted started => Claim(started.ExecutionId, before.FindProposal(started.About)),
        UndoStarted started => Claim(started.ExecutionId, before.FindProposal(started.About)),
        PollAdvanced polled => polled.Ours.Aggregate(this, static (watch, seen) => watch.Saw(seen.OperationId, seen.ActionId)) with
        {
            Polls = Polls.SetItem(polled.Connection, new(polled.To, entry.Version, entry.ByClock)),
        },
        OutOfBandChange change when Polls.GetValueOrDefault(change.Connection) is { } position => this with
        {
            Polls = Polls.SetItem(change.Connection, position with { Version = entry.Version }),
        },
        _ => this,
    };

    private ConnectionWatch Claim(string executionId, Proposal? proposal) =>
        proposal is null ? this : Claim(executionId, proposal.PlanToRun(executionId));

    private ConnectionWatch Claim(string executionId, Plan plan)
    {
        var (claimed, order) = Added(Claimed, ClaimedOrder, executionId, plan, MaxClaimed);
        return this with { Claimed = claimed, ClaimedOrder = order };
    }

    /// <summary>A vendor's log showed an operation of ours.</summary>
    internal ConnectionWatch Saw(string operationId, string line)
    {
        var (seen, order) = Added(Seen, SeenOrder, operationId, line, MaxSeen);
        return this with { Seen = seen, SeenOrder = order };
    }

    /// <summary>With the last runs of a proposal, which may have been claimed long ago.</summary>
    internal ConnectionWatch Knowing(Proposal proposal) => this with
    {
        Claimed = Claimed.SetItems(new[] { proposal.Execution, proposal.Undo }.OfType<Run>()
            .Select(static run => KeyValuePair.Create(run.ExecutionId, run.Plan))),
    };

    private static (ImmutableDictionary<string, T> All, ImmutableQueue<string> Order) Added<T>(
        ImmutableDictionary<string, T> all, ImmutableQueue<string> order, string key, T value, int most)
    {
        if (all.ContainsKey(key))
            return (all.SetItem(key, value), order);
        (all, order) = (all.Add(key, value), order.Enqueue(key));
        return all.Count <= most ? (all, order) : (all.Remove(order.Peek()), order.Dequeue());
    }

    private ConnectionWatch Heard(string connection, DateTimeOffset? at, long? version)
    {
        var known = Pulses.GetValueOrDefault(connection);
        if (version is null && known is { LastHeard: { } last, Silent: null } && at >= last && at - last < PulseEvery)
            return this;
        // An event of now is later than whatever a clock that was ahead said; what is told of the past may be older than what is known.
        var heard = at is { } time && (version is null || !(known?.LastHeard >= time)) ? time : known?.LastHeard;
        return this with
        {
            Pulses = Pulses.SetItem(
                connection,
                (known ?? new(null, null, 0)) with { LastHeard = heard, Version = version ?? known?.Version ?? 0 }),
        };
    }

    private ConnectionWatch With(string connection, Func<ConnectionPulse, ConnectionPulse> change) =>
        this with { Pulses = Pulses.SetItem(connection, change(Pulses.GetValueOrDefault(connection) ?? new(null, null, 0))) };
}

public static class WatchOfState
{
    extension(TenantState state)
    {
        /// <summary>When connections were heard, how far vendors' logs were read, and what may appear in them.</summary>
        public ConnectionWatch Watch => state.Get<ConnectionWatch>();
    }
}
