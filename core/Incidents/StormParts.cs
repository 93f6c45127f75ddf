using System.Collections.Immutable;
using DevOpsAI.Connections;

namespace DevOpsAI.Incidents;

/// <summary>One kind of alert on one device, within a storm.</summary>
/// <param name="Severity">The worst that was said of it.</param>
/// <param name="Events">How many events said something of it.</param>
/// <param name="Firing">How many of its alerts have not ended.</param>
public sealed record StormPart(string Kind, string? Device, bool IsUser, Severity Severity, int Events, int Firing, bool Simulated);

/// <summary>
/// What a storm gathers, by kind and device. Immutable and bounded: what comes after <see cref="Max"/> different ones is only counted.
/// </summary>
public sealed record StormParts(ImmutableDictionary<string, StormPart> ByKey, int LeftOut)
{
    public const int Max = 500;

    public static readonly StormParts None = new(ImmutableDictionary<string, StormPart>.Empty, 0);

    /// <summary>The worst first, firing before ended, then the most frequent.</summary>
    public IEnumerable<StormPart> WorstFirst => ByKey.Values
        .OrderByDescending(static part => part.Firing > 0)
        .ThenByDescending(static part => part.Severity)
        .ThenByDescending(static part => part.Events)
        .ThenBy(static part => part.Kind, StringComparer.OrdinalIgnoreCase)
        .ThenBy(static part => part.Device, StringComparer.OrdinalIgnoreCase);

    /// <param name="wasFiring">The alert was firing before this was said.</param>
    internal StormParts With(EventReceived received, bool wasFiring)
    {
        if (!ByKey.TryGetValue(received.CorrelationKey, out var part))
        {
            if (ByKey.Count >= Max)
                return this with { LeftOut = LeftOut + 1 };
            part = new(received.Kind, received.Device, received.AboutUser == true, received.Severity, 0, 0, received.Simulated);
        }
        var change = received.Status switch
        {
            EventStatus.Firing when !wasFiring => 1,
            EventStatus.Resolved when wasFiring => -1,
            _ => 0,
        };
        return this with
        {
            ByKey = ByKey.SetItem(received.CorrelationKey, part with
            {
                Severity = received.Status == EventStatus.Firing && received.Severity > part.Severity ? received.Severity : part.Severity,
                Events = part.Events + 1,
                Firing = part.Firing + change,
                Simulated = part.Simulated && received.Simulated,
            }),
        };
    }

    /// <summary>As if it had never been said that the alert began.</summary>
    internal StormParts Without(EventReceived begun)
    {
        if (!ByKey.TryGetValue(begun.CorrelationKey, out var part))
            return this;
        var left = part with { Events = part.Events - 1, Firing = part.Firing - 1 };
        return this with { ByKey = left.Events > 0 ? ByKey.SetItem(begun.CorrelationKey, left) : ByKey.Remove(begun.CorrelationKey) };
    }
}
