namespace DevOpsAI.Tenancy;

/// <summary>A person is away from a tenant's work, from one instant until before another.</summary>
/// <param name="Delegate">Decides in their name meanwhile; null for nobody.</param>
public sealed record Absence(Actor Who, DateTimeOffset From, DateTimeOffset Until, Actor? Delegate, string? Reason)
{
    public bool Contains(DateTimeOffset at) => at >= From && at < Until;
}
