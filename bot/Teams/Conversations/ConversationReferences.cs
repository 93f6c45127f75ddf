using System.Collections.Concurrent;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Privacy;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams.Conversations;

/// <summary>
/// Installations, conversations and people, in memory and kept by <see cref="ConversationFile"/>. Every activity passes here, so an
/// activity that tells nothing new costs two look-ups and writes nothing. Events may come in any order and more than once.
/// </summary>
internal sealed class ConversationReferences(ConversationFile store, IConnectorClient connector, HomeDirectory home, TimeProvider clock,
    ILogger<ConversationReferences> logger)
    : IConversationReferences, IPersonalData
{
    /// <summary>How long a roster is believed, and how long after a failure it is not asked for again.</summary>
    public static readonly TimeSpan RosterLasts = TimeSpan.FromHours(1);
    public static readonly TimeSpan RosterPause = TimeSpan.FromMinutes(1);

    private const int MaxPeople = 5_000;

    private readonly ConcurrentDictionary<ConversationId, ConversationEntry> entries = new();

    public ChannelRef? Find(ConversationId conversationId) => GetEntry(conversationId)?.Known.Place;

    public bool IsUsable(ConversationId conversationId) => GetEntry(conversationId)?.Known.UnusableBecause is null;

    public IReadOnlyList<Member> KnownPeople(ConversationId conversationId) => GetEntry(conversationId)?.People ?? [];

    /// <summary>Reads what is kept; before the first activity.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        foreach (var kept in await store.LoadAsync(cancellationToken))
            Learn(kept);
    }

    public async Task<IReadOnlyList<Member>> PeopleAsync(ConversationId conversationId, CancellationToken cancellationToken)
    {
        // Another instance may have been there.
        if (GetEntry(conversationId) is null
            && await store.FindAsync(conversationId.Root, cancellationToken) is { } kept)
            Learn(kept);
        if (GetEntry(conversationId) is not { } entry)
            return [];
        if (IsRosterDue(entry))
        {
            await entry.RosterTurn.WaitAsync(cancellationToken);
            try
            {
                if (IsRosterDue(entry))
                    await ReadRosterAsync(entry, cancellationToken);
            }
            finally
            {
                entry.RosterTurn.Release();
            }
        }
        return entry.People;
    }

    public void MarkUnusable(ConversationId conversationId, string reason)
    {
        if (GetEntry(conversationId) is { } entry && Change(entry, known => known with { UnusableBecause = reason }))
            logger.ConversationUnusable(entry.Known.Place.ConversationId, reason);
    }

    /// <summary>Forgets a person everywhere; whoever goes on talking to the bot is met again.</summary>
    public Task ForgetAsync(PersonId person, CancellationToken cancellationToken)
    {
        foreach (var entry in entries.Values)
        {
            foreach (var known in entry.People.Where(known => known.ObjectId == person))
                entry.Remove(known.Mri);
        }
        var erased = new ConversationChange.PersonErased(person, new(TaskCreationOptions.RunContinuationsAsynchronously));
        return store.Keep(erased)
            ? erased.Done.Task.WaitAsync(cancellationToken)
            : throw new LedgerUnavailableException("The people known from Teams cannot be written any more: the bot is stopping.");
    }

    /// <summary>Any activity: where it happened, where to answer, and who it was.</summary>
    public void Saw(Activity activity)
    {
        if (activity.Conversation?.Id is not { Length: > 0 })
            return;
        var entry = Entry(ConversationRef.From(activity));
        if (activity.Type is "message" or "invoke" && entry.Known.UnusableBecause is not null)
            Change(entry, static known => known with { UnusableBecause = null });
        if (activity.From is { } from)
            Met(entry, from);
        foreach (var joined in activity.MembersAdded ?? [])
            Met(entry, joined);
        foreach (var left in activity.MembersRemoved ?? [])
        {
            if (left?.Id is { } mri && entry.Remove(mri))
                store.Keep(new ConversationChange.PersonLeft(entry.Known.Place.ConversationId, mri));
        }
        if (activity.MembersAdded is { Count: > 0 } || activity.MembersRemoved is { Count: > 0 })
            ForgetRosters(entry);
    }

    /// <summary>
    /// True until <see cref="Settled"/> says that it was dealt with, once for each time it was removed or Teams took no messages there: of
    /// a removal the bot may have heard nothing else.
    /// </summary>
    public bool Installed(ConversationRef where)
    {
        var isUsableAgain = BecomesUsable(Entry(where));
        if (where.TeamId is { } team)
        {
            foreach (var channel in GetChannels(team))
                isUsableAgain |= BecomesUsable(channel);
        }
        if (isUsableAgain && InstallEntry(where) is { Known.Installed: true } entry)
            Change(entry, static known => known with { Installed = null });
        return InstallEntry(where).Known.Installed != true;
    }

    private bool BecomesUsable(ConversationEntry entry) =>
        entry.Known.UnusableBecause is not null && Change(entry, static known => known with { UnusableBecause = null });

    /// <summary>True until <see cref="Settled"/> says that it was dealt with, once for each time it was installed.</summary>
    public bool Removed(ConversationRef where)
    {
        const string Reason = "the app was removed";
        MarkUnusable(Entry(where).Known.Place.ConversationId, Reason);
        if (where.TeamId is { } team)
        {
            foreach (var channel in GetChannels(team))
                MarkUnusable(channel.Known.Place.ConversationId, Reason);
        }
        return InstallEntry(where).Known.Installed != false;
    }

    /// <summary>The install or removal was dealt with; told again, it is no news.</summary>
    public void Settled(ConversationRef where, bool installed) =>
        Change(InstallEntry(where), known => known with { Installed = installed });

    /// <summary>A channel or team was renamed, deleted or restored.</summary>
    public void ChannelChanged(Activity activity)
    {
        var data = activity.ChannelData;
        switch (data?.EventType)
        {
            case "channelRenamed" or "channelCreated" when data.Channel?.Id is { } id:
                Entry(ConversationRef.From(activity) with
                {
                    ConversationId = ConversationId.From(id), Name = data.Channel.Name,
                });
                break;
            case "channelDeleted" when data.Channel?.Id is { } id:
                MarkUnusable(ConversationId.From(id), "the channel was deleted");
                break;
            case "channelRestored" when data.Channel?.Id is { } id && GetEntry(ConversationId.From(id)) is { } entry:
                Change(entry, static known => known with { UnusableBecause = null });
                break;
            case "teamDeleted" or "teamHardDeleted" when data.Team?.Id is { } team:
                foreach (var channel in GetChannels(team))
                    MarkUnusable(channel.Known.Place.ConversationId, "the team was deleted");
                break;
            case "teamRestored" when data.Team?.Id is { } team:
                foreach (var channel in GetChannels(team))
                    Change(channel, static known => known with { UnusableBecause = null });
                break;
        }
    }

    private void Learn(SyncedConversation kept)
    {
        var entry = entries.GetOrAdd(kept.Known.Place.ConversationId, static (_, known) => new(known), kept.Known);
        foreach (var member in kept.People)
            entry.Learn(member);
    }

    private ConversationEntry? GetEntry(ConversationId conversationId) => entries.GetValueOrDefault(conversationId.Root);

    /// <summary>The entry, brought up to date with what the activity says. What it leaves out stays.</summary>
    private ConversationEntry Entry(ConversationRef where)
    {
        var root = where.ChannelId;
        if (!entries.TryGetValue(root, out var entry))
        {
            var fresh = new ConversationEntry(new(where.ToChannelRef()));
            entry = entries.GetOrAdd(root, fresh);
            if (ReferenceEquals(entry, fresh))
                store.Keep(new ConversationChange.Conversation(entry.Known));
        }
        var place = entry.Known.Place;
        if (place.ServiceUrl != where.ServiceUrl || place.TeamId != (where.TeamId ?? place.TeamId)
            || place.Name != (where.Name ?? place.Name))
        {
            Change(entry, known => known with
            {
                Place = known.Place with
                    { ServiceUrl = where.ServiceUrl, TeamId = where.TeamId ?? known.Place.TeamId, Name = where.Name ?? known.Place.Name },
            });
        }
        return entry;
    }

    private bool Change(ConversationEntry entry, Func<Known, Known> change)
    {
        if (!entry.Change(change))
            return false;
        store.Keep(new ConversationChange.Conversation(entry.Known));
        return true;
    }

    /// <summary>Installs are kept with the team, or with the chat.</summary>
    private ConversationEntry InstallEntry(ConversationRef where) =>
        Entry(where.TeamId is { } team ? where with { ConversationId = ConversationId.From(team), Name = null } : where);

    private IEnumerable<ConversationEntry> GetChannels(string teamId) =>
        entries.Values.Where(entry => entry.Known.Place.TeamId == teamId || entry.Known.Place.ConversationId.Value == teamId);

    private void Met(ConversationEntry entry, Account account)
    {
        if (account?.Id is not { Length: > 0 } mri || mri.StartsWith("28:", StringComparison.Ordinal))
            return;
        var known = entry.Find(mri);
        var person = account.AadObjectId is { } id ? PersonId.From(id) : known?.ObjectId;
        var member = new Member(mri, person, account.Name ?? known?.Name);
        if (member != known)
            Keep(entry, member);
    }

    private void Keep(ConversationEntry entry, Member member)
    {
        if (entry.TryPut(member, MaxPeople))
            store.Keep(new ConversationChange.Person(entry.Known.Place.ConversationId, member));
    }

    private bool IsRosterDue(ConversationEntry entry) =>
        entry.RosterRead is not { } read || clock.GetUtcNow() - read.At >= (read.Answered ? RosterLasts : RosterPause);

    private void ForgetRosters(ConversationEntry entry)
    {
        entry.ForgetRoster();
        if (entry.Known.Place.TeamId is not { } team)
            return;
        foreach (var channel in GetChannels(team))
            channel.ForgetRoster();
    }

    private async Task ReadRosterAsync(ConversationEntry entry, CancellationToken cancellationToken)
    {
        var place = entry.Known.Place;
        var (changes, before) = (entry.RosterChanges, entry.People.Select(static member => member.Mri).ToList());
        var roster = await connector.GetMembersAsync(place.ServiceUrl, place.ConversationId, cancellationToken);
        entry.RosterRead = new(clock.GetUtcNow(), roster is not null);
        if (entry.RosterChanges != changes)
            entry.RosterRead = null;
        if (roster is not { Count: > 0 })
            return;
        var present = roster.Select(static member => member.Mri).ToHashSet();
        // Who was met since the call began may have joined too late to be on it.
        foreach (var mri in before.Where(mri => !present.Contains(mri)))
        {
            if (entry.Remove(mri))
                store.Keep(new ConversationChange.PersonLeft(place.ConversationId, mri));
        }
        foreach (var listed in roster)
        {
            var member = listed with { ObjectId = home.Call(place.DirectoryTenant, listed.ObjectId?.Value) };
            if (entry.Find(member.Mri) != member)
                Keep(entry, member);
        }
    }
}
