using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DevOpsAI.Connections;
using Microsoft.OpenApi;

namespace DevOpsAI.Connectors.Toolkit.Scaffolding;

/// <summary>The arguments of an action, from the schemas of its path, query and body.</summary>
internal sealed class DraftArguments
{
    private const int MaxOptional = 6;
    private const int MaxDepth = 3;
    private readonly List<Argument> all = [];
    private int optional;

    private sealed record Argument(string Name, string Title, string Pattern, bool IsRequired);

    /// <summary>Members that no argument was made of, as they are told to whoever completes the manifest.</summary>
    public List<string> LeftOut { get; } = [];

    public bool Any => all.Count > 0;

    /// <summary>A regular expression for one word.</summary>
    public static string Escape(string word) => Regex.Escape(word).Replace("]", @"\]", StringComparison.Ordinal);

    /// <summary>A place to fill with an argument; null when there are too many optional ones already.</summary>
    public string? Add(string name, IOpenApiSchema? schema, bool isRequired, bool inBody = false)
    {
        if (!isRequired && ++optional > MaxOptional)
        {
            LeftOut.Add(name);
            return null;
        }
        var own = ApiText.Camel(name);
        for (var twin = 2; all.Exists(one => one.Name == own) || own == "target"; twin++)
            own = $"{ApiText.Camel(name)}{twin}";
        var title = ApiText.Line(schema?.Title ?? schema?.Description, 60) is { Length: > 0 } said ? said : ApiText.Line(name, 60);
        all.Add(new(own, title, Pattern(schema, isInPath: !inBody && isRequired), isRequired));
        return $"{{$argument.{own}{(inBody ? Filter(schema) : "")}}}";
    }

    /// <summary>The lines of <c>arguments</c>; none when there are none.</summary>
    public YamlDraft Write(int depth)
    {
        var draft = new YamlDraft();
        if (all.Count == 0)
            return draft;
        draft.Line(depth, "arguments:");
        foreach (var one in all)
        {
            draft.Line(
                depth + 1,
                $"{one.Name}: {{ title: {ApiText.Quoted(one.Title)}, pattern: {ApiText.Quoted(one.Pattern)}"
                + $"{(one.IsRequired ? "" : ", optional: true")} }}");
        }
        return draft;
    }

    /// <summary>The command that the card shows: every argument has its place in it.</summary>
    public string Command(string what)
    {
        var places = all.Select(static one => one.IsRequired ? $" -{one.Name} {{{one.Name}}}" : $"{{{one.Name}? -{one.Name} }}");
        return $"{what} on {{target}}{string.Concat(places)}";
    }

    /// <summary>The body as a manifest writes it, in one line; null when nothing is to be sent.</summary>
    public string? Body(IOpenApiSchema? schema) => schema is null ? null : Part(schema, "value", isRequired: true, MaxDepth);

    private string? Part(IOpenApiSchema schema, string name, bool isRequired, int depth)
    {
        if (ApiSchemas.Constant(schema) is JsonValue constant && isRequired)
            return constant.ToJsonString();
        if (ApiSchemas.IsList(schema))
        {
            var item = isRequired && depth > 0 && schema.Items is { } items ? Part(items, name, true, depth - 1) : null;
            return item is null ? Skip(name) : $"[{item}]";
        }
        var members = ApiSchemas.Members(schema).Where(static member => !member.Schema.ReadOnly).ToList();
        if (members.Count == 0)
            return ApiSchemas.IsScalar(schema) && Add(name, schema, isRequired, inBody: true) is { } place ? ApiText.Quoted(place) : null;
        if (depth == 0 || (!isRequired && depth < MaxDepth))
            return Skip(name);
        // What must be there comes first, so that the places for the rest are what is left.
        var parts = members.OrderByDescending(static member => member.IsRequired)
            .Select(member => (member.Name, Value: Part(member.Schema, member.Name, member.IsRequired, depth - 1)))
            .Where(static part => part.Value is not null)
            .Select(static part => $"{ApiText.Quoted(part.Name)}: {part.Value}").ToList();
        return parts.Count == 0 ? null : $"{{ {string.Join(", ", parts)} }}";
    }

    private string? Skip(string name)
    {
        LeftOut.Add(ApiText.Line(name, 40));
        return null;
    }

    private static string Filter(IOpenApiSchema? schema) => (schema?.Type & ~JsonSchemaType.Null) switch
    {
        JsonSchemaType.Integer or JsonSchemaType.Number => " | number",
        JsonSchemaType.Boolean => " | flag",
        _ => "",
    };

    private static string Pattern(IOpenApiSchema? schema, bool isInPath)
    {
        if (schema is not null && ApiSchemas.Words(schema) is { Count: > 0 } words)
            return string.Join('|', words.Select(Escape));
        var pattern = (schema?.Type & ~JsonSchemaType.Null) switch
        {
            JsonSchemaType.Integer => "-?[0-9]{1,18}",
            JsonSchemaType.Number => @"-?[0-9]{1,18}(\.[0-9]{1,9})?",
            JsonSchemaType.Boolean => "true|false",
            _ => null,
        };
        if (pattern is not null)
            return pattern;
        if (schema?.Pattern is { Length: > 0 } own && Own(own) is { } usable)
            return usable;
        return isInPath ? "[A-Za-z0-9][A-Za-z0-9 _.@:-]{0,99}" : @"[^\r\n{}]{1,200}";
    }

    /// <summary>
    /// The description's own pattern, which may stand anywhere in a text unless it says otherwise; null when it cannot be used.
    /// </summary>
    private static string? Own(string pattern)
    {
        if (!pattern.StartsWith('^') || !pattern.EndsWith('$') || pattern.EndsWith(@"\$", StringComparison.Ordinal))
            return null;
        try
        {
            return new WholeMatch(pattern[1..^1]).Pattern;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
