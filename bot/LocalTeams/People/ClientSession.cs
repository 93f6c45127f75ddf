using System.Text.Json;
using System.Text.Json.Nodes;

namespace DevOpsAI.LocalTeams.People;

/// <summary>A card as one person sees it.</summary>
/// <param name="Source"><c>message</c> (what everybody has), <c>click</c> or <c>refresh</c>.</param>
/// <param name="CanRefresh">The card has a refresh action, for the message's menu.</param>
/// <param name="Look">Grows with each look at a message by a person, so that an answer that was overtaken on its way is not shown over a
/// later one.</param>
internal sealed record SeenCard(JsonElement? Card, string Source, int Version, bool CanRefresh, long Look);

/// <summary>What people do: type, edit, click, look.</summary>
internal sealed class ClientSession(MessageStore store, ChangeFeed changes, CardViews views, Activities activities, BotClient bot,
    TimeProvider clock)
{
    /// <summary>In one look, of a card that is edited while the bot is asked for it.</summary>
    private const int MostRefreshes = 3;

    private long looks;

    /// <summary>Shows the message and delivers it, if it is for the bot, waiting for the bot's answer.</summary>
    /// <returns>The message, its <see cref="Message.Trouble"/> set when the bot did not take it; null when the thread does not
    /// exist.</returns>
    public async Task<Message?> SayAsync(LocalUser person, Address address, string text, CancellationToken cancellationToken)
    {
        if (address.Root is not null && store.Find(address.Place.Id, address.Root) is null)
            return null;
        var message = Write(person, address, text);
        return await DeliverAsync(person, message, cancellationToken);
    }

    /// <summary>Stores and shows a message without delivering it.</summary>
    public Message Write(LocalUser person, Address address, string text)
    {
        var message = store.Add((id, now) =>
        {
            var thread = address.Place.Kind == PlaceKind.Channel ? address with { Root = address.Root ?? id } : address;
            return new Message(id, thread.Place.Id, thread.Root, thread.ConversationId, person.Id, now, text, "plain");
        });
        changes.Publish("message", message.Conversation, message);
        return message;
    }

    /// <summary>Delivers a stored message under its own id; doing so again is what Teams does too.</summary>
    public async Task<Message> DeliverAsync(LocalUser person, Message message, CancellationToken cancellationToken)
    {
        if (!IsForBot(message))
            return message;
        var result = await bot.DeliverAsync(activities.Typed(person, message, message.Text!), cancellationToken);
        return Trouble(message, result);
    }

    /// <returns>Null when it is not this person's message.</returns>
    public async Task<Message?> EditAsync(LocalUser person, Address address, string id, string text, CancellationToken cancellationToken)
    {
        if (store.Find(address.Place.Id, id) is not { } found || found.From != person.Id)
            return null;
        var now = clock.GetUtcNow();
        var message = store.Change(found.Place, id, m => m with { Text = text, Version = m.Version + 1, EditedAt = now })!;
        changes.Publish("message", message.Conversation, message);
        if (!IsForBot(message))
            return message;
        var result = await bot.DeliverAsync(activities.Edited(person, message, text), cancellationToken);
        return Trouble(message, result);
    }

    /// <param name="wanted">Which action of the card that the person sees.</param>
    /// <returns>Null when the card has no such action.</returns>
    public async Task<InvokeOutcome?> ClickAsync(
        LocalUser person, Message message, Func<JsonObject, bool> wanted, IReadOnlyDictionary<string, string> inputs,
        CancellationToken cancellationToken)
    {
        var shown = views.For(person, message)?.Card ?? message.Card;
        if (shown is null || CardActions.Find(shown.Value, wanted) is not { } found)
            return null;
        var (action, missing) = CardActions.Press(found, inputs);
        return action is null ? InvokeOutcome.Incomplete(missing!) : await SendAsync(person, message, action, cancellationToken);
    }

    /// <summary>Sends an action as given, which need not be one that the card has.</summary>
    public async Task<InvokeOutcome> SendAsync(LocalUser person, Message message, JsonObject action, CancellationToken cancellationToken)
    {
        if (CardActions.OpensDialog(action))
        {
            var fetch = activities.Dialog(person, message, "task/fetch", action["data"]);
            return ShownDialog.Read(await bot.DeliverAsync(fetch, cancellationToken), isOpen: false);
        }
        if ((string?)action["type"] == "Action.Submit")
            return InvokeOutcome.OfSubmit(await bot.DeliverAsync(activities.Submit(person, message, action["data"]), cancellationToken));
        return await InvokeAsync(person, message, action, "manual", cancellationToken);
    }

    /// <summary>Sends what was filled into a dialog that a button of the message has opened.</summary>
    public async Task<InvokeOutcome> SubmitDialogAsync(
        LocalUser person, Message message, JsonObject data, CancellationToken cancellationToken)
    {
        var submit = activities.Dialog(person, message, "task/submit", data);
        return ShownDialog.Read(await bot.DeliverAsync(submit, cancellationToken), isOpen: true);
    }

    /// <summary>The card as this person sees it now, asking the bot first when its refresh is due.</summary>
    /// <param name="now">True refreshes even if it is not due or not automatic: the menu's "Refresh card".</param>
    public async Task<SeenCard> LookAsync(LocalUser person, Message message, bool now, CancellationToken cancellationToken)
    {
        var turnstile = views.Turnstile(person, message);
        await turnstile.WaitAsync(cancellationToken);
        try
        {
            message = Newest(message);
            var shown = views.For(person, message)?.Card ?? message.Card;
            var action = now && shown is not null ? CardViews.RefreshAction(shown.Value) : views.Due(person, message);
            var trigger = now ? "manual" : "automatic";
            for (var attempt = 0; action is not null && attempt < MostRefreshes; attempt++)
            {
                var asked = message.Version;
                await InvokeAsync(person, message, JsonObject.Create(action.Value)!, trigger, cancellationToken);
                message = Newest(message);
                if (message.Version == asked)
                    break;
                // Edited while the bot was asked: the answer belongs to what was there before.
                (action, trigger) = (views.Due(person, message), "automatic");
            }
            return Seen(person, message);
        }
        finally
        {
            turnstile.Release();
        }
    }

    private Message Newest(Message message) => store.Find(message.Place, message.Id) ?? message;

    private SeenCard Seen(LocalUser person, Message message)
    {
        var view = views.For(person, message);
        var card = view?.Card ?? message.Card;
        return new SeenCard(card, view?.Source ?? "message", message.Version,
            card is not null && CardViews.RefreshAction(card.Value) is not null, Interlocked.Increment(ref looks));
    }

    private async Task<InvokeOutcome> InvokeAsync(
        LocalUser person, Message seen, JsonObject action, string trigger, CancellationToken cancellationToken)
    {
        var result = await bot.DeliverAsync(activities.Invoke(person, seen, action, trigger), cancellationToken);
        var outcome = InvokeOutcome.OfInvoke(result);
        if (outcome.Card is not null)
        {
            views.Show(person, seen, outcome.Card.Value, trigger == "manual" ? "click" : "refresh");
            changes.Publish("view", seen.Conversation, store.Find(seen.Place, seen.Id), person.Id);
        }

        return outcome;
    }

    private Message Trouble(Message message, BotResponse result)
    {
        var trouble = result switch
        {
            { IsSuccess: true } => null,
            { Status: { } status } => $"The bot answered {status}.",
            _ => "The bot could not be reached.",
        };
        if (trouble == message.Trouble)
            return message;
        var changed = store.Change(message.Place, message.Id, m => m with { Trouble = trouble })!;
        changes.Publish("message", changed.Conversation, changed);
        return changed;
    }

    private static bool IsForBot(Message message) =>
        Address.Find(message.Conversation)!.Place.Kind == PlaceKind.Personal || Activities.Mentions(message.Text!);
}
