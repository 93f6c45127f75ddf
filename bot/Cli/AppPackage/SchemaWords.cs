using System.Text.Json;

namespace DevOpsAI.Bot.Cli.AppPackage;

/// <summary>A rule of a schema that a value breaks.</summary>
/// <param name="Keyword">The rule, as in <c>maxLength</c>; empty where nothing at all may stand.</param>
/// <param name="Message">What the validator says of it.</param>
/// <param name="Schema">Where the rule stands.</param>
/// <param name="IsKey">The value's name is a path of the manifest.</param>
internal sealed record BrokenRule(string Keyword, string Message, JsonElement Value, JsonElement? Schema, bool IsKey)
{
    /// <summary>What the rule says, as text.</summary>
    public string Limit => Schema is { ValueKind: JsonValueKind.Object } schema && schema.TryGetProperty(Keyword, out var limit)
        ? limit.ToString()
        : "";

    public IEnumerable<string> Allowed => Schema is { ValueKind: JsonValueKind.Object } schema
        && schema.TryGetProperty(Keyword, out var list) && list.ValueKind == JsonValueKind.Array
        ? list.EnumerateArray().Select(static one => one.ToString()).Where(static one => one.Length > 0)
        : [];
}

/// <summary>Sentences about broken rules of the schema: what is wrong and what to do.</summary>
internal static class SchemaWords
{
    /// <summary>Patterns of the manifest's schema by what they are for.</summary>
    private static readonly (string Begins, string Words)[] Patterns =
    [
        ("^[0-9a-fA-F]{8}-", "is no GUID: write it as 8-4-4-4-12 hexadecimal digits."),
        ("^#[0-9a-fA-F]{6}", "is no colour: write it as #4F6BED."),
        ("^[Hh][Tt][Tt][Pp][Ss]://", "is no https address: write it as https://www.contoso.com/page."),
        ("^[Hh][Tt][Tt][Pp][Ss]?://", "is no web address: write it as https://www.contoso.com/page."),
        ("^[A-Za-z0-9]{1,8}(-", "is no language tag: write it as 'de' or 'en-us'."),
        ("^(?![nN][uU][lL]{2}$)", "says nothing: write the text in that language."),
    ];

    public static string For(BrokenRule rule) => rule.Keyword switch
    {
        "maxLength" => $"has {Length(rule.Value)} characters, and Teams takes {rule.Limit} at most: shorten it.",
        "minLength" => $"has {Length(rule.Value)} characters, and Teams wants {rule.Limit} at least: say more.",
        "maxItems" => $"has {Count(rule.Value)} entries, and Teams takes {rule.Limit} at most: leave out the others.",
        "minItems" => $"has {Count(rule.Value)} entries, and Teams wants {rule.Limit} at least: add what is missing.",
        "uniqueItems" => "says the same twice: leave it out once.",
        "enum" => $"is {Shown(rule.Value)}, which means nothing there: write one of {string.Join(", ", rule.Allowed)}.",
        "const" => $"is {Shown(rule.Value)}: write {rule.Limit}.",
        "type" => $"is {Kind(rule.Value)}: write {Wanted(rule.Limit)}.",
        "pattern" => ForPattern(rule),
        "" or "additionalProperties" => rule.IsKey
            ? "is nothing that a language file can say: leave it out, or correct the path."
            : "is nothing that this version of the manifest knows: leave it out, or correct its name.",
        _ => $"breaks the rule {rule.Keyword} of the schema: {rule.Message.TrimEnd('.')}. Correct it.",
    };

    private static string ForPattern(BrokenRule rule)
    {
        foreach (var (begins, words) in Patterns)
        {
            if (rule.Limit.StartsWith(begins, StringComparison.Ordinal))
                return words.StartsWith("says", StringComparison.Ordinal) ? words : $"is {Shown(rule.Value)}, which {words}";
        }
        return $"is {Shown(rule.Value)}: write it in the form {rule.Limit}.";
    }

    private static int Length(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()!.EnumerateRunes().Count() : 0;

    private static int Count(JsonElement value) => value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : 0;

    private static string Shown(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? Findings.Quoted(value.GetString()!) : Kind(value);

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        _ => "null",
    };

    private static string Wanted(string type) => type switch
    {
        "string" => "a text in quotation marks",
        "array" => "a list in brackets",
        "object" => "an object in braces",
        "boolean" => "true or false",
        "integer" or "number" => "a number",
        _ => type,
    };
}
