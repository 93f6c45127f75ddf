using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Manifests;

namespace DevOpsAI.Connectors.Toolkit.Conformance;

/// <summary>Documents as a vendor would have them, made backwards from what a manifest reads of them.</summary>
internal sealed class VendorDocuments(Manifest manifest, Connection connection)
{
    private readonly Dictionary<string, string> given = VendorCredentials.Given(manifest, connection);

    /// <summary>A record that is the client's and goes by a name.</summary>
    public JsonObject Record(TargetManifest target, string id, string name)
    {
        var record = new JsonObject();
        foreach (var one in target.Names)
            Fill(record, one, name);
        Fill(record, target.Id, id);
        Belong(record, target.Belongs);
        foreach (var action in manifest.Actions.Values.Where(one => one.Spec.TargetKind == target.Kind))
        {
            foreach (var required in action.Requires)
                Hold(record, required.When, given);
        }
        return record;
    }

    /// <summary>Makes a document another company's; false where nothing in it says whose it is.</summary>
    public bool Disown(JsonObject document, IReadOnlyList<WhereRule> belongs)
    {
        var rule = belongs.FirstOrDefault(static one => one.Operator != WhereOperator.NotEqual && one.Left.FirstPath is not null);
        if (rule is null)
            return false;
        var other = rule.Right.Text(new(default, given)) + "9";
        Set(document, rule.Left.FirstPath!, rule.Operator == WhereOperator.Has ? new JsonArray(other) : JsonValue.Create(other));
        // Whatever else may say it instead says so too.
        foreach (var path in rule.Left.Paths.SelectMany(static one => one).Skip(1))
            Remove(document, path);
        return true;
    }

    /// <summary>What a lookup looks for.</summary>
    public static JsonObject Item(LookupRule lookup, IReadOnlyDictionary<string, string> known)
    {
        var item = new JsonObject();
        foreach (var template in lookup.Let.Values)
            Fill(item, template, "4711");
        Hold(item, lookup.Where, known);
        return item;
    }

    /// <summary>What the vendor keeps of an operation of ours.</summary>
    /// <param name="known">What it was sent with.</param>
    public JsonObject Operation(ReconcileRule rule, IReadOnlyDictionary<string, string> known)
    {
        var record = new JsonObject();
        Hold(record, rule.Where, known);
        Belong(record, rule.Belongs);
        return record;
    }

    /// <summary>An event of the client's, in its place in a delivery.</summary>
    public JsonObject Event(EventRule rule, string id, string device, bool isEnd)
    {
        var item = new JsonObject();
        Fill(item, rule.Title, "It is not well");
        Fill(item, rule.Description, "It was well before");
        Fill(item, rule.At, "2026-12-01T04:00:00Z");
        Fill(item, rule.Kind, "DiskFull");
        Fill(item, rule.Severity?.Of, rule.Severity?.Map.Keys.FirstOrDefault() ?? "warning");
        Fill(item, rule.Device, device);
        Fill(item, rule.Key, id);
        Fill(item, rule.Id, id);
        if (rule.Status is { } status)
            Fill(item, status.Of, Word(status, isEnd) ?? "open");
        if (isEnd)
            Hold(item, rule.ResolvedWhen, given);
        if (rule.Each is null)
            Hold(item, rule.When, given);
        Belong(item, rule.Belongs);
        return item;
    }

    /// <summary>Whether the beginning and the end of an event can be told apart at all.</summary>
    public static bool HasEnd(EventRule rule) =>
        rule.ResolvedWhen.Count > 0 || (rule.Status is { } status && Word(status, isEnd: true) is not null);

    /// <summary>As it is delivered: alone, or as the only one of a list.</summary>
    public JsonNode Delivery(EventRule rule, IReadOnlyList<JsonObject> items)
    {
        if (rule.Each is not { } each)
            return items[0].DeepClone();
        var list = new JsonArray([.. items.Select(static one => one.DeepClone())]);
        if (each.ToString() == "$")
            return list;
        var root = new JsonObject();
        Hold(root, rule.When, given);
        Set(root, each.ToString(), list);
        return root;
    }

    /// <summary>A delivery that names a record and no more.</summary>
    public JsonObject Hint(EventRule rule, RereadRule reread, string id)
    {
        var hint = new JsonObject();
        foreach (var template in reread.Let.Values)
            Fill(hint, template, id);
        Hold(hint, rule.When, given);
        return hint;
    }

    public static string? Text(ValueTemplate template, JsonObject document) => template.Text(
        new(JsonSerializer.SerializeToElement(document, ConformanceJson.Default.JsonObject), new Dictionary<string, string>()));

    /// <summary>Puts a value at a path, making what is not there on the way.</summary>
    public static void Set(JsonObject root, string path, JsonNode? value)
    {
        JsonNode at = root;
        var steps = Steps(path);
        for (var n = 0; n < steps.Count - 1; n++)
            at = Child(at, steps[n]) ?? Put(at, steps[n], int.TryParse(steps[n + 1], out _) ? new JsonArray() : new JsonObject());
        Put(at, steps[^1], value);
    }

    public static void Remove(JsonObject root, string path)
    {
        JsonNode? at = root;
        var steps = Steps(path);
        foreach (var step in steps.Take(steps.Count - 1))
            at = at is null ? null : Child(at, step);
        if (at is JsonObject members)
            members.Remove(steps[^1]);
    }

    private static string? Word(ValueRule status, bool isEnd)
    {
        var ours = isEnd ? "resolved" : "firing";
        if (status.Map.Count == 0)
            return ours;
        var theirs = status.Map.FirstOrDefault(one => one.Value == ours).Key;
        return theirs ?? (status.Otherwise == ours ? "something-else" : null);
    }

    private void Belong(JsonObject document, IReadOnlyList<WhereRule> rules) => Hold(document, rules, given);

    private static void Hold(JsonObject document, IReadOnlyList<WhereRule> rules, IReadOnlyDictionary<string, string> known)
    {
        foreach (var rule in rules)
        {
            if (rule.Left.FirstPath is not { } path || path == "$")
                continue;
            var right = rule.Right.Text(new(default, known)) ?? "";
            if (rule.Operator == WhereOperator.Has)
                Set(document, path, new JsonArray(right));
            else if (rule.Operator == WhereOperator.Equal)
                Write(document, path, rule.Left, right);
            else if (Text(rule.Left, document) is null)
                Set(document, path, JsonValue.Create($"not {right}"));
        }
    }

    /// <summary>The text of which the template makes what is wanted: that itself, or a longer one that ends in it.</summary>
    private static void Write(JsonObject document, string path, ValueTemplate template, string wanted)
    {
        foreach (var text in (string[])[$"It was seen ({wanted})", $"It was seen [{wanted}]", wanted])
        {
            Set(document, path, JsonValue.Create(text));
            if (text.Equals(wanted, StringComparison.Ordinal) || Text(template, document) == wanted)
                return;
        }
    }

    private static void Fill(JsonObject document, ValueTemplate? template, string value)
    {
        foreach (var paths in template?.Paths ?? [])
        {
            if (paths[0] != "$")
                Set(document, paths[0], JsonValue.Create(value));
        }
    }

    private static List<string> Steps(string path) =>
        [.. path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)
            .Split('.', StringSplitOptions.RemoveEmptyEntries)];

    private static JsonNode? Child(JsonNode at, string step) => at switch
    {
        JsonObject members => members[step] is JsonObject or JsonArray ? members[step] : null,
        JsonArray list when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n < list.Count => list[n],
        _ => null,
    };

    private static JsonNode Put(JsonNode at, string step, JsonNode? value)
    {
        if (at is JsonObject members)
            members[step] = value;
        else if (at is JsonArray list)
            list.Add(value);
        return value!;
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
[System.Text.Json.Serialization.JsonSerializable(typeof(ConformanceFinding))]
internal sealed partial class ConformanceJson : System.Text.Json.Serialization.JsonSerializerContext;
