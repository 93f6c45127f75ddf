using System.Text.Json;
using System.Text.RegularExpressions;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;

namespace DevOpsAI.Connectors.CloudEvents;

/// <summary>From a CloudEvent to what core knows. The payload's fields have no standard names, so the usual ones are looked for.</summary>
internal static partial class CloudEventMapping
{
    private static readonly string[] KindFields = ["alertname", "kind"];
    private static readonly string[] TitleFields = ["title", "summary", "message"];
    private static readonly string[] DescriptionFields = ["description", "details", "message"];
    private static readonly string[] SeverityFields = ["severity", "level", "priority"];
    private static readonly string[] StatusFields = ["status", "state"];
    private static readonly string[] AlertKeyFields = ["alertKey", "alert_key", "fingerprint", "dedupKey", "dedup_key"];

    /// <summary>Words at the end of a type that say what became of a thing rather than which thing.</summary>
    private static readonly HashSet<string> StatusWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "fired", "firing", "raised", "triggered", "opened", "created", "started", "active", "resolved", "cleared", "closed",
        "recovered", "ended",
    };

    public static ConnectorEvent Map(CloudEvent cloudEvent, TimeProvider clock)
    {
        var data = Flatten(cloudEvent.Data);
        var (typeKind, typeSaysEnd) = ReadType(cloudEvent.Type);
        var kind = First(data, KindFields) ?? typeKind;
        var subject = GetSubject(kind, cloudEvent.Subject, data);
        var alertKey = First(data, AlertKeyFields);
        var title = First(data, TitleFields) ?? (string.IsNullOrWhiteSpace(cloudEvent.DataText) ? null : cloudEvent.DataText);
        var description = First(data, DescriptionFields);
        return new(
            $"{cloudEvent.Source}\n{cloudEvent.Id}",
            typeSaysEnd || Severities.IsEnd(First(data, StatusFields)) ? EventStatus.Resolved : EventStatus.Firing,
            Severities.Parse(First(data, SeverityFields) ?? First(cloudEvent.Extensions, SeverityFields)),
            kind,
            subject.Name,
            AlertTexts.Title(title, kind, subject.Name, data.GetValueOrDefault("instance")),
            AlertTexts.Description(description, title),
            alertKey ?? $"{cloudEvent.Source}\n{cloudEvent.Subject ?? subject.Name}\n{EventKeys.InKey(kind, subject.Name)}",
            cloudEvent.Time ?? clock.GetUtcNow(),
            Attributes(cloudEvent, data),
            subject.IsUser,
            KeyIsCoarse: alertKey is null)
        {
            IsTimedBySource = cloudEvent.Time is not null,
        };
    }

    /// <summary>
    /// The kind in a type, as <c>DiskSpaceLow</c> in <c>com.contoso.DiskSpaceLow.resolved.v1</c>, and whether the type says that it ended.
    /// </summary>
    internal static (string Kind, bool IsEnd) ReadType(string type)
    {
        var segments = type.Split('.', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).AsSpan();
        if (segments.IsEmpty)
            return (type, false);
        var ended = false;
        while (segments.Length > 1 && (Version().IsMatch(segments[^1]) || StatusWords.Contains(segments[^1])))
        {
            ended |= Severities.IsEnd(segments[^1]);
            segments = segments[..^1];
        }
        return (segments[^1], ended);
    }

    /// <summary>From the payload, else from a subject such as <c>device/srv-file01</c> or <c>user/anna@contoso.com</c>.</summary>
    private static Subject GetSubject(string kind, string? subject, Dictionary<string, string> data)
    {
        if (Subjects.Find(kind, data, deviceFirst: true) is { Name: not null } found)
            return found;
        if (string.IsNullOrWhiteSpace(subject))
            return Subject.None;
        // device/ says which kind of thing it is, and not which one.
        if (subject.Trim().EndsWith('/'))
            return Subject.None;
        var parts = subject.Trim().Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 1 && parts[0].Any(char.IsAsciiLetter) && Subjects.GetHost(parts[0]) is { } bare)
            return new(bare, false);
        return parts.Length < 2 ? Subject.None : parts[^2].ToLowerInvariant() switch
        {
            "user" or "users" or "account" or "accounts" or "mailbox" or "mailboxes" => new(parts[^1], true),
            "device" or "devices" or "host" or "hosts" or "server" or "servers" or "node" or "nodes" or "computer" or "computers"
                or "workstation" or "instance" or "machine" or "machines" => new(Subjects.GetHost(parts[^1]), false),
            _ => Subject.None,
        };
    }

    /// <summary>
    /// Scalars of the payload by name, and of objects inside it by <c>name.name</c>; those of <c>labels</c> by name alone where it is free.
    /// </summary>
    private static Dictionary<string, string> Flatten(JsonField? data)
    {
        var flat = new Dictionary<string, string>();
        if (data is not { } payload)
            return flat;
        var inner = new List<(string Under, JsonField Value)>();
        foreach (var (name, value) in payload.Members())
        {
            if (value.AsScalar() is { } text)
                flat[name] = text;
            else if (value.Kind == JsonValueKind.Object)
                inner.Add((name, value));
        }
        foreach (var (under, value) in inner)
        {
            foreach (var (name, field) in value.Members())
            {
                if (field.AsScalar() is { } text)
                    flat.TryAdd(under == "labels" && !flat.ContainsKey(name) ? name : $"{under}.{name}", text);
            }
        }
        return flat;
    }

    private static Dictionary<string, string> Attributes(CloudEvent cloudEvent, Dictionary<string, string> data)
    {
        var attributes = new Dictionary<string, string> { ["ce.source"] = cloudEvent.Source, ["ce.type"] = cloudEvent.Type };
        if (cloudEvent.Subject is { } subject)
            attributes["ce.subject"] = subject;
        foreach (var (name, link) in AlertLinks.For(data.GetValueOrDefault))
            attributes[name] = link;
        foreach (var (name, value) in data)
            attributes.TryAdd(name, value);
        foreach (var (name, value) in cloudEvent.Extensions)
            attributes.TryAdd(attributes.ContainsKey(name) ? "ce." + name : name, value);
        return attributes;
    }

    private static string? First(IReadOnlyDictionary<string, string> fields, IEnumerable<string> names) =>
        names.Select(name => fields.GetValueOrDefault(name)).FirstOrDefault(text => !string.IsNullOrWhiteSpace(text));

    [GeneratedRegex(@"\A[vV][0-9]+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Version();
}
