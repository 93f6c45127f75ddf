using System.Text.Json;
using System.Text.Json.Nodes;

namespace DevOpsAI.LocalTeams.People;

/// <summary>Finds a button on a card and gathers what pressing it would send, as a client does.</summary>
internal static class CardActions
{
    /// <summary>An action and the inputs a client would send with it: those of its card and of the cards around it.</summary>
    internal sealed record Found(JsonObject Action, IReadOnlyList<JsonObject> Inputs);

    /// <param name="wanted">Verb or title of an <c>Action.Execute</c> or <c>Action.Submit</c>.</param>
    public static Found? Find(JsonElement card, Func<JsonObject, bool> wanted) =>
        JsonObject.Create(card) is { } root ? FindIn(root, [], wanted) : null;

    /// <summary>The action as it is sent: data with the inputs merged in, all of them strings, empty ones left out.</summary>
    /// <returns>Null action with a reason when a required input is empty.</returns>
    public static (JsonObject? Action, string? Missing) Press(Found found, IReadOnlyDictionary<string, string> typed)
    {
        var data = found.Action["data"] is JsonObject given ? given.DeepClone().AsObject() : [];
        var inputs = (string?)found.Action["associatedInputs"] is "none" or "None" ? [] : found.Inputs;
        foreach (var input in inputs)
        {
            if ((string?)input["id"] is not { } id)
                continue;
            var value = typed.TryGetValue(id, out var text) ? text : Default(input);
            if (!string.IsNullOrEmpty(value))
                data[id] = value;
            else if (input["isRequired"]?.GetValueKind() == JsonValueKind.True)
                return (null, (string?)input["errorMessage"] ?? $"{(string?)input["label"] ?? id} is required");
        }

        var action = new JsonObject();
        foreach (var name in (string[])["type", "id", "title", "verb"])
        {
            if (found.Action[name] is { } value)
                action[name] = value.DeepClone();
        }

        action["data"] = data;
        return (action, null);
    }

    /// <summary>An <c>Action.Submit</c> for which a client asks the bot for a dialog.</summary>
    public static bool OpensDialog(JsonObject action) => (string?)action["type"] == "Action.Submit"
        && action["data"] is JsonObject data && data["msteams"] is JsonObject teams
        && teams["type"] is JsonValue type && type.TryGetValue<string>(out var name) && name == "task/fetch";

    private static Found? FindIn(JsonObject card, IReadOnlyList<JsonObject> around, Func<JsonObject, bool> wanted)
    {
        var inputs = new List<JsonObject>(around);
        var actions = new List<JsonObject>();
        var inner = new List<JsonObject>();
        Collect(card, inputs, actions, inner, isRoot: true);
        return actions.Where(wanted).Select(action => new Found(action, inputs)).FirstOrDefault()
            ?? inner.Select(shown => FindIn(shown, inputs, wanted)).FirstOrDefault(found => found is not null);
    }

    private static void Collect(JsonNode? node, List<JsonObject> inputs, List<JsonObject> actions, List<JsonObject> inner,
        bool isRoot = false)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array)
                Collect(item, inputs, actions, inner);
            return;
        }

        if (node is not JsonObject json)
            return;
        var type = json["type"] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
        if (type == "AdaptiveCard" && !isRoot)
        {
            inner.Add(json);
            return;
        }

        if (type.StartsWith("Input.", StringComparison.Ordinal))
            inputs.Add(json);
        if (type is "Action.Execute" or "Action.Submit")
            actions.Add(json);
        foreach (var (name, child) in json)
        {
            if (name is not ("data" or "refresh" or "fallback"))
                Collect(child, inputs, actions, inner);
        }
    }

    private static string? Default(JsonObject input) => (string?)input["type"] == "Input.Toggle"
        ? (string?)input["value"] ?? (string?)input["valueOff"] ?? "false"
        : input["value"]?.ToString();
}
