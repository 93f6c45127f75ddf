using System.Text.Json;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>Reads one event of a vendor as a rule of its manifest says.</summary>
internal sealed class EventReader(TimeProvider clock)
{
    /// <param name="vendor">Its title, for messages.</param>
    /// <param name="at">Where the event is in what was sent, for messages.</param>
    /// <exception cref="MalformedEventException">It lacks something that every event has, or is another company's.</exception>
    public ConnectorEvent Read(
        string vendor, EventRule rule, JsonElement item, IReadOnlyDictionary<string, string> given, string at)
    {
        var scope = new ValueScope(item, given);
        if (rule.Belongs.FirstOrDefault(one => !one.Holds(new(item, given))) is { } foreign)
        {
            throw new MalformedEventException(
                $"{at}{Place(foreign.Left)}",
                $"is not this connection's: {vendor} sends another company's events to it, or does not say whose they are.");
        }
        string Need(ValueTemplate? template, string what) => template?.Text(scope) is { } text && text.Trim() is { Length: > 0 } trimmed
            ? trimmed
            : throw new MalformedEventException($"{at}{Place(template)}", $"is missing: the event's {what} is taken from it.");
        string Filled(ValueTemplate? template, string text) => Placeholders.Is(text)
            ? throw new MalformedEventException(
                $"{at}{Place(template)}", $"is {text}: a placeholder that {vendor} has not filled in, as in a test of its webhook.")
            : text;
        string? Find(ValueTemplate? template) => template?.Text(scope)?.Trim() is { Length: > 0 } text ? text : null;

        var isEnd = (rule.Status is { } told && ManifestConnector.Value(told, scope) == "resolved")
            || (rule.ResolvedWhen.Count > 0 && rule.ResolvedWhen.All(one => one.Holds(new(item, given))));
        var status = isEnd ? EventStatus.Resolved : EventStatus.Firing;
        var kind = Need(rule.Kind, "kind");
        var user = Find(rule.User);
        var subject = user ?? Find(rule.Device);
        if (subject is not null)
            Filled(user is null ? rule.Device : rule.User, subject);
        var title = Find(rule.Title);
        var (id, key) = (Filled(rule.Id, Need(rule.Id, "id")), Filled(rule.Key, Need(rule.Key, "key")));
        var occurred = Find(rule.At) is { } time ? VendorTimes.Find(time) : null;
        return new(
            $"{id}/{(status == EventStatus.Firing ? "firing" : "resolved")}",
            status,
            Severity(rule.Severity, scope),
            kind,
            subject,
            AlertTexts.Title(title, kind, subject),
            AlertTexts.Description(Find(rule.Description), title),
            key,
            occurred ?? clock.GetUtcNow(),
            rule.Attributes.Select(one => KeyValuePair.Create(one.Key, one.Value.Text(new(item, given))))
                .Where(static one => !string.IsNullOrWhiteSpace(one.Value))
                .ToDictionary(static one => one.Key, static one => one.Value!),
            user is not null)
        {
            Operation = Find(rule.Operation),
            IsTimedBySource = occurred is not null,
            // What is told once has one beginning.
            KeyIsOccurrence = id == key,
        };
    }

    private static Severity Severity(ValueRule? rule, in ValueScope scope)
    {
        if (rule is null)
            return Connections.Severity.Warning;
        return Severities.Named(ManifestConnector.Value(rule, scope)) ?? Severities.Parse(rule.Of.Text(scope));
    }

    /// <summary>Where a template looks first, for messages.</summary>
    private static string Place(ValueTemplate? template) => template?.FirstPath ?? "body";
}
