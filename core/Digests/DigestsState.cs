using System.Collections.Immutable;
using DevOpsAI.Completeness;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Digests;

/// <summary>Where the next digest of each conversation begins, once it was linked.</summary>
public sealed record DigestsState : ISlice<DigestsState>
{
    public static DigestsState Empty { get; } = new();

    public ImmutableDictionary<ConversationId, DigestMark> Marks { get; init; } = ImmutableDictionary<ConversationId, DigestMark>.Empty;

    public DigestsState Apply(LedgerEntry entry, TenantState before) => entry.Fact switch
    {
        ChannelLinked linked => Begin(linked.Channel.ConversationId, entry, before.Intake.Digested),
        DigestSending digest => Advance(digest, entry.Version),
        MessageSent { Purpose: DigestSending.Purpose, Outcome: MessageOutcome.NotSent } sent => TakeBack(sent.ConversationId),
        _ => this,
    };

    private DigestsState Begin(ConversationId conversation, LedgerEntry entry, long digested) =>
        With(conversation, new(entry.ByClock, entry.Seq, digested, Marks.GetValueOrDefault(conversation)?.Version ?? 0));

    private DigestsState Advance(DigestSending digest, long version)
    {
        var before = Marks.GetValueOrDefault(digest.ConversationId);
        return With(digest.ConversationId, new(digest.Due, digest.Through, digest.Digested, version)
        {
            Before = before is null ? null : before with { Before = null },
        });
    }

    private DigestsState TakeBack(ConversationId conversation) =>
        Marks.GetValueOrDefault(conversation) is { Before: { } before } mark
            ? With(conversation, before with { Version = mark.Version })
            : this;

    private DigestsState With(ConversationId conversation, DigestMark mark) => new() { Marks = Marks.SetItem(conversation, mark) };
}

public static class DigestsOfState
{
    extension(TenantState state)
    {
        /// <inheritdoc cref="DigestsState.Marks"/>
        public ImmutableDictionary<ConversationId, DigestMark> Digests => state.Get<DigestsState>().Marks;
    }
}
