using DevOpsAI.Tenancy;

namespace DevOpsAI.Proposals;

/// <summary>A decision as the ledger has it.</summary>
public sealed record Decision(Actor By, DateTimeOffset At, long Seq, ProposalDecided Fact)
{
    /// <summary>When it was decided on the line of time that deadlines are on; <see cref="At"/> never goes back and may be later.</summary>
    public DateTimeOffset ByClock => Fact.ByClock ?? At;
}

/// <summary>Who asked for a new draft, and when.</summary>
public sealed record Asked(Actor By, DateTimeOffset At)
{
    /// <summary>Nobody did: a vendor that gave no answer gives one again.</summary>
    public bool VendorAnswers { get; init; }
}

/// <summary>What nobody decided about in time since a person last did something about the incident.</summary>
/// <param name="Seq">Of the entry that says so last.</param>
/// <param name="Times">How often in a row.</param>
public sealed record Unanswered(long Seq, DateTimeOffset At, int Times);
