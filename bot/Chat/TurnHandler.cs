using System.Text.Json;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Completeness;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>What reaches the bot from Teams is given to whom it concerns. Whoever Entra does not know gets nothing.</summary>
internal sealed class TurnHandler(
    ChatAnswers results, CardClicks clicks, AnswerClicks answered, ConversationLinks links, IAccess access, ILedger ledger,
    AdministratorCode code, ILogger<TurnHandler> logger)
    : ITurnHandler
{
    private const string CodeRead =
        "Others read this conversation, so the code for the first administrator that stood in it is good no more. Start the bot again and "
        + "send me the new one in a personal chat.";

    private const string NotKnown = "refused, nobody that Entra knows";

    public async Task OnMessageAsync(TurnContext turn, CancellationToken cancellationToken)
    {
        await links.HeardAsync(turn, cancellationToken);
        if (!turn.Conversation.IsPersonal && await IsCodeVoidedAsync(turn, cancellationToken))
        {
            await turn.ReplyAsync(Reply.Notice(CodeRead), cancellationToken);
            return;
        }
        var isClick = turn.Activity.Value is { ValueKind: JsonValueKind.Object };
        if (!isClick && !turn.IsAddressed)
            return;
        if (turn.Person is null)
            logger.CommandGiven(turn.Mri, isClick ? "a click" : "something", NotKnown);
        await turn.ReplyAsync(await AnswerAsync(turn, cancellationToken), cancellationToken);
    }

    public async Task<InvokeResponse> OnCardActionAsync(TurnContext turn, CardAction action, CancellationToken cancellationToken)
    {
        if (turn.Person is not { } person)
        {
            logger.Pressed(turn.Mri, action.Verb, "a card", NotKnown, turn.Correlation);
            return InvokeResponse.Message(UserMessages.NobodyKnown);
        }
        try
        {
            if (!action.IsAutomatic && AnswerClicks.Handles(action.Verb))
                return await answered.PressAsync(results.GetTurn(turn, person), action, cancellationToken);
            // A refresh by the client shows and never does, whatever verb it carries.
            return await clicks.PressAsync(turn, person, action.IsAutomatic ? action with { Verb = Verb.View } : action, cancellationToken);
        }
        catch (LedgerUnavailableException exception)
        {
            logger.RecordUnavailable(exception);
            return InvokeResponse.Error(
                500, "RecordUnavailable", $"{UserMessages.GetReason(exception)} Correlation id {turn.Correlation}");
        }
    }

    public async Task<DialogResponse> OnDialogAsync(TurnContext turn, DialogRequest request, CancellationToken cancellationToken)
    {
        if (turn.Person is not { } person)
        {
            logger.Pressed(turn.Mri, request.IsFilledIn ? "submit" : "open", "a dialog", NotKnown, turn.Correlation);
            return new DialogResponse.Message(UserMessages.NobodyKnown);
        }
        try
        {
            return await answered.DialogAsync(results.GetTurn(turn, person), request, cancellationToken);
        }
        catch (LedgerUnavailableException exception)
        {
            logger.RecordUnavailable(exception);
            var said = $"{UserMessages.GetReason(exception)} Correlation id {turn.Correlation}";
            return new DialogResponse.Message(said) { Late = Reply.Notice(said) };
        }
    }

    public async Task OnInstalledAsync(TurnContext turn, CancellationToken cancellationToken)
    {
        await links.InstalledAsync(turn, cancellationToken);
        await turn.ReplyAsync(
            Reply.Card(MessageCards.Welcome(!turn.Conversation.IsPersonal, access.EverybodyIsAdministrator)), cancellationToken);
    }

    public Task OnRemovedAsync(TurnContext turn, CancellationToken cancellationToken) => links.RemovedAsync(turn, cancellationToken);

    public Task OnMembersChangedAsync(TurnContext turn, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task OnAnsweredLateAsync(TurnContext turn, CardAction action, InvokeResponse response, CancellationToken cancellationToken)
    {
        if (response.IsTold)
            return Task.CompletedTask;
        var data = ClickData.Read(action.Data);
        var said = response.Notice ?? response.Value as string ?? (response.Value as InvokeError)?.Message
            ?? "it took too long to show. Please press the button again.";
        var about = data is null ? "about your click" : $"about your click on {CardText.Name(data.Subject.ToString(), 80)}";
        // Only whoever may see the incident gets a card of it, and with it a notice.
        var evidence = response.Notice is null ? null : new Evidence(data!.Tenant, "answer", data.Subject);
        return turn.ReplyAsync(
            Reply.Notice($"{CardText.Name(turn.Person?.Name ?? "You there", 60)}, {about}: {said}") with { Evidence = evidence },
            cancellationToken);
    }

    public Task OnDialogAnsweredLateAsync(TurnContext turn, DialogResponse response, CancellationToken cancellationToken) =>
        response.Late is { } late ? turn.ReplyAsync(late, cancellationToken) : Task.CompletedTask;

    /// <summary>What was told of a client goes on its ledger. Nothing is taken back when it cannot: the person has the answer.</summary>
    public async Task OnRepliedAsync(TurnContext turn, OutgoingMessage message, SendOutcome outcome)
    {
        if (message.Evidence is not { } evidence)
            return;
        var sent = new MessageSent(
            evidence.Purpose, evidence.About, turn.Conversation.ChannelId, (outcome as SendOutcome.Sent)?.ActivityId,
            message.ContentHash(), outcome.ForRecord());
        try
        {
            await ledger.AppendAsync(
                evidence.Tenant, [], [new(StreamId.Message(turn.Conversation.ChannelId), Actor.Service("teams"), turn.Correlation, sent)],
                CancellationToken.None);
        }
        catch (LedgerUnavailableException exception)
        {
            logger.MessageNotRecorded(evidence.Purpose, exception);
        }
    }

    /// <summary>Whoever wrote it, and whether or not it was meant for the bot.</summary>
    private async Task<bool> IsCodeVoidedAsync(TurnContext turn, CancellationToken cancellationToken)
    {
        try
        {
            return await code.VoidIfSaidAsync(turn.Text, cancellationToken);
        }
        catch (LedgerUnavailableException exception)
        {
            logger.RecordUnavailable(exception);
            return false;
        }
    }

    private async Task<OutgoingMessage> AnswerAsync(TurnContext turn, CancellationToken cancellationToken)
    {
        if (turn.Person is not { } person)
            return Reply.Notice(UserMessages.NobodyKnown);
        return turn.Activity.Value is { ValueKind: JsonValueKind.Object } data
            ? await SubmittedAsync(turn, data, cancellationToken)
            : await results.AnswerAsync(results.GetTurn(turn, person), cancellationToken);
    }

    /// <summary>
    /// A click in a client too old for Action.Execute; the answer can only be a message, and so a copy of the card beside the living one.
    /// </summary>
    private async Task<OutgoingMessage> SubmittedAsync(TurnContext turn, JsonElement data, CancellationToken cancellationToken)
    {
        var read = ClickData.Read(data);
        var verb = (read?.Inputs ?? ClickData.ReadValues(data))?.GetValueOrDefault("verb") ?? "";
        var response = await OnCardActionAsync(
            turn, new(verb, data, turn.Activity.ReplyToId, IsAutomatic: false) { AnswersWithCopy = true }, cancellationToken);
        return response.Value switch
        {
            OutgoingJson card when read is null => Reply.Card(card),
            OutgoingJson card =>
                Reply.Card(card) with { Evidence = new(read!.Tenant, verb == Verb.Why ? "trail" : "copy", read.Subject) },
            string message => Reply.Notice(message),
            InvokeError error => Reply.Notice(error.Message),
            _ => Reply.Notice("That button did nothing."),
        };
    }
}
