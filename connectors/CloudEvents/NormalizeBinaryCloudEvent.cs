using System.Text;
using System.Text.Unicode;
using DevOpsAI.Connectors.Toolkit;
using MediatR;
using Microsoft.AspNetCore.Http;

namespace DevOpsAI.Connectors.CloudEvents;

/// <summary>Reads one event in binary mode: attributes in <c>ce-</c> headers, the payload as the body.</summary>
public sealed record NormalizeBinaryCloudEvent(string? ContentType, IHeaderDictionary Headers, ReadOnlyMemory<byte> Body)
    : IRequest<NormalizedEvents>;

internal sealed class NormalizeBinaryCloudEventHandler(TimeProvider clock) : IRequestHandler<NormalizeBinaryCloudEvent, NormalizedEvents>
{
    public Task<NormalizedEvents> Handle(NormalizeBinaryCloudEvent request, CancellationToken cancellationToken)
    {
        var attributes = Attributes(request.Headers);
        if (request.Body.IsEmpty || !ContentTypes.IsJson(request.ContentType))
        {
            var text = Utf8.IsValid(request.Body.Span)
                && request.ContentType?.StartsWith("text/", StringComparison.OrdinalIgnoreCase) is true
                ? Encoding.UTF8.GetString(request.Body.Span)
                : null;
            return Task.FromResult(Answer(attributes, null, text));
        }
        using var document = InboundJson.Parse(request.Body);
        return Task.FromResult(Answer(attributes, CloudEventRules.ObjectOrNull(document.Root()), null));
    }

    private NormalizedEvents Answer(Dictionary<string, string> attributes, JsonField? data, string? text) =>
        new([CloudEventMapping.Map(CloudEventRules.Build(attributes, name => $"ce-{name}", data, text), clock)]);

    private static Dictionary<string, string> Attributes(IHeaderDictionary headers)
    {
        var attributes = new Dictionary<string, string>();
        foreach (var (header, values) in headers)
        {
            if (!header.StartsWith("ce-", StringComparison.OrdinalIgnoreCase))
                continue;
            var name = header[3..].ToLowerInvariant();
            if (values.Count != 1)
                throw new MalformedEventException($"ce-{name}", "must be there once.");
            // The payload's type is the Content-Type; a header of its own would contradict it.
            if (name != "datacontenttype")
                attributes[name] = Decode(values[0]!);
        }
        return attributes;
    }

    /// <summary>
    /// Undoes percent-encoding. Some senders send raw UTF-8 or Latin-1 instead (seen with the JavaScript SDK): a display attribute in
    /// the wrong encoding must not cost the event, so what is not UTF-8 is read as Latin-1.
    /// </summary>
    internal static string Decode(string header)
    {
        if (header.Any(letter => letter > 0xFF))
            return header;
        var bytes = Unescape(Encoding.Latin1.GetBytes(header));
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : header;
    }

    private static byte[] Unescape(byte[] bytes)
    {
        var result = new List<byte>(bytes.Length);
        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] == '%' && at + 2 < bytes.Length && char.IsAsciiHexDigit((char)bytes[at + 1])
                && char.IsAsciiHexDigit((char)bytes[at + 2]))
            {
                result.Add(Convert.FromHexString([(char)bytes[at + 1], (char)bytes[at + 2]])[0]);
                at += 2;
            }
            else
            {
                result.Add(bytes[at]);
            }
        }
        return [.. result];
    }
}
