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
    private readonly EventReader reader = new(clock);

    public async Task<NormalizedEvents> Handle(NormalizeByManifest request, CancellationToken cancellationToken)
    {
        using var document = InboundJson.Parse(request.Body);
        return new([.. await ReadAsync(request, document.RootElement, cancellationToken)]);
    }

    private async Task<IReadOnlyList<ConnectorEvent>> ReadAsync(
        NormalizeByManifest request, JsonElement root, CancellationToken cancellationToken)
    {
        if (SetUpMessages.IsPing(root))
            return [];
        foreach (var rule in request.Webhook.Events)
        {
            if (!rule.When.All(one => one.Holds(new(root, request.Given))))
                continue;
            if (rule.Ignore)
                return [];
            if (rule.Reread is { } reread)
                return await RereadAsync(request, rule, reread, root, cancellationToken);
            if (rule.Each is not { } each)
                return [reader.Read(request.Vendor, rule, root, request.Given, "")];
            if (each.Find(root) is not { ValueKind: JsonValueKind.Array } list)
                throw new MalformedEventException(each.ToString(), "must be a list of events.");
            var at = each.ToString() is "$" ? "" : each.ToString();
            return [.. list.EnumerateArray().Select(
                (item, index) => reader.Read(request.Vendor, rule, item, request.Given, $"{at}[{index}]."))];
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
                    ? [reader.Read(request.Vendor, rule, record, given, "")]
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

    /// <summary>Where a template looks first, for messages.</summary>
    private static string Place(ValueTemplate? template) => template?.FirstPath ?? "body";
}
