using System.Text.Json.Serialization;
using DevOpsAI.Common;

namespace DevOpsAI.Compliance.Gaps;

/// <summary>What is missing.</summary>
[JsonConverter(typeof(CamelCaseEnum<GapKind>))]
public enum GapKind
{
    /// <summary>A seq is not there.</summary>
    Missing,

    /// <summary>No entry, not even a heartbeat, for longer than there should be.</summary>
    Quiet,

    /// <summary>Something was decided and never begun.</summary>
    NotExecuted,

    /// <summary>Something was begun and has no outcome.</summary>
    NotFinished,

    /// <summary>Something was begun that no decision allows.</summary>
    NoDecision,

    /// <summary>A card was to be sent and nobody knows whether it was.</summary>
    NotPosted,

    /// <summary>A connection that used to send was silent.</summary>
    Stale,

    /// <summary>More events were accepted than are on record.</summary>
    NotRecorded,

    /// <summary>A known sender's delivery was refused for what it is: what it said is on no record.</summary>
    NotTaken,

    /// <summary>A vendor's log was not read from where the reading had stopped.</summary>
    PollJump,

    /// <summary>A vendor's log was not read for longer than it should be.</summary>
    PollQuiet,

    /// <summary>The vendor's log does not show what is on record as done.</summary>
    NotAtVendor,

    /// <summary>The vendor's log shows what no decision allows.</summary>
    OutOfBand,

    /// <summary>A key that entries are encrypted under is gone, and no erasure of it is on record.</summary>
    KeyMissing,
}

/// <summary>Something that should be on a tenant's ledger and is not, or the other way round.</summary>
/// <param name="Subject">As in an incident, an execution, a connection.</param>
/// <param name="Seq">The entry that promised it, or after which it is missing.</param>
/// <param name="To">When it ended; null when it has not.</param>
/// <param name="What">One sentence.</param>
public sealed record Gap(GapKind Kind, string Subject, long Seq, DateTimeOffset From, DateTimeOffset? To, string What);

/// <summary>How long things may take before they count as missing.</summary>
public sealed record GapRules
{
    /// <summary>Between two entries, from the first heartbeat on. Heartbeats come hourly.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMinutes(75);

    /// <summary>From a decision to the claim.</summary>
    public TimeSpan Execute { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>From the end of a claim's lease to its outcome or renewal.</summary>
    public TimeSpan Finish { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>From saying that a card is being sent to saying that it was.</summary>
    public TimeSpan Post { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Between two readings of one vendor's log.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMinutes(90);

    /// <summary>From an action's outcome to its line in the vendor's log.</summary>
    public TimeSpan Show { get; init; } = TimeSpan.FromMinutes(10);
}
