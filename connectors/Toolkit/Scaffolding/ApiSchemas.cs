using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace DevOpsAI.Connectors.Toolkit.Scaffolding;

/// <summary>A member of a document that a schema describes.</summary>
internal sealed record ApiMember(string Name, IOpenApiSchema Schema, bool IsRequired);

/// <summary>A scalar anywhere in a document but in its lists.</summary>
/// <param name="Names">From the outside to the scalar's own.</param>
internal sealed record ApiPlace(IReadOnlyList<string> Names, IOpenApiSchema Schema)
{
    /// <summary>As a manifest writes it.</summary>
    public string Path => string.Join('.', Names);
}

/// <summary>What a schema says of a document, as far as a manifest can use it.</summary>
internal static class ApiSchemas
{
    private const int MaxDepth = 8;
    private const int MaxPlaceDepth = 4;

    /// <summary>The members of an object, with those that it takes from others; none when it is no object.</summary>
    public static IReadOnlyList<ApiMember> Members(IOpenApiSchema? schema) =>
        [.. Collect(schema, MaxDepth).DistinctBy(static one => one.Name)];

    /// <summary>Whether a path of a manifest can lead there.</summary>
    public static bool CanBePath(string name) =>
        name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '$');

    public static bool Is(IOpenApiSchema? schema, JsonSchemaType type) =>
        schema is not null && (schema.Type & ~JsonSchemaType.Null) == type;

    /// <summary>Whether it is a text, a number or a flag. Where the description gives no type it is one unless it has parts.</summary>
    public static bool IsScalar(IOpenApiSchema schema) =>
        (schema.Type & ~JsonSchemaType.Null) switch
        {
            JsonSchemaType.String or JsonSchemaType.Integer or JsonSchemaType.Number or JsonSchemaType.Boolean => true,
            null => Members(schema).Count == 0 && schema.Items is null,
            _ => false,
        };

    /// <summary>Whether the description does not say what is there.</summary>
    public static bool IsSilent(IOpenApiSchema? schema) => schema is null || (!IsList(schema) && Members(schema).Count == 0);

    public static bool IsList(IOpenApiSchema? schema) => schema is { Items: not null } || Is(schema, JsonSchemaType.Array);

    /// <summary>The one value it may have; null when there are several.</summary>
    public static JsonNode? Constant(IOpenApiSchema schema)
    {
        if (schema.Const is { } constant)
            return JsonValue.Create(constant);
        return schema.Enum is [{ } only] ? only : null;
    }

    /// <summary>The words it may be; empty when it may be any.</summary>
    public static IReadOnlyList<string> Words(IOpenApiSchema schema) =>
        [.. (schema.Enum ?? []).OfType<JsonValue>().Select(static one => one.ToString()).Where(static one => one.Length > 0)];

    /// <summary>The first of some names that a member goes by, whatever its case, in the description's spelling.</summary>
    public static ApiMember? Named(IReadOnlyList<ApiMember> members, params IEnumerable<string> names) => names
        .Select(name => members.FirstOrDefault(one => Plain(one.Name) == Plain(name) && CanBePath(one.Name)))
        .FirstOrDefault(static one => one is not null);

    /// <summary>
    /// Where a scalar with one of some names is, as a path of a manifest: among the members, else one level below; null when nowhere.
    /// </summary>
    public static string? FindPath(IReadOnlyList<ApiMember> members, params string[] names)
    {
        var scalars = members.Where(static one => IsScalar(one.Schema)).ToList();
        if (Named(scalars, names) is { } direct)
            return direct.Name;
        foreach (var outer in members.Where(static one => CanBePath(one.Name) && !IsScalar(one.Schema) && !IsList(one.Schema)))
        {
            // As in device.name: the outer name and the inner one together are what is looked for.
            List<ApiMember> inner = [.. Members(outer.Schema).Where(static one => IsScalar(one.Schema))];
            var found = names
                .Select(name => inner.FirstOrDefault(one => Plain(outer.Name + one.Name) == Plain(name) && CanBePath(one.Name)))
                .FirstOrDefault(static one => one is not null);
            if (found is not null)
                return $"{outer.Name}.{found.Name}";
        }
        return null;
    }

    /// <summary>Every scalar of a document that is in no list, those outside first.</summary>
    public static IEnumerable<ApiPlace> Places(IOpenApiSchema? schema)
    {
        List<ApiPlace> level = [.. Members(schema).Select(static one => new ApiPlace([one.Name], one.Schema))];
        for (var depth = 0; depth < MaxPlaceDepth && level.Count > 0; depth++)
        {
            foreach (var place in level.Where(static one => IsScalar(one.Schema)))
                yield return place;
            level =
            [
                .. level.Where(static one => CanBePath(one.Names[^1]) && !IsScalar(one.Schema) && !IsList(one.Schema))
                    .SelectMany(static one => Members(one.Schema).Select(inner => new ApiPlace([.. one.Names, inner.Name], inner.Schema))),
            ];
        }
    }

    /// <summary>A name without case and signs.</summary>
    public static string Plain(string name) =>
        string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    private static IEnumerable<ApiMember> Collect(IOpenApiSchema? schema, int depth)
    {
        if (schema is null || depth == 0)
            yield break;
        foreach (var (name, member) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
            yield return new(name, member, schema.Required?.Contains(name) == true);
        // Of several that it may be, the first stands for all.
        foreach (var part in (schema.AllOf ?? []).Concat((schema.OneOf ?? []).Take(1)).Concat((schema.AnyOf ?? []).Take(1)))
        {
            foreach (var member in Collect(part, depth - 1))
                yield return member;
        }
    }
}
