using System.Text.Json;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Protocol;

namespace DevOpsAI.Bot.Teams.Turns;

/// <summary>
/// What the bot does with the activities that reach it. One turn reaches one method, once: duplicates, edits and deletions do not.
/// The token given is the turn's own (it outlives the HTTP request and ends with the turn's deadline or the process). A throw is
/// logged, and the person is told with the turn's correlation id.
/// </summary>
public interface ITurnHandler
{
    /// <summary>
    /// Typed text in <see cref="TurnContext.Text"/>, or the data of an Action.Submit in <c>turn.Activity.Value</c>. Acts first, then
    /// answers by replying: with the reply Teams is told that the message was accepted, and a process that is killed after that must not
    /// have lost it.
    /// </summary>
    Task OnMessageAsync(TurnContext turn, CancellationToken cancellationToken);

    /// <summary>
    /// A button or a refresh. Teams waits for the answer: past the invoke budget the person is told that it is being worked on,
    /// the method goes on, and what it returns is kept for a redelivery of the same click and handed to <see cref="OnAnsweredLateAsync"/>.
    /// </summary>
    Task<InvokeResponse> OnCardActionAsync(TurnContext turn, CardAction action, CancellationToken cancellationToken);

    /// <summary>
    /// A dialog that a button asks for, or what was filled into one. As with <see cref="OnCardActionAsync"/> Teams waits for the answer:
    /// past the invoke budget the dialog says that it is being worked on, and what the method returns is handed to
    /// <see cref="OnDialogAnsweredLateAsync"/>.
    /// </summary>
    Task<DialogResponse> OnDialogAsync(TurnContext turn, DialogRequest request, CancellationToken cancellationToken) =>
        Task.FromResult<DialogResponse>(new DialogResponse.Message("There is no such dialog."));

    /// <summary>A reply was sent, or was not, or nobody can tell.</summary>
    Task OnRepliedAsync(TurnContext turn, OutgoingMessage message, SendOutcome outcome) => Task.CompletedTask;

    /// <summary>The app was installed here; told once per installation, though Teams tells us twice or more.</summary>
    Task OnInstalledAsync(TurnContext turn, CancellationToken cancellationToken);

    /// <summary>The app was removed: nothing can be sent here any more.</summary>
    Task OnRemovedAsync(TurnContext turn, CancellationToken cancellationToken);

    /// <summary>People joined or left.</summary>
    Task OnMembersChangedAsync(TurnContext turn, CancellationToken cancellationToken);

    /// <summary>
    /// A click was answered after its person had been told to wait: says by a message what they would have seen. Not called for refreshes.
    /// </summary>
    Task OnAnsweredLateAsync(TurnContext turn, CardAction action, InvokeResponse response, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <summary>
    /// What was filled in was answered after its dialog had said that it takes longer: says by a message what the dialog would have shown.
    /// Not called for a dialog that was only to be opened.
    /// </summary>
    Task OnDialogAnsweredLateAsync(TurnContext turn, DialogResponse response, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>A click on a card. All of it is untrusted: anyone who sees the card can send any of it.</summary>
/// <param name="Data">The action's data with the inputs merged in (as strings); undefined when there is none.</param>
/// <param name="ReplyToId">The message that carries the card.</param>
/// <param name="IsAutomatic">A refresh by the client rather than a person's click: must change nothing.</param>
public sealed record CardAction(string Verb, JsonElement Data, string? ReplyToId, bool IsAutomatic)
{
    /// <summary>The answer does not take the place of the card that was clicked but is a message of its own.</summary>
    public bool AnswersWithCopy { get; init; }
}
