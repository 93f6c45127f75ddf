using DevOpsAI.Ledger;

namespace DevOpsAI.Connections;

/// <summary>
/// <c>connection.made</c> on <c>connections</c>: a connection that people agreed on is in use from then on, or has other settings.
/// </summary>
/// <param name="Name">As in <c>contoso-ninjaone</c>.</param>
/// <param name="Connector">As in <c>ninjaone</c>.</param>
/// <param name="Settings">The connector's own; of secrets the reference, never the secret.</param>
public sealed record ConnectionMade(string Name, string Connector, IReadOnlyDictionary<string, string> Settings) : Fact;

/// <summary><c>connection.removed</c> on <c>connections</c>: it is not used any more, and its secrets are deleted.</summary>
public sealed record ConnectionRemoved(string Name) : Fact;
