using System.Text.Json.Serialization;
using DevOpsAI.Incidents;

namespace DevOpsAI.Bot.Webhooks;

/// <summary>202: everything the delivery said is on record.</summary>
/// <param name="EventId">Of the first event; absent for an empty batch.</param>
/// <param name="Duplicate">All of it was on record before.</param>
internal sealed record Receipt(string? EventId, bool Duplicate, IReadOnlyList<EventReceipt> Events)
{
    public static Receipt From(IReadOnlyList<EventReceipt> events) =>
        new(events.Count > 0 ? events[0].EventId : null, events.Count > 0 && events.All(one => one.Duplicate), events);
}

/// <summary>
/// RFC 9457 problem details. <paramref name="Field"/> names what is wrong in the delivery, as in <c>alerts[1].startsAt</c>.
/// </summary>
internal sealed record Problem(string Type, string Title, int Status, string Detail, string? Field, string CorrelationId)
{
    public const string ContentType = "application/problem+json";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class WebhookJson : JsonSerializerContext;
