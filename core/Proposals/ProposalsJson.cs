using System.Text.Json.Serialization;
using DevOpsAI.Common;

namespace DevOpsAI.Proposals;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantJson)])]
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
internal sealed partial class ProposalsJson : JsonSerializerContext;
