using DevOpsAI.Connections;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Incidents;

/// <summary>An inbound fact as a connector normalized it, before the ledger knows it. Text is the sender's and untrusted.</summary>
/// <param name="SourceId">Unique per connection for this fact and the same when it is delivered again; see
/// <see cref="StandsSince"/>.</param>
/// <param name="Device">The device or user it is about, without port; null when it names none.</param>
/// <param name="AlertKey">The same for the beginning and the end of one alert.</param>
/// <param name="AboutUser"><paramref name="Device"/> names a user, whose dots are no domain.</param>
/// <param name="KeyIsCoarse">
/// The source has no name of its own for an alert and <paramref name="AlertKey"/> does not tell one part of a device from another, so the
/// part that the event names is added: the end of one volume's alert must not end another's.
/// </param>
public sealed record ConnectorEvent(
    string SourceId,
    EventStatus Status,
    Severity Severity,
    string Kind,
    string? Device,
    string Title,
    string? Description,
    string AlertKey,
    DateTimeOffset OccurredAt,
    IReadOnlyDictionary<string, string> Attributes,
    bool AboutUser = false,
    bool KeyIsCoarse = false)
{
    /// <summary>
    /// When the alert began, from a source that tells how an alert stands and says the same again while it lasts. Its
    /// <see cref="SourceId"/> is then no message's own: what was said before is news when the alert has stood otherwise since. Null from a
    /// source that tells each thing once.
    /// </summary>
    public DateTimeOffset? StandsSince { get; init; }

    /// <summary>
    /// <see cref="OccurredAt"/> is what the source itself says, so that it can be held against other times of this source; false where it
    /// is when the event arrived.
    /// </summary>
    public bool IsTimedBySource { get; init; }

    /// <summary>
    /// <see cref="AlertKey"/> names one occurrence of the alert: its beginning is told once, and not again after its end.
    /// </summary>
    public bool KeyIsOccurrence { get; init; }

    /// <summary>
    /// What the event is about besides kind and device, where whoever raised it knows: others are another incident. Null when its
    /// attributes tell.
    /// </summary>
    public string? Part { get; init; }

    /// <summary>
    /// The operation of the bot's own that the vendor says the event comes of, whole as it was sent; null when it says none. A claim: it
    /// counts where the ledger has that operation (<see cref="IEventEchoes"/>).
    /// </summary>
    public string? Operation { get; init; }
}

/// <summary>
/// Records events durably, each at most once; what a source says again counts anew when it was otherwise since. Answers in the order given.
/// </summary>
/// <param name="Delivery">Hex SHA-256 of the delivery they came in, as it was sent; null when they did not come in one.</param>
public sealed record ReceiveEvents(
    TenantId Tenant, string Connection, bool Simulated, IReadOnlyList<ConnectorEvent> Events, CorrelationId Correlation,
    string? Delivery = null)
    : IRequest<IReadOnlyList<EventReceipt>>;

/// <summary>
/// Something of a delivery cannot be put on record, and sending it again changes nothing. Nothing of the delivery was recorded.
/// </summary>
/// <param name="position">Of the event in its delivery, from 0; null when it is all of them together.</param>
public sealed class UnrecordableEventException(int? position, string why, Exception? inner = null) : Exception(why, inner)
{
    public int? Position => position;
}

/// <param name="Duplicate">It was on record already; nothing was added.</param>
public sealed record EventReceipt(string EventId, bool Duplicate);
