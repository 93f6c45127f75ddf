using System.Text.Json;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using MediatR;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>A vendor that sends events, as its manifest says.</summary>
internal sealed class ManifestEvents(Manifest manifest, WebhookManifest webhook) : IWebhookSource
{
    public string Connector => manifest.Name;

    public bool IsSimulation => false;

    public InboundCredentials GetCredentials(Connection connection)
    {
        var sender = webhook.Sender;
        var secret = InboundCredentials.Secret(connection, sender.Setting);
        return new InboundCredentials(
            sender.Proof == SenderProof.Bearer ? secret : null,
            sender.UsernameSetting is { } username ? connection.Settings.GetValueOrDefault(username) : null,
            sender.Proof == SenderProof.Basic ? secret : null,
            sender.Proof == SenderProof.Hmac ? secret : null)
        {
            TakesTokenInAddress = InboundCredentials.MayBeInAddress(connection),
            SecretHeader = sender.Proof == SenderProof.Header && secret is { } expected ? (sender.Header!, expected) : null,
            Signature = sender.Proof == SenderProof.Hmac ? (sender.Header!, sender.Algorithm) : null,
        };
    }

    public bool Understands(WebhookRequest request) => ContentTypes.IsJson(request.ContentType);

    public IRequest<NormalizedEvents> Normalize(Connection connection, WebhookRequest request) => new NormalizeByManifest(
        manifest.Title, webhook, VendorCall.Given(manifest, connection), request.Body);

    /// <summary>What it needs is asked for by <see cref="ManifestConnector.Problems"/>, whose settings are the same.</summary>
    public IEnumerable<string> Problems(Connection connection) => InboundCredentials.AddressProblems(connection);
}

/// <summary>Reads a delivery as a manifest says.</summary>
internal sealed record NormalizeByManifest(
    string Vendor, WebhookManifest Webhook, IReadOnlyDictionary<string, string> Given, ReadOnlyMemory<byte> Body)
    : IRequest<NormalizedEvents>;

internal sealed class NormalizeByManifestHandler(TimeProvider clock) : IRequestHandler<NormalizeByManifest, NormalizedEvents>
{
    public Task<NormalizedEvents> Handle(NormalizeByManifest request, CancellationToken cancellationToken)
    {
        using var document = InboundJson.Parse(request.Body);
        return Task.FromResult(new NormalizedEvents([.. Read(request, document.RootElement)]));
    }

    private List<ConnectorEvent> Read(NormalizeByManifest request, JsonElement root)
    {
        foreach (var rule in request.Webhook.Events)
        {
            if (!rule.When.All(one => one.Holds(new(root, request.Given))))
                continue;
            if (rule.Ignore)
                return [];
            if (rule.Each is not { } each)
                return [Event(request, rule, root, "")];
            if (each.Find(root) is not { ValueKind: JsonValueKind.Array } list)
                throw new MalformedEventException(each.ToString(), "must be a list of events.");
            var at = each.ToString() is "$" ? "" : each.ToString();
            return [.. list.EnumerateArray().Select((item, index) => Event(request, rule, item, $"{at}[{index}]."))];
        }
        throw new MalformedEventException("body", $"is none of the events that {request.Vendor} is known to send.");
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

        var isEnd = rule.Status is { } told && ManifestConnector.Value(told, scope) == "resolved";
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
