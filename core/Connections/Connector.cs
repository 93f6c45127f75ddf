using DevOpsAI.Tenancy;

namespace DevOpsAI.Connections;

/// <summary>One tenant's use of a connector.</summary>
/// <param name="Name">As in <c>contoso-sandbox</c>; unique over all tenants.</param>
/// <param name="Connector">Name of the connector, as in <c>sandbox</c>.</param>
/// <param name="Settings">The connector's own settings for this tenant (addresses, vendor ids, references to secrets).</param>
public sealed record Connection(string Name, TenantId Tenant, string Connector, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>How long it may send nothing before that is put on record; zero for ever, null for as long as is usual.</summary>
    public TimeSpan? StaleAfter { get; init; }

    /// <summary>Tells a connection that is only tried out from the one of its name that is in use; null for one that is in use.</summary>
    public string? Trial { get; init; }

    /// <summary>
    /// Under this a connector keeps what it remembers between calls: tokens, circuit breakers. What is tried out shares none of it.
    /// </summary>
    public string CallKey => Trial is null ? Name : $"{Name}?{Trial}";

    /// <summary>What the bot does by itself with its tickets, as the setting <see cref="TicketSetting.Name"/> says.</summary>
    public TicketUse Tickets => TicketSetting.Read(Settings.GetValueOrDefault(TicketSetting.Name)) ?? TicketUse.Note;
}

/// <summary>A thing at the vendor that an action touches, as the vendor itself names it.</summary>
/// <param name="Connection">The connection it was found through.</param>
/// <param name="Kind">As in <c>device</c>, <c>user</c>, <c>mailbox</c>, <c>site</c>.</param>
/// <param name="Id">The vendor's id.</param>
/// <param name="Name">The vendor's display name, as in <c>SRV-FILE01</c>.</param>
/// <param name="Client">The company the vendor says it belongs to.</param>
public sealed record Target(string Connection, string Kind, string Id, string Name, string Client);

public enum Reversibility { Reversible, Partly, Irreversible }

public enum BlastRadius { Nothing, OneDevice, OneUser, Site, Tenant }

/// <summary>A named argument of an action. <paramref name="Pattern"/> is a regular expression that the whole value must match.</summary>
public sealed record ArgumentSpec(string Name, string Title, string Pattern, bool Required = true, int MaxLength = 200);

/// <summary>What an action is, declared by its connector: the catalog entry that gates, cards and executor rely on.</summary>
/// <param name="Name">As in <c>service.restart</c>.</param>
/// <param name="TargetKind">Kind of target it needs, as in <c>device</c>.</param>
/// <param name="Idempotent">Doing it twice is the same as doing it once, so it may be retried after
/// <see cref="CallOutcome{T}.NotDone"/>.</param>
/// <param name="Command">
/// The exact command with <c>{argument}</c> and <c>{target}</c> to fill, shown in full on the card. Every argument has its place in it; one
/// that may be left out is written <c>{argument? -Name }</c>, with the text that goes before its value.
/// </param>
/// <param name="Rollback">
/// The action that takes it back with the same target and arguments, or null. It runs by itself when a later step fails, so a plan has its
/// level too.
/// </param>
/// <param name="Timeout">How long a single call may take.</param>
public sealed record ActionSpec(
    string Name,
    string Title,
    string TargetKind,
    Reversibility Reversibility,
    BlastRadius BlastRadius,
    bool Idempotent,
    string Command,
    IReadOnlyList<ArgumentSpec> Arguments,
    string? Rollback,
    TimeSpan Timeout);

/// <summary>
/// One call of an action. <paramref name="OperationId"/> is ours, the same for every attempt, and lets the vendor be asked later.
/// </summary>
public sealed record ActionCall(string OperationId, string Action, Target Target, IReadOnlyDictionary<string, string> Arguments);

/// <summary>What the vendor answered: a line for the record.</summary>
public sealed record ActionReceipt(string Detail);

/// <summary>What the vendor knows of an operation that we may or may not have reached it with.</summary>
public enum OperationStatus { Applied, NotApplied, CannotTell }

/// <summary>How a call to somebody else's system ended; only <see cref="NotDone"/> is safe to repeat blindly.</summary>
public abstract record CallOutcome<T>
{
    private CallOutcome() { }

    public sealed record Done(T Value) : CallOutcome<T>;

    /// <summary>The vendor said no; asking again changes nothing.</summary>
    public sealed record Refused(string Code, string Message) : CallOutcome<T>;

    /// <summary>Certainly not applied: safe to repeat.</summary>
    public sealed record NotDone(string Message, TimeSpan? TryAgainIn = null) : CallOutcome<T>;

    /// <summary>The reply was lost: look before repeating.</summary>
    public sealed record Unknown(string Message) : CallOutcome<T>;

    /// <summary>Why it is not done, or not known to be; empty when it is done.</summary>
    public string Reason => this switch
    {
        Refused refused => refused.Message,
        NotDone notDone => notDone.Message,
        Unknown unknown => unknown.Message,
        _ => "",
    };

    /// <summary>The same end for a call of another kind. Not for one that is done.</summary>
    public CallOutcome<TOther> As<TOther>() => this switch
    {
        Refused(var code, var message) => new CallOutcome<TOther>.Refused(code, message),
        NotDone(var message, var tryAgainIn) => new CallOutcome<TOther>.NotDone(message, tryAgainIn),
        Unknown(var message) => new CallOutcome<TOther>.Unknown(message),
        _ => throw new InvalidOperationException("What is done has a value of its own kind."),
    };
}

/// <summary>Knows one vendor. All calls go through one tenant's connection; a target found through another connection is refused.</summary>
public interface IConnector
{
    /// <summary>As in <c>sandbox</c>.</summary>
    string Name { get; }

    /// <summary>True when nothing real is touched; said wherever a person sees it.</summary>
    bool IsSimulation { get; }

    /// <summary>The catalog, by action name.</summary>
    IReadOnlyDictionary<string, ActionSpec> Actions { get; }

    /// <summary>
    /// The setting without which a connection can do none of <see cref="Actions"/>, where it has none; null where it has what it needs.
    /// </summary>
    string? FindLack(Connection connection) => null;

    /// <summary>
    /// Every target of <paramref name="kind"/> that the tenant has under this name (case-insensitive, exact); none, one, or several.
    /// </summary>
    Task<CallOutcome<IReadOnlyList<Target>>> FindAsync(
        Connection connection, string kind, string name, CancellationToken cancellationToken);

    /// <summary>
    /// The target's state now as flat observations, as in <c>service.Spooler.state = stopped</c> or <c>disk.C.freePercent = 6</c>.
    /// The last segment says what, the segments before it of what; numbers are plain decimals.
    /// </summary>
    Task<CallOutcome<IReadOnlyDictionary<string, string>>> ObserveAsync(
        Connection connection, Target target, CancellationToken cancellationToken);

    /// <summary>Carries out one action. Never retries by itself.</summary>
    Task<CallOutcome<ActionReceipt>> ActAsync(Connection connection, ActionCall call, CancellationToken cancellationToken);

    /// <summary>
    /// Asks the vendor whether an operation took effect. <see cref="OperationStatus.NotApplied"/> is only said by who knows it for sure.
    /// </summary>
    /// <param name="call">As it was sent, or may have been.</param>
    Task<CallOutcome<OperationStatus>> LookUpAsync(Connection connection, ActionCall call, CancellationToken cancellationToken);
}

/// <summary>The connectors installed and the connections configured.</summary>
public interface IConnections
{
    /// <summary>The tenant's connections that can act or be observed.</summary>
    IReadOnlyList<Connection> For(TenantId tenant);

    /// <summary>
    /// The tenant's connection of this name that can act or be observed; null when there is none, or it is another tenant's.
    /// </summary>
    Connection? Find(TenantId tenant, string name);

    IConnector GetConnector(Connection connection);

    /// <summary>Every connector that a connection could name, whether one does or not: what could be had.</summary>
    IReadOnlyCollection<IConnector> Installed => [];
}
