using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance;

public enum DeviationKind
{
    /// <summary>Somebody stopped the line.</summary>
    Frozen,

    /// <summary>A freeze was lifted by the person who had set it.</summary>
    OwnFreezeLifted,

    /// <summary>Somebody gave themselves a role.</summary>
    OwnRole,

    /// <summary>Something was done at a vendor that no decision allows.</summary>
    OutOfBand,

    /// <summary>What the feature that writes the entry calls one.</summary>
    Reported,
}

/// <summary>Something an auditor asks about that belongs to no proposal.</summary>
public sealed class Deviation(DeviationKind kind, EntryReference mark)
{
    public DeviationKind Kind => kind;

    public EntryReference Mark => mark;

    /// <summary>When a freeze was lifted, or the incident about an out-of-band change was closed; null while it is not.</summary>
    public EntryReference? Ended { get; internal set; }

    public required Actor By { get; init; }

    /// <summary>The reason given, the role, who did what past the bot, or what the feature says.</summary>
    public StoredText Text { get; init; }

    /// <summary>Of an out-of-band change, the action and its target; of what a feature reports, the title of its entry.</summary>
    public StoredText What { get; init; }
}
