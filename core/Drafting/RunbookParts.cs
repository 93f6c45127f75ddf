using System.Collections.Concurrent;
using DevOpsAI.Incidents;

namespace DevOpsAI.Drafting;

/// <summary>The parts of a device that runbooks treat one at a time: what their parameters are filled with from an alert.</summary>
internal sealed class RunbookParts(RunbookCatalogue runbooks) : IAlertParts
{
    /// <summary>Kinds come from outside, so no more than this many are remembered.</summary>
    private const int RememberedKinds = 1_000;

    private readonly ConcurrentDictionary<string, Runbook?> known = new(StringComparer.Ordinal);

    public string? PartOf(string kind, string? device, IReadOnlyDictionary<string, string> attributes)
    {
        if (RunbookFor(kind) is not { Parameters.Count: > 0 } runbook)
            return null;
        var target = device is null ? "" : EventKeys.ShortName(device);
        var named = runbook.Parameters.Select(rule => ParameterValues.NamedBy(rule, target, attributes).Value).OfType<string>();
        return string.Join('|', named).ToLowerInvariant() is { Length: > 0 } part ? part : null;
    }

    private Runbook? RunbookFor(string kind)
    {
        if (known.TryGetValue(kind, out var remembered))
            return remembered;
        var runbook = runbooks.For(kind);
        if (known.Count < RememberedKinds)
            known.TryAdd(kind, runbook);
        return runbook;
    }
}
