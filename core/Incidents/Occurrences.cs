using System.Collections.Immutable;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <summary>One time that an alert on a device was an incident, and how that ended.</summary>
/// <param name="ClosedReason">As <see cref="IncidentClosed.Reason"/>, or <see cref="Occurrences.TakenBack"/>; null while it is
/// open.</param>
/// <param name="Done">Title of the first step that was carried out and verified; null where nothing was, or where it would name a
/// person.</param>
/// <param name="EndedAt">When that was done, or the incident closed otherwise; null while it is open.</param>
public sealed record Occurrence(
    IncidentId IncidentId, DateTimeOffset OpenedAt, string? ClosedReason, string? Done, DateTimeOffset? EndedAt);

/// <summary>
/// The last incidents of each alert on each device, for as long as <see cref="Window"/> and never more than <see cref="Max"/>: what a card
/// needs to say that it has been seen before, whatever else is forgotten of them. Immutable; part of the fold.
/// </summary>
public sealed class Occurrences
{
    public static readonly TimeSpan Window = TimeSpan.FromDays(30);

    /// <summary>For one alert on one device; of more the newest count.</summary>
    public const int MaxOfOne = 20;

    /// <summary>In place of the reason for closing, where what was done was taken back.</summary>
    public const string TakenBack = "taken back";

    /// <summary>For a tenant.</summary>
    public const int Max = 4_000;

    public static readonly Occurrences None = new(ImmutableDictionary<string, ImmutableArray<Occurrence>>.Empty, []);

    private readonly ImmutableDictionary<string, ImmutableArray<Occurrence>> byKey;
    private readonly ImmutableQueue<(DateTimeOffset At, string Key)> order;

    private Occurrences(ImmutableDictionary<string, ImmutableArray<Occurrence>> byKey,
        ImmutableQueue<(DateTimeOffset At, string Key)> order) =>
        (this.byKey, this.order) = (byKey, order);

    /// <summary>How many are kept.</summary>
    public int Count { get; private init; }

    /// <summary>
    /// Earlier incidents of the same alert on the same device that began within <see cref="Window"/> before this one, oldest first.
    /// </summary>
    public IReadOnlyList<Occurrence> Before(Incident incident) => GetKey(incident.Opened) is { } key && byKey.TryGetValue(key, out var all)
        ? [.. all.Where(
            one => one.IncidentId != incident.Id && one.OpenedAt <= incident.OpenedAt && one.OpenedAt > incident.OpenedAt - Window)]
        : [];

    internal Occurrences Opened(IncidentOpened opened, DateTimeOffset at)
    {
        if (GetKey(opened) is not { } key)
            return this;
        var (kept, waiting, count) = (byKey, order, Count);
        // What is too old goes here, so that nothing has to look for it.
        while (!waiting.IsEmpty && (waiting.Peek().At <= at - Window || count >= Max))
        {
            var oldest = waiting.Peek().Key;
            waiting = waiting.Dequeue();
            // It was dropped already where more of the same came.
            if (!kept.TryGetValue(oldest, out var some) || some[0].OpenedAt > at - Window && count < Max)
                continue;
            kept = some.Length == 1 ? kept.Remove(oldest) : kept.SetItem(oldest, some.RemoveAt(0));
            count--;
        }
        var ofOne = kept.GetValueOrDefault(key, []);
        if (ofOne.Length >= MaxOfOne)
            (ofOne, count) = (ofOne.RemoveAt(0), count - 1);
        return new(kept.SetItem(key, ofOne.Add(new(opened.IncidentId, at, null, null, null))), waiting.Enqueue((at, key)))
            { Count = count + 1 };
    }

    /// <summary>The incident was closed, or opened again.</summary>
    internal Occurrences With(Incident incident)
    {
        if (GetKey(incident.Opened) is not { } key || !byKey.TryGetValue(key, out var all))
            return this;
        var at = all.ToList().FindIndex(one => one.IncidentId == incident.Id);
        return at < 0 ? this : new(byKey.SetItem(key, all.SetItem(at, For(incident))), order) { Count = Count };
    }

    private static Occurrence For(Incident incident)
    {
        if (incident.Proposal.IsTakenBack && !incident.IsOpen)
            return new(incident.Id, incident.OpenedAt, TakenBack, null, incident.ClosedAt);
        var run = incident is { IsOpen: false, Phase: ProposalPhase.Verified, Execution: { Outcome: ExecutionOutcome.Verified } verified }
            ? verified
            : null;
        var done = run is { Plan.Steps: [var first, ..] } && incident.Opened.Subject is null ? first.Title : null;
        return new(incident.Id, incident.OpenedAt, incident.ClosedReason, done, run?.FinishedAt ?? incident.ClosedAt);
    }

    /// <summary>Kind, device and part; null for what gathers several, or names no device.</summary>
    private static string? GetKey(IncidentOpened opened) =>
        opened is { Scope: IncidentScope.One, Device: not null } ? opened.CorrelationKey : null;
}
