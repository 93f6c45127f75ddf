using System.Text.Json;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using MediatR;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>Reads a delivery as a manifest says.</summary>
/// <param name="Record">Reads a record that the delivery names, with the connection's own credentials.</param>
internal sealed record NormalizeByManifest(
    string Vendor, WebhookManifest Webhook, IReadOnlyDictionary<string, string> Given, ReadOnlyMemory<byte> Body,
    Func<RequestTemplate, IReadOnlyDictionary<string, string>, CancellationToken, Task<CallOutcome<JsonElement>>> Record)
    : IRequest<NormalizedEvents>;

internal sealed class NormalizeByManifestHandler(TimeProvider clock) : IRequestHandler<NormalizeByManifest, NormalizedEvents>
{
    public async Task<NormalizedEvents> Handle(NormalizeByManifest request, CancellationToken cancellationToken)
    {
        using var document = InboundJson.Parse(request.Body);
        return new([.. await ReadAsync(request, document.RootElement, cancellationToken)]);
    }

    private async Task<IReadOnlyList<ConnectorEvent>> ReadAsync(
        NormalizeByManifest request, JsonElement root, CancellationToken cancellationToken)
    {
        foreach (var rule in request.Webhook.Events)
        {
            if (!rule.When.All(one => one.Holds(new(root, request.Given))))
                continue;
            if (rule.Ignore)
                return [];
            if (rule.Reread is { } reread)
                return await RereadAsync(request, rule, reread, root, cancellationToken);
            if (rule.Each is not { } each)
                return [Event(request, rule, root, "")];
            if (each.Find(root) is not { ValueKind: JsonValueKind.Array } list)
                throw new MalformedEventException(each.ToString(), "must be a list of events.");
            var at = each.ToString() is "$" ? "" : each.ToString();
            return [.. list.EnumerateArray().Select((item, index) => Event(request, rule, item, $"{at}[{index}]."))];
        }
        throw new MalformedEventException("body", $"is none of the events that {request.Vendor} is known to send.");
    }

    /// <summary>
    /// A vendor that sends hints sends those of all its companies to one address: one about another company's record is nothing of this
    /// connection's, and nobody is told.
    /// </summary>
    private async Task<IReadOnlyList<ConnectorEvent>> RereadAsync(
        NormalizeByManifest request, EventRule rule, RereadRule reread, JsonElement hint, CancellationToken cancellationToken)
    {
        var given = new Dictionary<string, string>(request.Given, StringComparer.Ordinal);
        foreach (var (name, template) in reread.Let)
        {
            given[$"let.{name}"] = template.Text(new(hint, request.Given))?.Trim() is { Length: > 0 } text
                ? text
                : throw new MalformedEventException(Place(template), "is missing: the record that the event is about is found by it.");
        }
        var at = Place(reread.Let.Values.FirstOrDefault());
        switch (await request.Record(reread.Request, given, cancellationToken))
        {
            case CallOutcome<JsonElement>.Done(var answer):
                if (reread.At.Find(answer) is not { ValueKind: JsonValueKind.Object } record)
                    throw new MalformedEventException(at, $"names a record that {request.Vendor} does not have.");
                return rule.Belongs.All(one => one.Holds(new(record, given)))
                    ? [Event(request with { Given = given }, rule, record, "")]
                    : [];
            case CallOutcome<JsonElement>.Refused(_, var message):
                throw new MalformedEventException(at, $"names a record that {request.Vendor} does not give: {message}");
            case CallOutcome<JsonElement>.NotDone(var message, _):
                throw new VendorUnavailableException(message);
            case CallOutcome<JsonElement>.Unknown(var message):
                throw new VendorUnavailableException(message);
            default:
                throw new InvalidOperationException("An outcome nobody knows.");
        }
    }

    private ConnectorEvent Event(NormalizeByManifest request, EventRule rule, JsonElement item, string at)
    {
        var scope = new ValueScope(item, request.Given);
        if (rule.Belongs.FirstOrDefault(one => !one.Holds(new(item, request.Given))) is { } foreign)
        {
            throw new MalformedEventException(
                $"{at}{Place(foreign.Left)}",
                $"is not this connection's: {request.Vendor} sends another company's events to it, or does not say whose they are.");
        }
        string Need(ValueTemplate? template, string what) => template?.Text(scope) is { } text && text.Trim() is { Length: > 0 } trimmed
            ? trimmed
            : throw new MalformedEventException($"{at}{Place(template)}", $"is missing: the event's {what} is taken from it.");
        string? Find(ValueTemplate? template) => template?.Text(scope)?.Trim() is { Length: > 0 } text ? text : null;

        var isEnd = (rule.Status is { } told && ManifestConnector.Value(told, scope) == "resolved")
            || (rule.ResolvedWhen.Count > 0 && rule.ResolvedWhen.All(one => one.Holds(new(item, request.Given))));
        var status = isEnd ? EventStatus.Resolved : EventStatus.Firing;
        var kind = Need(rule.Kind, "kind");
        var user = Find(rule.User);
        var subject = user ?? Find(rule.Device);
        var title = Find(rule.Title);
        return new(
            $"{Need(rule.Id, "id")}/{(status == EventStatus.Firing ? "firing" : "resolved")}",
            status,
            Severity(rule.Severity, scope),
            kind,
            subject,
            AlertTexts.Title(title, kind, subject),
            AlertTexts.Description(Find(rule.Description), title),
            Need(rule.Key, "key"),
            Find(rule.At) is { } time && VendorTimes.Find(time) is { } occurred ? occurred : clock.GetUtcNow(),
            rule.Attributes.Select(one => KeyValuePair.Create(one.Key, one.Value.Text(new(item, request.Given))))
                .Where(static one => !string.IsNullOrWhiteSpace(one.Value))
                .ToDictionary(static one => one.Key, static one => one.Value!),
            user is not null);
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
