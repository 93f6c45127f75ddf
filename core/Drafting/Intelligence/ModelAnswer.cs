using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>What a model has to answer. Nothing of it is trusted: not the words, not the names, not the numbers.</summary>
/// <param name="Evidence">Statements, each with the reference of what supports it.</param>
/// <param name="Plan">Steps of the catalog that was offered; none where nothing should be done.</param>
/// <param name="WouldChange">What would change its mind.</param>
internal sealed record ModelAnswer(
    string Summary,
    string LikelyCause,
    IReadOnlyList<ModelEvidence> Evidence,
    IReadOnlyList<ModelStep> Plan,
    IReadOnlyList<string> Alternatives,
    string Risk,
    IReadOnlyList<string> RiskNotes,
    IReadOnlyList<string> WouldChange);

/// <param name="Ref">As it stood in the material: <c>e12</c>, <c>o3</c>, <c>p1</c>.</param>
internal sealed record ModelEvidence(string Ref, string Says);

internal sealed record ModelStep(string Action, IReadOnlyList<ModelArgument> Arguments, string Why);

internal sealed record ModelArgument(string Name, string Value);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ModelAnswer))]
internal sealed partial class ModelAnswerJson : JsonSerializerContext;
