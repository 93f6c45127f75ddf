using System.ComponentModel.DataAnnotations;
using DevOpsAI.Common;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>
/// Section <c>Intelligence</c>: the model that drafts. Without <see cref="Endpoint"/> there is none, and runbooks draft alone.
/// </summary>
public sealed class IntelligenceOptions
{
    /// <summary>
    /// The Azure OpenAI resource, as in <c>https://contoso.openai.azure.com/</c>; or the base address of another service that speaks
    /// OpenAI's protocol, which ends with <c>/v1</c>. https; http on loopback only.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Name of the deployment; elsewhere of the model.</summary>
    [RegularExpression("[A-Za-z0-9][A-Za-z0-9._-]{0,63}", ErrorMessage = "Intelligence:Deployment: letters, digits, '.', '_' and '-', at "
        + "most 64.")]
    public string? Deployment { get; set; }

    /// <summary>The key, as a reference such as <c>env:NAME</c>; null where <see cref="Identity"/> is set.</summary>
    public string? ApiKey { get; set; }

    /// <summary><c>managed</c> or <c>workload</c>: the identity of the machine that signs in to Entra in place of a key.</summary>
    public string? Identity { get; set; }

    /// <summary>Client id of a user-assigned managed identity; null for the system-assigned one.</summary>
    public string? IdentityClientId { get; set; }

    /// <summary>How long a draft waits for the model, a second try included; then the runbook's draft is taken.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Questions that may be under way at once.</summary>
    [Range(1, 64)]
    public int MaxCalls { get; set; } = 4;

    /// <summary>Tokens that one answer may have.</summary>
    [Range(256, 16_000)]
    public int MaxAnswerTokens { get; set; } = 1_500;

    /// <summary>Tokens that one tenant may use in a day (UTC), questions and answers together.</summary>
    [Range(0, 1_000_000_000)]
    public long DailyTokens { get; set; } = 200_000;

    /// <summary>What a million tokens of questions cost, in the currency of <see cref="DailyCost"/>.</summary>
    [Range(0, 100_000)]
    public decimal PromptPrice { get; set; }

    /// <summary>What a million tokens of answers cost.</summary>
    [Range(0, 100_000)]
    public decimal AnswerPrice { get; set; }

    /// <summary>What one tenant may cost in a day (UTC); null for what <see cref="DailyTokens"/> allow.</summary>
    [Range(0, 1_000_000)]
    public decimal? DailyCost { get; set; }

    /// <summary>There is a model.</summary>
    internal bool IsConfigured => Endpoint is not null;

    /// <summary>What was used, in millionths of the currency.</summary>
    internal long GetCostMicros(long promptTokens, long answerTokens) =>
        (long)decimal.Ceiling((promptTokens * PromptPrice) + (answerTokens * AnswerPrice));

    internal SecretReference? Key => string.IsNullOrWhiteSpace(ApiKey) ? null : new(ApiKey);
}
