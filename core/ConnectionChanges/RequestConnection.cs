using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.ConnectionChanges;

/// <summary>
/// An administrator asks for a connection, or for other settings of one that was made in chat. The vendor is asked first whether they are
/// right; what comes to its gate then is decided by somebody else.
/// </summary>
/// <param name="Settings">
/// The connector's own, by name, without secrets; and <see cref="EnabledActions.Setting"/>, without which it may do nothing.
/// </param>
/// <param name="Secrets">As they were typed, or <c>env:NAME</c>, by the setting's name. One that is left out stays as it is.</param>
public sealed record RequestConnection(
    TenantId Tenant, Person By, string Connector, IReadOnlyDictionary<string, string> Settings,
    IReadOnlyDictionary<string, string> Secrets, CorrelationId Correlation) : IRequest<RequestResult>;

/// <summary>An administrator asks that a connection made in chat may do one action more, or one less.</summary>
/// <param name="Connection">As typed.</param>
/// <param name="Action">As typed.</param>
public sealed record RequestAction(
    TenantId Tenant, Person By, string Connection, string Action, bool IsEnabled, CorrelationId Correlation) : IRequest<RequestResult>;

/// <summary>An administrator asks that a connection made in chat is not used any more.</summary>
public sealed record RequestDisconnection(TenantId Tenant, Person By, string Connector, CorrelationId Correlation)
    : IRequest<RequestResult>;
