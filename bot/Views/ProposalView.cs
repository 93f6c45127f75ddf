using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Views;

/// <summary>What the reader of a card may do with it now.</summary>
/// <param name="Decide">Approve, edit, reject, snooze or mark as handled.</param>
/// <param name="Snooze">Put off what others decide about.</param>
/// <param name="Undo">Ask to take a verified execution back.</param>
/// <param name="Redraft">Ask for a new draft where the last one led nowhere.</param>
/// <param name="BreakGlass">Act at once and alone.</param>
/// <param name="Confirm">Say whether it was right that somebody did.</param>
public readonly record struct Permissions(
    bool Decide, bool Undo, bool Redraft = false, bool BreakGlass = false, bool Confirm = false, bool Snooze = false);

/// <summary>
/// How far a person has come in reading an irreversible plan. The tokens are opaque to cards; each stands for the pages opened up to one.
/// </summary>
/// <param name="Token">
/// For the page that is being shown: it and all before it were opened by this person. Null when there is no such proof.
/// </param>
public sealed record Reading(int Page, string? Token);

/// <summary>What the card of any proposal says, whatever it is about, for one reader at one instant.</summary>
/// <param name="Now">When it is drawn; times left are relative to it.</param>
public abstract record ProposalView(Tenant Tenant, DateTimeOffset Now)
{
    public abstract Proposal Proposal { get; }

    /// <summary>In one line; outside text.</summary>
    public abstract string Title { get; }

    /// <summary>How it stands, and how that looks.</summary>
    internal abstract (string Word, Tone Tone) Standing { get; }

    /// <summary>A freeze concerns it now.</summary>
    public virtual bool CanBeFrozen => Proposal.IsPending || Proposal.CanBeUndone(Now);

    /// <summary>A new look at the world may lead further.</summary>
    public virtual bool CanBeDraftedAgain => false;

    public Permissions Rights { get; init; }

    /// <summary>The card of one person, rather than the one that everybody in the conversation sees.</summary>
    public bool IsPersonal { get; init; }

    /// <summary>Local mode: everybody is administrator. Said on the card.</summary>
    public bool EverybodyIsAdministrator { get; init; }

    public Freeze? Freeze { get; init; }

    /// <summary>The dated freeze of the policy that lasts now.</summary>
    public PlannedFreeze? PlannedFreeze { get; init; }

    /// <summary>The kill switch is on for the whole client.</summary>
    public SwitchedOff? SwitchedOff { get; init; }

    /// <summary>Nothing of the client is approved or runs now, by somebody's word or as planned: no button offers it.</summary>
    public bool IsFrozen => SwitchedOff is not null || Freeze is not null || PlannedFreeze is not null;

    /// <summary>People who could decide and are absent, and who decides in their name.</summary>
    public IReadOnlyList<Absence> Absences { get; init; } = [];

    /// <summary>Who may decide now, in words, names made safe; null when nothing waits for a decision or everybody may.</summary>
    public string? Deciders { get; init; }

    /// <summary>Those of <see cref="Deciders"/> who are to be told each; null for nobody.</summary>
    public Calls? Calls { get; init; }

    /// <summary>Who may have it taken back, in words, names made safe; null when nothing can be or everybody may.</summary>
    public string? Undoers { get; init; }

    /// <summary>One sentence about what just happened, on top.</summary>
    public string? Notice { get; init; }

    /// <summary>Teams ids of the people in the conversation who get a view of their own.</summary>
    public IReadOnlyList<string> Refreshers { get; init; } = [];

    /// <summary>Catalog entries of the plan's steps, in order; null for one that is no longer installed.</summary>
    public IReadOnlyList<ActionSpec?> Actions { get; init; } = [];

    /// <summary>The page of details that is being read; null for the card itself.</summary>
    public Reading? Reading { get; init; }

    /// <summary>Posted as the answer to a command, so not the living card of its conversation.</summary>
    public bool IsCopy { get; init; }

    /// <summary>What is, or was last, up for decision or execution.</summary>
    internal Plan Plan =>
        Proposal.PlanInForce is { Steps.Count: > 0 } staged || Proposal.Staged is not null
            ? Proposal.PlanInForce
            : Proposal.Draft?.Plan ?? Plan.Empty;

    /// <summary>The catalog's entry of a step of the plan; null where it is no longer installed.</summary>
    internal ActionSpec? GetAction(PlanStep step)
    {
        for (var i = 0; i < Plan.Steps.Count && i < Actions.Count; i++)
        {
            if (ReferenceEquals(Plan.Steps[i], step))
                return Actions[i];
        }
        return null;
    }
}
