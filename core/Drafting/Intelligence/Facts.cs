using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>What became of an answer.</summary>
[JsonConverter(typeof(CamelCaseEnum<ModelVerdict>))]
public enum ModelVerdict
{
    /// <summary>It passed every wall.</summary>
    Valid,

    /// <summary>It was no answer of the schema, or named what was not offered.</summary>
    Invalid,

    /// <summary>There was none.</summary>
    NoAnswer,
}

/// <summary>
/// <c>model.asked</c> on <c>model/{incident}</c>: a model was asked to draft, or its answer to the same question was still there.
/// </summary>
/// <param name="Revision">Of the recommendation that it was asked for.</param>
/// <param name="Attempt">1, or 2 where the first answer could not be used.</param>
/// <param name="Deployment">As the settings name it.</param>
/// <param name="Model">As the service names it; null where it did not answer.</param>
/// <param name="PromptDigest">Hex SHA-256 of all that was sent; it holds random numbers of this call, so nobody can guess at it.</param>
/// <param name="Prompt">What was sent, word for word.</param>
/// <param name="Answer">What came back, word for word; null for nothing.</param>
/// <param name="PromptTokens">As the service counts; estimated where it did not answer.</param>
/// <param name="DurationMs">Milliseconds.</param>
/// <param name="Finish">As in <c>stop</c>, <c>length</c>, <c>timeout</c>, <c>filtered</c>.</param>
/// <param name="Problem">Why it could not be used, in our words; null where it could.</param>
/// <param name="Cached">Nothing was sent: the answer was still there.</param>
/// <param name="CostMicros">Millionths of the currency of the settings; 0 without prices.</param>
public sealed record ModelAsked(
    IncidentId IncidentId,
    int Revision,
    int Attempt,
    string Deployment,
    string? Model,
    string PromptDigest,
    [property: Confidential] string Prompt,
    [property: Confidential] string? Answer,
    long PromptTokens,
    long AnswerTokens,
    long DurationMs,
    string Finish,
    ModelVerdict Verdict,
    string? Problem,
    bool Cached,
    long CostMicros,
    [property: Subject] string? Subject = null) : Fact;
