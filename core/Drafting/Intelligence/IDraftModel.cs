namespace DevOpsAI.Drafting.Intelligence;

/// <summary>
/// A language model that drafts. It gets one tenant's material and answers text, which is data: whoever asked holds it against the walls
/// of drafting before any of it counts. There is none unless one is configured.
/// </summary>
public interface IDraftModel
{
    /// <summary>The deployment as the settings name it: letters, digits, <c>. _ -</c>.</summary>
    string Deployment { get; }

    /// <summary>
    /// Asks once. Trouble is an answer and not an exception; only cancellation is thrown. Waiting that the service asks for is waited for
    /// only as far as the token leaves room.
    /// </summary>
    Task<ModelReply> AskAsync(ModelQuestion question, CancellationToken cancellationToken);
}
