using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <summary>Whether the source says that something began or that it ended.</summary>
[JsonConverter(typeof(CamelCaseEnum<EventStatus>))]
public enum EventStatus { Firing, Resolved }

/// <summary><c>event.received</c>: one inbound fact, normalized.</summary>
/// <param name="EventId">Ours, as in <c>E-3f9c0a1b2c3d4e5f</c>: derived from connection and source id, so that a redelivery has the
/// same.</param>
/// <param name="SourceId">What the source calls it; with the connection it makes the event unique.</param>
/// <param name="Kind">What happened, as the source spells it, as in <c>HostOutOfDiskSpace</c>.</param>
/// <param name="Device">The device or user the source names, without port, as sent; null when it names none.</param>
/// <param name="AlertKey">What a later <see cref="EventStatus.Resolved"/> refers to: the same for the firing and the resolved event of one
/// alert.</param>
/// <param name="CorrelationKey">Events with the same key belong to one incident while it is open: kind, device and, where it is named, the
/// part of the device.</param>
/// <param name="CauseKey">Events with the same key have the same cause on other devices: what a storm folds on.</param>
/// <param name="Attributes">Labels and extension attributes, bounded in number and length.</param>
/// <param name="AboutUser"><paramref name="Device"/> names a user; absent when it names a device, or nothing.</param>
/// <param name="Subject">The user whom it is about; keys then hold this id, or keyed hashes, in place of the user's name.</param>
public sealed record EventReceived(
    string EventId,
    string Connection,
    [property: Personal] string SourceId,
    EventStatus Status,
    Severity Severity,
    string Kind,
    [property: Personal] string? Device,
    [property: Confidential] string Title,
    [property: Confidential] string? Description,
    string AlertKey,
    string CorrelationKey,
    string CauseKey,
    DateTimeOffset OccurredAt,
    bool Simulated,
    [property: Confidential] IReadOnlyDictionary<string, string> Attributes,
    bool? AboutUser = null,
    [property: Subject] string? Subject = null) : Fact
{
    /// <summary>Where the sender said it; null for an event that came in no delivery.</summary>
    public DeliveryPlace? Delivery { get; init; }

    /// <summary>
    /// Why it has a card of its own while a storm gathers everything; null when it has none then, and in entries of before.
    /// </summary>
    public OwnCard? OwnCard { get; init; }

    /// <summary>When the alert began, where its source says so with its end too; null where it does not.</summary>
    public DateTimeOffset? BeganAt { get; init; }

    /// <summary>
    /// Only the title names the part of the device that is in <see cref="CorrelationKey"/>: while the alert fires it stays where it is,
    /// whatever its title becomes. Absent otherwise.
    /// </summary>
    public bool? PartIsInText { get; init; }

    /// <summary>
    /// <see cref="OccurredAt"/> is what the source itself says; absent where it is when the event arrived, and in entries of before.
    /// </summary>
    public bool? IsTimedBySource { get; init; }

    /// <summary>The alert's key names one occurrence, whose beginning is told once; absent where another may follow under it.</summary>
    public bool? KeyIsOccurrence { get; init; }
}

/// <summary>
/// Why an alert is not gathered with different ones: it has a plan to decide about, is about security, or about a person.
/// </summary>
[JsonConverter(typeof(CamelCaseEnum<OwnCard>))]
public enum OwnCard { Plan, Security, Person }

/// <summary>An event's place in the delivery that brought it: the sender can be asked for exactly this.</summary>
/// <param name="Sha256">Hex SHA-256 of the delivery as it was sent.</param>
/// <param name="Position">0-based, of <paramref name="Of"/> events.</param>
public sealed record DeliveryPlace(string Sha256, int Position, int Of);

/// <summary>How much an incident gathers: its own correlation key, every event of one cause, or everything of the tenant.</summary>
[JsonConverter(typeof(CamelCaseEnum<IncidentScope>))]
public enum IncidentScope { One, Cause, Tenant }

/// <summary><c>incident.opened</c> on <c>incident/{id}</c>. Every unattached event with the same key belongs to it from here on.</summary>
/// <param name="Simulated">The first event came from a simulated vendor; absent when it did not.</param>
public sealed record IncidentOpened(
    IncidentId IncidentId, [property: Confidential] string Title, Severity Severity, string Kind, [property: Personal] string? Device,
    IncidentScope Scope, string CorrelationKey, string CauseKey, string FirstEventId, [property: Subject] string? Subject = null,
    bool? Simulated = null) : Fact
{
    /// <summary>
    /// The severity up to which it gathers different alerts: what is worse, or has a card of its own, is left out. Null where it gathers
    /// one cause, and in entries of before, which gather all.
    /// </summary>
    public Severity? GathersUpTo { get; init; }

    /// <summary>
    /// Seconds without a new alert after which it gathers no more; null where it does not gather, and in entries of before, which never
    /// end.
    /// </summary>
    public int? QuietAfter { get; init; }
}

/// <summary><c>incident.closed</c>.</summary>
/// <param name="Reason">As in <c>resolved</c> (<see cref="ClosedReasons.Resolved"/>), <c>verified</c> (our execution fixed it),
/// <c>rejected</c>.</param>
public sealed record IncidentClosed(IncidentId IncidentId, string Reason) : Fact;

/// <summary>
/// <c>incident.reopened</c> on <c>incident/{id}</c>: what was done about it was taken back, or nobody knows how much of it was, and its
/// alert fires as before; or it had ended by itself and fires again. In ledgers of before this an incident stayed closed in either case,
/// and stays so.
/// </summary>
public sealed record IncidentReopened(IncidentId IncidentId) : Fact
{
    /// <summary>The event that fires again after the incident had ended by itself; null where what was done was taken back.</summary>
    public string? EventId { get; init; }
}

/// <summary>
/// <c>incident.raised</c> on <c>incident/{id}</c>: an alert of the incident is more severe than any before. What nobody has decided about
/// is staged anew.
/// </summary>
/// <param name="EventId">The event that says so.</param>
public sealed record IncidentRaised(IncidentId IncidentId, Severity From, Severity To, string EventId) : Fact;

public static class ClosedReasons
{
    /// <summary>The source says that every alert of the incident has ended.</summary>
    public const string Resolved = "resolved";

    /// <summary>Nobody decided in time. Not given any more: a proposal expires, an incident does not.</summary>
    public const string Expired = "expired";
}
