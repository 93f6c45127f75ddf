using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Drafting.Intelligence;
using DevOpsAI.Ledger;

namespace DevOpsAI.Drafting;

/// <summary>What was asked of a model, and what of it is used up.</summary>
internal static class DraftingFeature
{
    public static readonly Feature Instance = new("drafting")
    {
        Entries =
        [
            EntryType.Create(
                "model.asked", DraftingJson.Default.ModelAsked,
                "A language model was asked to draft a recommendation; question and answer are kept encrypted beside the entry.",
                "Model asked",
                line: static asked =>
                    $"{asked.Deployment}, {asked.PromptTokens + asked.AnswerTokens} tokens, {asked.DurationMs} ms, {asked.Finish}: "
                    + (asked.Problem ?? "usable")),
        ],
        Streams = ["model"],
        Slices = [StateSlice.Create<ModelUse>("model-use", [typeof(ModelAsked)])],
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantJson)])]
[JsonSerializable(typeof(ModelAsked))]
internal sealed partial class DraftingJson : JsonSerializerContext;
