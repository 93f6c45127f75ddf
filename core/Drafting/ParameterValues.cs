using DevOpsAI.Incidents;

namespace DevOpsAI.Drafting;

/// <summary>
/// The values a plan needs, or why one of them is not known. Which is never guessed: named by the events, or the only one that fits.
/// </summary>
internal sealed class ParameterValues(string target, IReadOnlyList<EventReceived> events, IReadOnlyDictionary<string, string> observations,
    AlertName alert)
{
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    public string? this[string name] => values.GetValueOrDefault(name);

    public void Give(string name, string value) => values[name] = value;

    /// <summary>Finds the value; null when it was found, otherwise a sentence for the card.</summary>
    public string? Find(ParameterRule rule)
    {
        var named = new List<string>();
        foreach (var received in events)
        {
            var (value, problem) = NamedBy(rule, target, received.Attributes, received.Kind);
            if (problem is not null)
                return problem;
            if (value is not null && !named.Contains(value, StringComparer.OrdinalIgnoreCase))
                named.Add(value);
        }
        var outcome = rule.Seen is null ? Plain(rule, named) : Observed(rule, named, Existing(rule));
        if (outcome.Value is { } found)
            values[rule.Name] = found;
        return outcome.Problem;
    }

    /// <summary>
    /// The value that an event's attributes name, in the form that observations use, or why what they name cannot be used; neither when
    /// they name none.
    /// </summary>
    /// <param name="kind">The alert's name, which names it where no attribute does.</param>
    public static (string? Value, string? Problem) NamedBy(
        ParameterRule rule, string target, IReadOnlyDictionary<string, string> attributes, string kind)
    {
        foreach (var attribute in rule.From)
        {
            if (attributes.Attribute(attribute.Name) is not { } text || string.IsNullOrWhiteSpace(text))
                continue;
            if (attribute.Loose && IsTheTarget(target, text))
                continue;
            var value = ParameterForms.Apply(rule.Form, text);
            if (rule.Pattern.Accepts(value))
                return (value, null);
            if (!attribute.Loose)
                return (null,
                    $"The event's '{attribute.Name}' is not a {Lower(rule.Title)} that could be used: '{QuotedText.Short(text)}'.");
        }
        return NamedInText.Values(rule, kind) switch
        {
            [] => default,
            [var only] when ParameterForms.Apply(rule.Form, only) is var value && rule.Pattern.Accepts(value) => (value, null),
            [var only] =>
                (null, $"The alert's name names '{QuotedText.Short(only)}', which is not a {Lower(rule.Title)} that could be used."),
            var several => (null, $"The alert's name names several: {Lower(rule.Title)} {QuotedText.List(several)}."),
        };
    }

    /// <summary>
    /// Sources call the host <c>device</c>, exporters the disk in it: an attribute that names the target itself says nothing else.
    /// </summary>
    private static bool IsTheTarget(string target, string text) => TargetNames.From(text) is { } names
        && (names.Given.Equals(target, StringComparison.OrdinalIgnoreCase)
            || target.Equals(names.Short, StringComparison.OrdinalIgnoreCase));

    private static (string? Value, string? Problem) Plain(ParameterRule rule, List<string> named) => named switch
    {
        [var only] => (only, null),
        [] when rule.Default is { } value => (value, null),
        [] => (null, $"The event names no {Lower(rule.Title)}."),
        _ => (null, $"The events name several: {Lower(rule.Title)} {QuotedText.List(named)}."),
    };

    private (string? Value, string? Problem) Observed(ParameterRule rule, List<string> named, List<string> existing)
    {
        var title = Lower(rule.Title);
        if (named.Count == 0 && rule.Default is { } value)
            named.Add(value);
        if (named.Count > 0)
        {
            var matching = existing.Where(name => named.Contains(name, StringComparer.OrdinalIgnoreCase)).ToList();
            var narrowed = matching.Count > 1 ? Fitting(rule, matching) : matching;
            return matching.Count switch
            {
                0 => (null, $"{target} has no {title} '{QuotedText.Short(named[0])}'; it has {QuotedText.List(existing)}."),
                _ when narrowed is [var only] => (only, null),
                _ => (null, $"The events name several on {target}: {title} {QuotedText.List(matching)}."),
            };
        }
        if (rule.Choose.Count == 0)
            return (null, $"The event names no {title}; {target} has {QuotedText.List(existing)}.");
        if (OtherThing(rule) is var (label, other))
            return (null,
                $"The event's '{label}' names '{QuotedText.Short(other)}', which is no {title} of {target}; it has "
                    + $"{QuotedText.List(existing)}.");
        var fitting = Fitting(rule, existing);
        return fitting.Count switch
        {
            1 => (fitting[0], null),
            0 => (null, $"The event names no {title}, and none of {target} fits the alert; it has {QuotedText.List(existing)}."),
            _ => (null, $"The event names no {title}, and several of {target} fit the alert: {QuotedText.List(fitting)}."),
        };
    }

    /// <summary>
    /// What the alert names instead. The one thing that happens to be left must not be treated in the place of another, as an array of
    /// disks in the place of a storage pool.
    /// </summary>
    private (string Label, string Value)? OtherThing(ParameterRule rule)
    {
        foreach (var received in events)
        {
            var labels = MatchVocabulary.SayHost(received.Attributes) ? ThingLabels : [.. ThingLabels, "service"];
            foreach (var label in labels)
            {
                if (received.Attributes.Attribute(label) is { } text && !string.IsNullOrWhiteSpace(text)
                    && !rule.From.Any(from => from.Name.Equals(label, StringComparison.OrdinalIgnoreCase)) && !IsTheTarget(target, text))
                    return (label, text);
            }
        }
        return null;
    }

    /// <summary>Labels that name the one thing an alert is about, rather than where it is.</summary>
    private static readonly string[] ThingLabels =
    [
        "pool", "schedule", "job_name", "backup", "backup_name", "policy", "repository", "certificate", "cn", "name", "service_name",
        "unit", "queue", "queue_name",
        "printer", "mountpoint", "volume", "array", "kb", "patch", "tunnel", "peer",
    ];

    private List<string> Fitting(ParameterRule rule, List<string> existing) => rule.Choose.Count == 0
        ? existing
        : [.. existing.Where(name => rule.Choose.Where(condition => condition.IsFor(alert))
            .All(condition => condition.Fill(_ => name).Holds(observations) == true))];

    /// <summary>What the vendor reports for this kind of thing, in its own spelling.</summary>
    private List<string> Existing(ParameterRule rule)
    {
        var (before, after) = rule.Seen!.Around(rule.Name)!.Value;
        return
        [
            .. observations.Keys
                .Where(key => key.Length > before.Length + after.Length
                              && key.StartsWith(before, StringComparison.OrdinalIgnoreCase)
                    && key.EndsWith(after, StringComparison.OrdinalIgnoreCase))
                .Select(key => key[before.Length..^after.Length])
                .Order(StringComparer.OrdinalIgnoreCase),
        ];
    }

    private static string Lower(string title) => title.ToLowerInvariant();
}
