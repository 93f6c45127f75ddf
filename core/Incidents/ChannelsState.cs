using System.Collections.Immutable;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <summary>The conversations that a tenant's cards go to.</summary>
public sealed record ChannelsState : ISlice<ChannelsState>
{
    public static ChannelsState Empty { get; } = new();

    public ImmutableDictionary<ConversationId, ChannelLinked> Channels { get; init; } =
        ImmutableDictionary<ConversationId, ChannelLinked>.Empty;

    /// <summary>Conversations that were linked until Teams took no messages there any more.</summary>
    public ImmutableDictionary<ConversationId, ChannelLinked> LostChannels { get; init; } =
        ImmutableDictionary<ConversationId, ChannelLinked>.Empty;

    /// <summary>Seq of the entry that linked each conversation: what was closed before it is not posted there.</summary>
    public ImmutableDictionary<ConversationId, long> LinkedSince { get; init; } = ImmutableDictionary<ConversationId, long>.Empty;

    /// <summary>
    /// Conversations that were linked while more incidents were open than are posted at once: they got a list of them instead.
    /// </summary>
    public ImmutableHashSet<ConversationId> BeganWithList { get; init; } = [];

    public ChannelsState Apply(LedgerEntry entry, TenantState before) => entry.Fact switch
    {
        ChannelLinked linked => Link(entry, linked, before.ToShowIn(linked).Skip(IncidentsState.MaxPostedAtOnce).Any()),
        ChannelUnlinked unlinked => Unlink(unlinked),
        _ => this,
    };

    private ChannelsState Link(LedgerEntry entry, ChannelLinked linked, bool beginsWithList)
    {
        var id = linked.Channel.ConversationId;
        return this with
        {
            Channels = Channels.SetItem(id, linked),
            LostChannels = LostChannels.Remove(id),
            BeganWithList = beginsWithList ? BeganWithList.Add(id) : BeganWithList.Remove(id),
            LinkedSince = LinkedSince.SetItem(id, entry.Seq),
        };
    }

    private ChannelsState Unlink(ChannelUnlinked unlinked)
    {
        var lost = unlinked.Lost == true ? Channels.GetValueOrDefault(unlinked.ConversationId) : null;
        return this with
        {
            Channels = Channels.Remove(unlinked.ConversationId),
            LostChannels = lost is null
                ? LostChannels.Remove(unlinked.ConversationId)
                : LostChannels.SetItem(unlinked.ConversationId, lost),
        };
    }
}

public static class ChannelsOfState
{
    extension(TenantState state)
    {
        /// <inheritdoc cref="ChannelsState.Channels"/>
        public ImmutableDictionary<ConversationId, ChannelLinked> Channels => state.Get<ChannelsState>().Channels;

        /// <inheritdoc cref="ChannelsState.LostChannels"/>
        public ImmutableDictionary<ConversationId, ChannelLinked> LostChannels => state.Get<ChannelsState>().LostChannels;

        /// <inheritdoc cref="ChannelsState.LinkedSince"/>
        public ImmutableDictionary<ConversationId, long> LinkedSince => state.Get<ChannelsState>().LinkedSince;

        /// <inheritdoc cref="ChannelsState.BeganWithList"/>
        public ImmutableHashSet<ConversationId> BeganWithList => state.Get<ChannelsState>().BeganWithList;

        /// <summary>
        /// Whether a conversation shows every incident's card. One for escalations stands in while every other was lost: an alert that no
        /// conversation shows is an alert that nobody sees.
        /// </summary>
        public bool ShowsEverything(ChannelLinked link) => !link.Escalation
            || (state.LostChannels.Values.Any(static lost => !lost.Escalation)
                && state.Channels.Values.All(static other => other.Escalation));

        /// <summary>
        /// The incident is on a list that the conversation got, and nothing about it has changed since: its card comes when something does,
        /// or when somebody asks for it.
        /// </summary>
        public bool IsOnList(Incident incident, ChannelLinked link)
        {
            var since = state.LinkedSince.GetValueOrDefault(link.Channel.ConversationId);
            return (state.BeganWithList.Contains(link.Channel.ConversationId) && incident.TimelineSeq < since)
                || incident.ListedSeq > since
                || (link.Escalation && incident is { Proposal.IsEscalatedAmongOthers: true, Proposal.EscalatedTo: { } told }
                    && incident.TimelineSeq <= told.Seq);
        }

        /// <summary>Open incidents whose cards the conversation would get now, but for those that it has.</summary>
        public IEnumerable<Incident> ToShowIn(ChannelLinked link) => state.Incidents.Values
            .Where(static incident => incident is { IsOpen: true, Draft: not null, Staged: not null })
            .Where(incident => !incident.Cards.ContainsKey(link.Channel.ConversationId)
                && (incident.Escalated || state.ShowsEverything(link)));
    }
}
