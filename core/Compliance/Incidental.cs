using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance;

public enum IncidentalKind
{
    /// <summary>Somebody stopped the line.</summary>
    Frozen,

    /// <summary>A freeze was lifted by the person who had set it.</summary>
    OwnFreezeLifted,

    /// <summary>Somebody gave themselves a role.</summary>
    OwnRole,
}

/// <summary>Something an auditor asks about that belongs to no incident.</summary>
/// <param name="Ended">When a freeze was lifted; null while it is in force.</param>
/// <param name="Text">The reason given, or the role.</param>
public sealed record Incidental(IncidentalKind Kind, Mark Mark, Mark? Ended, Actor By, SpooledText Text);
