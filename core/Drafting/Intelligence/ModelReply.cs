namespace DevOpsAI.Drafting.Intelligence;

/// <summary>How a question to a model ended.</summary>
public abstract record ModelReply
{
    private ModelReply() { }

    /// <param name="Text">What it wrote, unread.</param>
    /// <param name="Model">The model as the service names it: outside text.</param>
    /// <param name="FinishReason">As in <c>stop</c>; <c>length</c> where the text was cut off.</param>
    public sealed record Answered(string Text, string Model, string FinishReason, int PromptTokens, int AnswerTokens) : ModelReply;

    /// <param name="Detail">For the log: without secrets and without the prompt.</param>
    public sealed record Failed(ModelFailure Why, string Detail) : ModelReply;
}
