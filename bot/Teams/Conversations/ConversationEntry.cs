using System.Collections.Concurrent;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Incidents;

namespace DevOpsAI.Bot.Teams.Conversations;

/// <summary>What is kept of a conversation (a chat, or a channel without its threads).</summary>
/// <param name="Place">With the service address of the latest activity.</param>
/// <param name="Installed">Null until an install or a removal was seen.</param>
/// <param name="UnusableBecause">Why nothing is to be sent there; null when it is fine.</param>
internal sealed record Known(ChannelRef Place, bool? Installed = null, string? UnusableBecause = null);

/// <summary>A roster was asked for.</summary>
internal sealed record RosterReading(DateTimeOffset At, bool Answered);

/// <summary>A conversation in memory.</summary>
internal sealed class ConversationEntry(Known known)
{
    private readonly ConcurrentDictionary<string, Member> people = new();
    private volatile Known current = known;
    private volatile int rosterChanges;
    private volatile IReadOnlyList<Member>? everybody;

    public Known Known => current;

    /// <summary>Everybody known here, as of now. Every card asks for it, so it is put together once for each change.</summary>
    public IReadOnlyList<Member> People
    {
        get
        {
            if (everybody is { } known)
                return known;
            lock (people)
                return everybody = [.. people.Values];
        }
    }

    public Member? Find(string mri) => people.GetValueOrDefault(mri);

    /// <summary>False when there are <paramref name="most"/> already and this is one more.</summary>
    public bool TryPut(Member member, int most)
    {
        lock (people)
        {
            if (people.Count >= most && !people.ContainsKey(member.Mri))
                return false;
            people[member.Mri] = member;
            everybody = null;
            return true;
        }
    }

    /// <summary>Whoever is known already stays as known.</summary>
    public void Learn(Member member)
    {
        lock (people)
        {
            if (people.TryAdd(member.Mri, member))
                everybody = null;
        }
    }

    /// <summary>False when nobody of this id is known here.</summary>
    public bool Remove(string mri)
    {
        lock (people)
        {
            if (!people.TryRemove(mri, out _))
                return false;
            everybody = null;
            return true;
        }
    }

    /// <summary>
    /// When the roster was last asked for, and whether that went well. Read beside whoever sets it, so it is replaced in one step.
    /// </summary>
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
        lock (people)
        {
            var next = change(current);
            if (next == current)
                return false;
            current = next;
            return true;
        }
    }
}
