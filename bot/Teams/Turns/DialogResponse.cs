using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Protocol;

namespace DevOpsAI.Bot.Teams.Turns;

/// <summary>
/// What a dialog shows next, or that it closes: the body that answers <c>task/fetch</c> and <c>task/submit</c>, with HTTP status 200
/// in any case (<see href="https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots"/>).
/// </summary>
public abstract record DialogResponse
{
    private DialogResponse()
    {
    }

    /// <summary>Said in the conversation when the dialog has stopped waiting; null when what there is to say was sent already.</summary>
    public OutgoingMessage? Late { get; init; }

    /// <summary>A card to fill in, in place of what the dialog showed. Only its <c>Action.Submit</c> buttons work in a dialog.</summary>
    /// <param name="Title">Shown literally.</param>
    public sealed record Form(string Title, OutgoingJson Card) : DialogResponse;

    /// <summary>A sentence in place of what the dialog showed, shown literally; all that can be done then is to close it.</summary>
    public sealed record Message(string Text) : DialogResponse;

    /// <summary>The dialog closes.</summary>
    public sealed record Closed : DialogResponse;
}
