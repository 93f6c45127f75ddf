using DevOpsAI.Gates;

namespace DevOpsAI.Bot.Chat;

/// <summary>What a person typed, understood. Words for a client are as typed; null means the conversation's own.</summary>
internal abstract record Command
{
    private Command() { }

    public sealed record Help : Command;

    public sealed record WhoAmI : Command;

    public sealed record Link(string? Client, bool Escalation) : Command;

    public sealed record Unlink : Command;

    public sealed record Pending(string? Client) : Command;

    public sealed record Show(string IncidentId) : Command;

    public sealed record Why(string IncidentId) : Command;

    public sealed record Undo(string IncidentId) : Command;

    public sealed record Redraft(string IncidentId) : Command;

    /// <summary>The newest signed head of a client's ledger, for whoever keeps it.</summary>
    public sealed record Checkpoint(string? Client) : Command;

    /// <summary>What happened since the last digest, or in the last of these days.</summary>
    public sealed record Digest(string? Client, TimeSpan? Last = null) : Command;

    /// <summary>The words after <c>freeze</c>: the first may be the client, the rest is the reason.</summary>
    public sealed record Freeze(IReadOnlyList<string> Words) : Command;

    public sealed record Unfreeze(IReadOnlyList<string> Words) : Command;

    /// <param name="Person">What is left of the sentence: a name or an object id; a mention counts first.</param>
    public sealed record Assign(bool Held, Role Role, string? Client, string Person) : Command;

    /// <summary>Somebody is away. Times are as typed; words are what stood where a client, a person or a reason may.</summary>
    /// <param name="Who">The words before the first time: perhaps the client, then perhaps a person.</param>
    /// <param name="Delegate">Who decides meanwhile; empty for nobody.</param>
    public sealed record Absent(IReadOnlyList<string> Who, string From, string Until, string Delegate, string Reason) : Command;

    /// <summary>Somebody is back. The words: perhaps the client, then perhaps a person.</summary>
    public sealed record Back(IReadOnlyList<string> Who) : Command;

    /// <summary>The words after <c>erase</c>: who, then perhaps the client, then perhaps <c>because</c> and a reason.</summary>
    public sealed record Erase(IReadOnlyList<string> Words) : Command;

    /// <summary>Who decided about an incident, and why.</summary>
    public sealed record WhoDecided(string IncidentId) : Command;

    /// <summary>Who may decide about an incident now.</summary>
    public sealed record WhoCan(string IncidentId) : Command;

    public sealed record IsFrozen(string? Client) : Command;

    /// <summary>What happened to a device, or to a client that is named where a device may be.</summary>
    public sealed record Happened(string Thing, string? Client, TimeSpan Last) : Command;

    /// <summary>What the bot did without asking anybody.</summary>
    public sealed record ByItself(string? Client, TimeSpan Last) : Command;

    /// <summary>Somebody typed a decision; those are taken on the card.</summary>
    public sealed record DecideInWords(string IncidentId) : Command;

    /// <summary>A known word without what it needs.</summary>
    public sealed record Incomplete(string Usage, string Problem) : Command;

    /// <summary>A question that is none of those that are understood.</summary>
    public sealed record UnknownQuestion(string Said) : Command;

    /// <param name="Nearest">Commands that were probably meant, nearest first.</param>
    public sealed record Unknown(string Said, IReadOnlyList<string> Nearest) : Command;
}
