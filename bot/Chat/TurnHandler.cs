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

/// <summary>Typed words and pressed buttons become requests, outcomes become cards. Whoever Entra does not know gets nothing.</summary>
internal sealed class TurnHandler(
    SwitchBanner banner, Questions questions, Lookups lookups, Orders orders, AbsenceOrders absences, CardClicks clicks, Visibility visibility, ITenantDirectory tenants, TenantStates states, IAccess access, ILedger ledger, ILogger<TurnHandler> logger)
    : ITurnHandler
{
    private const string NotKnown = "refused, nobody that Entra knows";
    private const int RelinkTries = 5;

    public async Task OnMessageAsync(TurnContext turn, CancellationToken cancellationToken)
    {
        // Of other channels of the team it says nothing: one of them may be deleted.
        await RelinkAsync(turn, channel => channel.ConversationId == turn.Conversation.ChannelId, cancellationToken);
        var isClick = turn.Activity.Value is { ValueKind: JsonValueKind.Object };
        if (!isClick && !turn.IsAddressed)
            return;
        if (turn.Person is null)
            logger.CommandGiven(turn.Mri, isClick ? "a click" : "something", NotKnown);
        var answer = turn.Person is not { } person ? Reply.Notice(Sentences.NobodyKnown)
            : turn.Activity.Value is { ValueKind: JsonValueKind.Object } data ? await SubmittedAsync(turn, data, cancellationToken)
            : await AnswerAsync(turn, person, cancellationToken);
        await turn.ReplyAsync(answer, cancellationToken);
    }

    public async Task<InvokeResponse> OnCardActionAsync(TurnContext turn, CardAction action, CancellationToken cancellationToken)
    {
        if (turn.Person is not { } person)
        {
            logger.Pressed(turn.Mri, action.Verb, "a card", NotKnown, turn.Correlation);
            return InvokeResponse.Message(Sentences.NobodyKnown);
        }
        try
        {
            if (!action.IsAutomatic && action.Verb is Verb.Show or Verb.Pending)
                return await FromListAsync(turn, person, action, cancellationToken);
            // A refresh by the client shows and never does, whatever verb it carries.
            return await clicks.PressAsync(turn, person, action.IsAutomatic ? action with { Verb = Verb.View } : action, cancellationToken);
        }
        catch (LedgerUnavailableException exception)
        {
            logger.RecordUnavailable(exception);
            return InvokeResponse.Error(500, "RecordUnavailable", $"{WhyNotRecorded(exception)} Correlation id {turn.Correlation}");
        }
    }

    /// <summary>A button of the list of what waits: another page of it, or one of its incidents as a message of its own.</summary>
    private async Task<InvokeResponse> FromListAsync(TurnContext turn, Person person, CardAction action, CancellationToken cancellationToken)
    {
        if (action.Verb == Verb.Pending)
        {
            var (client, page) = ClickData.ReadPage(action.Data);
            var pending = await questions.PendingAsync(turn, person, client, page, cancellationToken);
            return (await banner.OnTopAsync(pending, turn, person, cancellationToken)).Card is { } list
                ? InvokeResponse.Card(list) : InvokeResponse.Message("That list cannot be shown any more. Say pending for the current one.");
        }
        if (ClickData.Read(action.Data) is not { } data)
            return InvokeResponse.Error(400, "BadRequest", "This button names no incident. Say pending for the cards that are current.");
        await turn.ReplyAsync(await questions.ShowAsync(turn, person, data.IncidentId, null, cancellationToken), cancellationToken);
        return InvokeResponse.Message($"{data.IncidentId} is answered below.");
    }

    public async Task OnInstalledAsync(TurnContext turn, CancellationToken cancellationToken)
    {
        await RelinkAsync(turn, channel => IsIn(channel, turn.Conversation), cancellationToken);
        await turn.ReplyAsync(Reply.Card(MessageCards.Welcome(turn.Conversation.Kind != "personal", access.EverybodyIsAdministrator)), cancellationToken);
    }

    /// <summary>Conversations that were lost are heard of again, so Teams delivers there: the links that a person had set come back.</summary>
    private async Task RelinkAsync(TurnContext turn, Func<ChannelRef, bool> isThere, CancellationToken cancellationToken)
    {
        foreach (var tenant in tenants.All)
        {
            for (var attempt = 0; attempt < RelinkTries; attempt++)
            {
                if (await states.FindAsync(tenant.Id, cancellationToken) is not { LostChannels.IsEmpty: false } state)
                    break;
                var lost = state.LostChannels.Values.Where(link => isThere(link.Channel)).ToList();
                if (lost.Count == 0)
                    break;
                var entries = lost.Select(link => new NewEntry(StreamId.Channels, Actor.Service("teams"), turn.Correlation, link)).ToList();
                if (await ledger.AppendAsync(tenant.Id, [state.VersionOf(StreamId.Channels)], entries, cancellationToken) is AppendResult.Conflict)
                    continue;
                foreach (var link in lost)
                    logger.Relinked(link.Channel.ConversationId, tenant.Id);
                break;
            }
        }
    }

    public async Task OnRemovedAsync(TurnContext turn, CancellationToken cancellationToken)
    {
        foreach (var tenant in tenants.All)
        {
            // What is posted for a tenant that cannot be read now finds out by itself that the conversation is gone.
            if (await states.FindAsync(tenant.Id, cancellationToken) is not { } state)
                continue;
            foreach (var link in state.Channels.Values.Where(link => IsIn(link.Channel, turn.Conversation)))
            {
                var unlinked = new ChannelUnlinked(link.Channel.ConversationId, "The app was removed there.") { Lost = true };
                await ledger.AppendAsync(tenant.Id, [], [new(StreamId.Channels, Actor.Service("teams"), turn.Correlation, unlinked)], cancellationToken);
                logger.Removed(link.Channel.ConversationId, tenant.Id);
            }
        }
    }

    public Task OnMembersChangedAsync(TurnContext turn, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task OnAnsweredLateAsync(TurnContext turn, CardAction action, InvokeResponse response, CancellationToken cancellationToken)
    {
        if (response.IsTold)
            return Task.CompletedTask;
        var data = ClickData.Read(action.Data);
        var said = response.Notice ?? response.Value as string ?? (response.Value as InvokeError)?.Message ?? "it took too long to show. Please press the button again.";
        var about = data is null ? "about your click" : $"about your click on {data.IncidentId}";
        // Only whoever may see the incident gets a card of it, and with it a notice.
        var evidence = response.Notice is null ? null : new Evidence(data!.Tenant, "answer", data.IncidentId);
        return turn.ReplyAsync(Reply.Notice($"{CardText.Name(turn.Person?.Name ?? "You there", 60)}, {about}: {said}") with { Evidence = evidence }, cancellationToken);
    }

    /// <summary>What was told of a client goes on its ledger. Nothing is taken back when it cannot: the person has the answer.</summary>
    public async Task OnRepliedAsync(TurnContext turn, OutgoingMessage message, SendOutcome outcome)
    {
        if (message.Evidence is not { } evidence)
            return;
        var sent = new MessageSent(
            evidence.Purpose, evidence.IncidentId, turn.Conversation.ChannelId, (outcome as SendOutcome.Sent)?.ActivityId, message.ContentHash(), outcome.ForRecord());
        try
        {
            await ledger.AppendAsync(
                evidence.Tenant, [], [new(StreamId.Message(turn.Conversation.ChannelId), Actor.Service("teams"), turn.Correlation, sent)], CancellationToken.None);
        }
        catch (LedgerUnavailableException exception)
        {
            logger.MessageNotRecorded(evidence.Purpose, exception);
        }
    }

    private static string WhyNotRecorded(LedgerUnavailableException unavailable) => unavailable switch
    {
        TenantLockedException locked => Sentences.Locked(locked),
        ClockJumpedException => Sentences.ClockJumped,
        _ => Sentences.NotRecorded,
    };

    /// <summary>Removing the app from a team removes it from every channel of the team.</summary>
    private static bool IsIn(ChannelRef channel, ConversationRef removed) =>
        channel.ConversationId == removed.ChannelId || (removed.TeamId is { } team && channel.TeamId == team);

    private async Task<OutgoingMessage> AnswerAsync(TurnContext turn, Person person, CancellationToken cancellationToken)
    {
        try
        {
            var command = CommandParser.Parse(
                turn.Text, await visibility.PoliteNamesAsync(person, cancellationToken), await visibility.PrefixesAsync(person, cancellationToken));
            var answer = await banner.OnTopAsync(await AnswerAsync(command, turn, person, cancellationToken), turn, person, cancellationToken);
            logger.CommandGiven(person.ObjectId, command.GetType().Name, answer.Refused is { } why ? $"refused, {why}" : "answered");
            return answer;
        }
        catch (LedgerUnavailableException exception)
        {
            logger.RecordUnavailable(exception);
            return Reply.Notice(WhyNotRecorded(exception), correlation: turn.Correlation);
        }
    }

    private async Task<OutgoingMessage> AnswerAsync(Command command, TurnContext turn, Person person, CancellationToken cancellationToken) => command switch
    {
        Command.Help => Reply.Card(MessageCards.Help(access.EverybodyIsAdministrator)),
        Command.WhoAmI => await questions.WhoAmIAsync(turn, person, cancellationToken),
        Command.Pending pending => await questions.PendingAsync(turn, person, pending.Client, 0, cancellationToken),
        Command.Checkpoint checkpoint => await questions.CheckpointAsync(turn, person, checkpoint.Client, cancellationToken),
        Command.Digest digest => await questions.DigestAsync(turn, person, digest.Client, digest.Last, cancellationToken),
        Command.Show show => await questions.ShowAsync(turn, person, show.IncidentId, null, cancellationToken),
        Command.DecideInWords words => await questions.DecideInWordsAsync(turn, person, words.IncidentId, cancellationToken),
        Command.IsFrozen frozen => await questions.IsFrozenAsync(turn, person, frozen.Client, cancellationToken),
        Command.Happened happened => await lookups.HappenedAsync(turn, person, happened, cancellationToken),
        Command.ByItself byItself => await lookups.ByItselfAsync(turn, person, byItself, cancellationToken),
        Command.WhoDecided who => await questions.WhyAsync(turn, person, who.IncidentId, cancellationToken),
        Command.WhoCan who => await questions.WhoCanAsync(turn, person, who.IncidentId, cancellationToken),
        Command.Why why => await questions.WhyAsync(turn, person, why.IncidentId, cancellationToken),
        Command.Undo undo => await orders.UndoAsync(turn, person, undo.IncidentId, cancellationToken),
        Command.Redraft redraft => await orders.RedraftAsync(turn, person, redraft.IncidentId, cancellationToken),
        Command.Link link => await orders.LinkAsync(turn, person, link, cancellationToken),
        Command.Unlink => await orders.UnlinkAsync(turn, person, cancellationToken),
        Command.Freeze freeze => await orders.FreezeAsync(turn, person, freeze.Words, cancellationToken),
        Command.Unfreeze unfreeze => await orders.UnfreezeAsync(turn, person, unfreeze.Words, cancellationToken),
        Command.Assign assign => await orders.AssignAsync(turn, person, assign, cancellationToken),
        Command.Absent absent => await absences.SetAsync(turn, person, absent, cancellationToken),
        Command.Back back => await absences.EndAsync(turn, person, back, cancellationToken),
        Command.Erase erase => await orders.EraseAsync(turn, person, erase.Words, cancellationToken),
        Command.Incomplete incomplete => Reply.Notice(incomplete.Problem, detail: incomplete.Usage),
        Command.UnknownQuestion asked => Reply.Card(MessageCards.NotKnown($"I cannot answer “{CardText.Plain(asked.Said, 120)}”.")),
        Command.Unknown unknown => Reply.Card(MessageCards.NotUnderstood(unknown.Said, unknown.Nearest)),
        _ => Reply.Card(MessageCards.Help(access.EverybodyIsAdministrator)),
    };

    /// <summary>A click in a client too old for Action.Execute; the answer can only be a message, and so a copy of the card beside the living one.</summary>
    private async Task<OutgoingMessage> SubmittedAsync(TurnContext turn, JsonElement data, CancellationToken cancellationToken)
    {
        var read = ClickData.Read(data);
        var verb = ClickData.IsPage(data) ? Verb.Pending : read?.Inputs.GetValueOrDefault("verb") ?? "";
        var response = await OnCardActionAsync(turn, new(verb, data, turn.Activity.ReplyToId, IsAutomatic: false) { AnswersWithCopy = true }, cancellationToken);
        return response.Value switch
        {
            OutgoingJson card when read is null => Reply.Card(card),
            OutgoingJson card => Reply.Card(card) with { Evidence = new(read!.Tenant, verb == Verb.Why ? "trail" : "copy", read.IncidentId) },
            string sentence => Reply.Notice(sentence),
            InvokeError error => Reply.Notice(error.Message),
            _ => Reply.Notice("That button did nothing."),
        };
    }
}
