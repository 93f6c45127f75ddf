namespace DevOpsAI.Bot.Views;

/// <summary>What the card of a proposal shows of its subject, as its area says it. May hold outside text.</summary>
/// <param name="Title">What is asked for, as in <c>Loan of a notebook for Jo</c>.</param>
/// <param name="Effect">What happens once it is approved, one sentence.</param>
/// <param name="Facts">What an approver should know.</param>
public sealed record SubjectView(string Title, string Effect, IReadOnlyList<(string Name, string Value)> Facts);
