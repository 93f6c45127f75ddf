using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DevOpsAI.Common;
using DevOpsAI.Completeness;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Digests;
using DevOpsAI.Drafting;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>A fact whose type this version does not know; kept as it was written.</summary>
public sealed record UnknownFact(JsonElement Data) : Fact;

/// <summary>The stored names of facts. A name, once used, keeps its meaning for ever.</summary>
public static class FactTypes
{
    private static readonly FrozenDictionary<string, Type> ByName = new Dictionary<string, Type>
    {
        ["event.received"] = typeof(EventReceived),
        ["incident.opened"] = typeof(IncidentOpened),
        ["incident.closed"] = typeof(IncidentClosed),
        ["incident.reopened"] = typeof(IncidentReopened),
        ["incident.raised"] = typeof(IncidentRaised),
        ["recommendation.drafted"] = typeof(RecommendationDrafted),
        ["proposal.staged"] = typeof(ProposalStaged),
        ["proposal.decided"] = typeof(ProposalDecided),
        ["proposal.withdrawn"] = typeof(ProposalWithdrawn),
        ["proposal.expired"] = typeof(ProposalExpired),
        ["proposal.escalated"] = typeof(ProposalEscalated),
        ["proposal.returned"] = typeof(ProposalReturned),
        ["break-glass.reviewed"] = typeof(BreakGlassReviewed),
        ["break-glass.escalated"] = typeof(BreakGlassEscalated),
        ["redraft.requested"] = typeof(RedraftRequested),
        ["execution.started"] = typeof(ExecutionStarted),
        ["step.started"] = typeof(StepStarted),
        ["step.finished"] = typeof(StepFinished),
        ["execution.finished"] = typeof(ExecutionFinished),
        ["undo.started"] = typeof(UndoStarted),
        ["undo.finished"] = typeof(UndoFinished),
        ["card.sending"] = typeof(CardSending),
        ["card.posted"] = typeof(CardPosted),
        ["card.updated"] = typeof(CardUpdated),
        ["notice.sending"] = typeof(NoticeSending),
        ["role.assigned"] = typeof(RoleAssigned),
        ["channel.linked"] = typeof(ChannelLinked),
        ["channel.unlinked"] = typeof(ChannelUnlinked),
        ["absence.set"] = typeof(AbsenceSet),
        ["absence.ended"] = typeof(AbsenceEnded),
        ["freeze.set"] = typeof(FreezeSet),
        ["freeze.lifted"] = typeof(FreezeLifted),
        ["switch.thrown"] = typeof(SwitchThrown),
        ["switch.lifted"] = typeof(SwitchLifted),
        ["webhook.receipts"] = typeof(WebhookReceipts),
        ["connection.expected"] = typeof(ConnectionExpected),
        ["connection.silent"] = typeof(ConnectionSilent),
        ["connection.heard"] = typeof(ConnectionHeard),
        ["poll.advanced"] = typeof(PollAdvanced),
        ["change.out-of-band"] = typeof(OutOfBandChange),
        ["message.sent"] = typeof(MessageSent),
        ["digest.sending"] = typeof(DigestSending),
        ["erasure.requested"] = typeof(ErasureRequested),
        ["erasure.approved"] = typeof(ErasureApproved),
        [ErasureCompleted.StoredName] = typeof(ErasureCompleted),
        ["key.rotated"] = typeof(KeyRotated),
        ["ledger.heartbeat"] = typeof(LedgerHeartbeat),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<Type, string> ByType = ByName.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);

    private static readonly FrozenDictionary<Type, SealingPlan> Plans = ByType.Keys.ToFrozenDictionary(static type => type, SealingPlan.Read);

    /// <summary>Writes members in the canonical order (RFC 8785), so that little is left to sort.</summary>
    private static readonly JsonSerializerOptions Written = new(FactJson.Default.Options)
    {
        TypeInfoResolver = FactJson.Default.WithAddedModifier(static type =>
        {
            foreach (var (order, property) in type.Properties.OrderBy(static property => property.Name, StringComparer.Ordinal).Index())
                property.Order = order;
        }),
    };

    /// <summary>Every stored name that this version knows.</summary>
    internal static IEnumerable<string> Names => ByName.Keys;

    internal static SealingPlan PlanOf(Fact fact) => Plans[fact.GetType()];

    /// <summary>What of this type is sealed; null when this version does not know the type.</summary>
    internal static SealingPlan? PlanOf(string type) => ByName.TryGetValue(type, out var clrType) ? Plans[clrType] : null;

    public static string NameOf(Fact fact) => ByType.TryGetValue(fact.GetType(), out var name)
        ? name
        : throw new ArgumentException($"{fact.GetType().Name} has no stored type name; add it to {nameof(FactTypes)}.", nameof(fact));

    /// <summary>The fact's data as JSON, camel case, absent when null.</summary>
    public static byte[] Serialize(Fact fact) => JsonSerializer.SerializeToUtf8Bytes(fact, Written.GetTypeInfo(fact.GetType()));

    /// <summary>Reads stored data; unknown type names become <see cref="UnknownFact"/>, unknown members are ignored.</summary>
    public static Fact Deserialize(string type, ReadOnlySpan<byte> data)
    {
        if (ByName.TryGetValue(type, out var clrType))
            return (Fact)(JsonSerializer.Deserialize(data, clrType, FactJson.Default) ?? throw new JsonException($"'{type}' has no data."));
        var reader = new Utf8JsonReader(data);
        return new UnknownFact(JsonElement.ParseValue(ref reader));
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantJson)])]
[JsonSerializable(typeof(EventReceived))]
[JsonSerializable(typeof(IncidentOpened))]
[JsonSerializable(typeof(IncidentClosed))]
[JsonSerializable(typeof(IncidentReopened))]
[JsonSerializable(typeof(IncidentRaised))]
[JsonSerializable(typeof(RecommendationDrafted))]
[JsonSerializable(typeof(ProposalStaged))]
[JsonSerializable(typeof(ProposalDecided))]
[JsonSerializable(typeof(ProposalWithdrawn))]
[JsonSerializable(typeof(ProposalExpired))]
[JsonSerializable(typeof(ProposalEscalated))]
[JsonSerializable(typeof(ProposalReturned))]
[JsonSerializable(typeof(BreakGlassReviewed))]
[JsonSerializable(typeof(BreakGlassEscalated))]
[JsonSerializable(typeof(RedraftRequested))]
[JsonSerializable(typeof(ExecutionStarted))]
[JsonSerializable(typeof(StepStarted))]
[JsonSerializable(typeof(StepFinished))]
[JsonSerializable(typeof(ExecutionFinished))]
[JsonSerializable(typeof(UndoStarted))]
[JsonSerializable(typeof(UndoFinished))]
[JsonSerializable(typeof(CardSending))]
[JsonSerializable(typeof(CardPosted))]
[JsonSerializable(typeof(CardUpdated))]
[JsonSerializable(typeof(NoticeSending))]
[JsonSerializable(typeof(RoleAssigned))]
[JsonSerializable(typeof(ChannelLinked))]
[JsonSerializable(typeof(ChannelUnlinked))]
[JsonSerializable(typeof(AbsenceSet))]
[JsonSerializable(typeof(AbsenceEnded))]
[JsonSerializable(typeof(FreezeSet))]
[JsonSerializable(typeof(FreezeLifted))]
[JsonSerializable(typeof(SwitchThrown))]
[JsonSerializable(typeof(SwitchLifted))]
[JsonSerializable(typeof(WebhookReceipts))]
[JsonSerializable(typeof(ConnectionExpected))]
[JsonSerializable(typeof(ConnectionSilent))]
[JsonSerializable(typeof(ConnectionHeard))]
[JsonSerializable(typeof(PollAdvanced))]
[JsonSerializable(typeof(OutOfBandChange))]
[JsonSerializable(typeof(MessageSent))]
[JsonSerializable(typeof(DigestSending))]
[JsonSerializable(typeof(ErasureRequested))]
[JsonSerializable(typeof(ErasureApproved))]
[JsonSerializable(typeof(ErasureCompleted))]
[JsonSerializable(typeof(KeyRotated))]
[JsonSerializable(typeof(LedgerHeartbeat))]
[JsonSerializable(typeof(Plan))]
[JsonSerializable(typeof(Actor))]
internal sealed partial class FactJson : JsonSerializerContext;
