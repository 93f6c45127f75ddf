using System.Text.Json;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using MediatR;

namespace DevOpsAI.Connectors.CloudEvents;

/// <summary>Reads one event in structured mode: attributes and payload in one JSON object.</summary>
public sealed record NormalizeCloudEvent(ReadOnlyMemory<byte> Body) : IRequest<NormalizedEvents>;

/// <summary>Reads a JSON array of events; it may be empty.</summary>
public sealed record NormalizeCloudEventBatch(ReadOnlyMemory<byte> Body) : IRequest<NormalizedEvents>;

internal sealed class NormalizeCloudEventHandler(TimeProvider clock) : IRequestHandler<NormalizeCloudEvent, NormalizedEvents>
{
    public Task<NormalizedEvents> Handle(NormalizeCloudEvent request, CancellationToken cancellationToken)
    {
        using var document = InboundJson.Parse(request.Body);
        return Task.FromResult(new NormalizedEvents([StructuredEvent.Read(document.Root(), clock)]));
    }
}

internal sealed class NormalizeCloudEventBatchHandler(TimeProvider clock) : IRequestHandler<NormalizeCloudEventBatch, NormalizedEvents>
{
    public Task<NormalizedEvents> Handle(NormalizeCloudEventBatch request, CancellationToken cancellationToken)
    {
        using var document = InboundJson.Parse(request.Body);
        return Task.FromResult(new NormalizedEvents([.. document.Root().Items().Select(item => StructuredEvent.Read(item, clock))]));
    }
}

/// <summary>The JSON event format.</summary>
internal static class StructuredEvent
{
    public static ConnectorEvent Read(JsonField json, TimeProvider clock)
    {
        var attributes = new Dictionary<string, string>();
        foreach (var (name, value) in json.Members())
        {
            if (name is not ("data" or "data_base64") && value.Kind != JsonValueKind.Null)
                attributes[name] = CloudEventRules.Defined.Contains(name) ? value.AsText() : Extension(value);
        }
        var data = json.Find("data");
        if (json.Find("data_base64") is not { } encoded)
            return CloudEventMapping.Map(Build(CloudEventRules.ObjectOrNull(data), Text(data)), clock);
        if (data is not null)
            throw encoded.Malformed("must not be there together with data.");
        var payload = Decode(encoded);
        if (!IsJson(attributes))
            return CloudEventMapping.Map(Build(null, null), clock);
        using var inner = InboundJson.Parse(payload, encoded.Path);
        return CloudEventMapping.Map(Build(CloudEventRules.ObjectOrNull(inner.Root()), null), clock);

        CloudEvent Build(JsonField? payload, string? text) =>
            CloudEventRules.Build(attributes, name => json.Path == "body" ? name : $"{json.Path}.{name}", payload, text);
    }

    private static string? Text(JsonField? data) => data is { Kind: JsonValueKind.String } text ? text.AsText() : null;

    private static bool IsJson(Dictionary<string, string> attributes) =>
        !attributes.TryGetValue("datacontenttype", out var contentType) || ContentTypes.IsJson(contentType);

    private static string Extension(JsonField value) => value.Kind == JsonValueKind.Number && !int.TryParse(value.AsScalar(), out _)
        ? throw value.Malformed("must be an integer of 32 bits; other numbers are sent as text.")
        : value.AsScalar() ?? throw value.Malformed("must be a string, a boolean or an integer.");

    private static byte[] Decode(JsonField encoded)
    {
        var text = encoded.AsText();
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out var length) ? buffer[..length] : throw encoded.Malformed("is not base64.");
    }
}
