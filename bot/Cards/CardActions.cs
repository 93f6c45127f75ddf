using DevOpsAI.Bot.Teams.Protocol;

namespace DevOpsAI.Bot.Cards;

/// <summary>The verbs that buttons send. Whatever comes with them is untrusted.</summary>
public static class Verb
{
    public const string Approve = "approve";
    public const string ApproveEdited = "approveEdited";
    public const string Reject = "reject";
    public const string Snooze = "snooze";
    public const string Details = "details";
    public const string Undo = "undo";
    public const string Handled = "handled";
    public const string Redraft = "redraft";
    public const string BreakGlass = "breakGlass";
    public const string Confirm = "confirm";
    public const string Object = "object";

    /// <summary>The incident's card as this person should see it now: the refresh, and the way back from details.</summary>
    public const string View = "view";

    /// <summary>A page of the audit trail.</summary>
    public const string Why = "why";

    /// <summary>Brings an incident's card into the conversation, beside the list that it was chosen from.</summary>
    public const string Show = "show";

    /// <summary>A page of what waits.</summary>
    public const string Pending = "pending";

    /// <summary>Opens the dialog for a connection, and what was filled into it.</summary>
    public const string Connect = "connect";
}

/// <summary>Ids of the inputs that come back with a click.</summary>
public static class InputId
{
    public const string Reason = "reason";
    public const string EditReason = "editReason";
    public const string Note = "note";
    public const string SnoozeFor = "for";
    /// <summary><c>true</c> when the deadline of what is snoozed may pass meanwhile.</summary>
    public const string PastDeadline = "past";
    public const string Emergency = "emergency";
    public const string Objection = "objection";

    /// <summary>Followed by <c>{step}.{argument}</c>.</summary>
    public const string EditPrefix = "edit:";
}

/// <summary>Actions and inputs. Every title is ours.</summary>
internal static class CardActions
{
    /// <summary>A button that calls the bot; old clients send the same data as a message.</summary>
    public static OutgoingJson Execute(string title, string verb, OutgoingJson data, string? style = null)
    {
        var sent = data.With("verb", verb);
        var button = new OutgoingJson { ["type"] = "Action.Execute", ["title"] = title, ["verb"] = verb, ["data"] = sent };
        CardElements.Put(button, "style", style);
        button["fallback"] = new OutgoingJson { ["type"] = "Action.Submit", ["title"] = title, ["data"] = sent };
        return button;
    }

    /// <summary>
    /// A button that opens a dialog, which the bot is asked for; a client without dialogs sends the same data as a message.
    /// </summary>
    public static OutgoingJson OpenDialog(string title, string verb, OutgoingJson data, string? style = null) =>
        Submit(title, verb, data.With("msteams", new OutgoingJson { ["type"] = "task/fetch" }), style);

    /// <summary>A button inside a dialog.</summary>
    public static OutgoingJson Submit(string title, string verb, OutgoingJson data, string? style = null)
    {
        var button = new OutgoingJson { ["type"] = "Action.Submit", ["title"] = title, ["data"] = data.With("verb", verb) };
        CardElements.Put(button, "style", style);
        return button;
    }

    public static OutgoingJson ShowCard(string title, IEnumerable<OutgoingJson> body, OutgoingJson action) => new()
    {
        ["type"] = "Action.ShowCard",
        ["title"] = title,
        ["card"] = new OutgoingJson { ["type"] = "AdaptiveCard", ["version"] = Card.Version, ["body"] = body.ToList(),
            ["actions"] = new[] { action } },
    };

    /// <param name="address">Proven by <see cref="Views.LinkHosts"/>.</param>
    public static OutgoingJson OpenUrl(string title, Uri address) => new()
    {
        ["type"] = "Action.OpenUrl", ["title"] = title, ["url"] = address.AbsoluteUri,
    };

    public static OutgoingJson Toggle(string title, string id) => new()
    {
        ["type"] = "Action.ToggleVisibility", ["title"] = title, ["targetElements"] = new[] { id },
    };

    public static OutgoingJson Toggle(string id, string title, string value) => new()
    {
        ["type"] = "Input.Toggle", ["id"] = id, ["title"] = title, ["valueOn"] = value, ["valueOff"] = "false", ["value"] = "false",
    };

    /// <summary>
    /// A line or more of text. <paramref name="value"/> may be outside text; the label is ours unless escaped by the caller.
    /// </summary>
    public static OutgoingJson Input(string id, string label, int maxLength, bool required, bool multiline = false, string? value = null,
        string? pattern = null)
    {
        var input = new OutgoingJson { ["type"] = "Input.Text", ["id"] = id, ["label"] = label, ["maxLength"] = maxLength };
        if (multiline)
            input["isMultiline"] = true;
        if (required)
            input["isRequired"] = true;
        if (required || pattern is not null)
            input["errorMessage"] = pattern is null ? "This is needed." : "This value is not allowed here.";
        CardElements.Put(input, "value", value);
        CardElements.Put(input, "regex", pattern);
        return input;
    }

    public static OutgoingJson Choice(string id, string label, string chosen, params ReadOnlySpan<(string Title, string Value)> choices)
    {
        var all = new List<OutgoingJson>(choices.Length);
        foreach (var (title, value) in choices)
            all.Add(new OutgoingJson { ["title"] = title, ["value"] = value });
        return new() { ["type"] = "Input.ChoiceSet", ["id"] = id, ["label"] = label, ["value"] = chosen, ["isRequired"] = true,
            ["choices"] = all };
    }
    /// <summary>Any number of choices, none among them; they come back with commas between them.</summary>
    public static OutgoingJson Choices(
        string id, string label, IEnumerable<string> chosen, IEnumerable<(string Title, string Value)> choices) => new()
    {
        ["type"] = "Input.ChoiceSet", ["id"] = id, ["label"] = label, ["value"] = string.Join(',', chosen), ["isMultiSelect"] = true,
        ["wrap"] = true,
        ["choices"] = choices.Select(static choice => new OutgoingJson { ["title"] = choice.Title, ["value"] = choice.Value }).ToList(),
    };
}
