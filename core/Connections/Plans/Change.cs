namespace DevOpsAI.Connections.Plans;

/// <summary>An observation that a person should see side by side.</summary>
public sealed record Change(string What, string Was, string Now);
