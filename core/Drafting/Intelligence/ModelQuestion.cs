namespace DevOpsAI.Drafting.Intelligence;

/// <summary>What a model is asked.</summary>
/// <param name="Instructions">Ours, for the role that the model obeys.</param>
/// <param name="Material">One tenant's case, with outside text delimited in it.</param>
/// <param name="Schema">JSON schema that the answer has to fit, in the subset that strict structured output knows.</param>
/// <param name="MaxAnswerTokens">What is longer is cut off by the service, which then says <c>length</c>.</param>
public sealed record ModelQuestion(string Instructions, string Material, string Schema, int MaxAnswerTokens)
{
    /// <summary>The answer that could not be used, when it is asked a second time; null the first time.</summary>
    public string? Rejected { get; init; }

    /// <summary>What was wrong with <see cref="Rejected"/>, in our words.</summary>
    public string? Errors { get; init; }

    /// <summary>Everything that is sent, for its digest and its record.</summary>
    public string Everything => string.Join("\n\n", new[] { Instructions, Material, Rejected, Errors }.OfType<string>());
}
