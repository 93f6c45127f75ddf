using System.Collections.Concurrent;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams;

/// <summary>What is kept of a conversation (a chat, or a channel without its threads).</summary>
/// <param name="Place">With the service address of the latest activity.</param>
/// <param name="Installed">Null until an install or a removal was seen.</param>
/// <param name="UnusableBecause">Why nothing is to be sent there; null when it is fine.</param>
internal sealed record Known(ChannelRef Place, bool? Installed = null, string? UnusableBecause = null);

/// <summary>A roster was asked for.</summary>
internal sealed record RosterReading(DateTimeOffset At, bool Answered);

/// <summary>A conversation in memory.</summary>
internal sealed class BookEntry(Known known)
{
    private volatile Known current = known;
    private volatile int rosterChanges;

    public Known Known => current;

    public ConcurrentDictionary<string, Member> People { get; } = new();

    /// <summary>When the roster was last asked for, and whether that went well. Read beside whoever sets it, so it is replaced in one step.</summary>
    public RosterReading? RosterRead { get; set; }

    /// <summary>How often somebody joined or left; a roster that was being read meanwhile may lack them.</summary>
    public int RosterChanges => rosterChanges;

    public SemaphoreSlim RosterTurn { get; } = new(1, 1);

    public void ForgetRoster()
    {
        Interlocked.Increment(ref rosterChanges);
        RosterRead = null;
    }

    /// <summary>True when something changed.</summary>
    public bool Change(Func<Known, Known> change)
    {
        lock (People)
        {
            var next = change(current);
            if (next == current)
                return false;
            current = next;
            return true;
        }
    }
}
