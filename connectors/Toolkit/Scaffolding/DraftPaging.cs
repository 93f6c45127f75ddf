using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace DevOpsAI.Connectors.Toolkit.Scaffolding;

/// <summary>How a list comes in parts, as its parameters and its answer tell.</summary>
/// <param name="Query">What the request needs for it besides, as in <c>pageSize=100</c>; null for nothing.</param>
/// <param name="Line">The mapping under <c>paging</c>; null when the list comes in one.</param>
internal sealed record DraftPaging(string? Query, string? Line)
{
    private const int UsualSize = 100;
    private static readonly string[] Sizes = ["pageSize", "per_page", "limit", "max", "size", "count", "top", "$top", "sysparm_limit"];
    private static readonly string[] Cursors = ["cursor", "pageToken", "page_token", "continuationToken", "nextToken", "after"];
    private static readonly string[] NextCursors = ["nextCursor", "nextPageToken", "nextToken", "continuationToken", "cursor", "endCursor"];
    private static readonly string[] Links =
    [
        "next", "nextLink", "nextPageUrl", "nextPageLink", "nextUrl", "linksNext", "pagingNext", "paginationNext", "pageDetailsNextPageUrl",
    ];
    private static readonly string[] Offsets = ["offset", "skip", "start", "startIndex", "sysparm_offset"];
    private static readonly string[] Pages = ["page", "pageNumber", "page_no", "pageNo", "pageIndex"];

    public static DraftPaging For(ApiOperation list, ApiResource? resource)
    {
        var answer = ApiSchemas.Members(list.Answer);
        var size = Find(list, Sizes);
        var query = size is null ? null : $"{size.Name}={Size(size)}";
        if (ApiSchemas.FindPath(answer, Links) is { } link)
            return new(query, $"{{ style: nextLink, from: {link} }}");
        if (Find(list, Cursors) is { } cursor && ApiSchemas.FindPath(answer, NextCursors) is { } next)
            return new(query, $"{{ style: cursor, parameter: {ApiText.Quoted(cursor.Name!)}, from: {next} }}");
        if (size is null)
            return new(null, null);
        if (Find(list, Pages) is { } page)
        {
            var isFromZero = Number(page.Schema?.Default) == 0 || page.Schema?.Minimum == "0"
                || page.Name!.EndsWith("Index", StringComparison.Ordinal);
            var first = isFromZero ? ", first: 0" : "";
            return new(query, $"{{ style: number, parameter: {ApiText.Quoted(page.Name!)}{first}, size: {Size(size)} }}");
        }
        if (Find(list, Offsets) is { } offset)
            return new(query, $"{{ style: offset, parameter: {ApiText.Quoted(offset.Name!)}, size: {Size(size)} }}");
        if (Find(list, "after", "afterId", "lastId", "startAfter") is { } after
            && ApiSchemas.FindPath(resource?.Record ?? [], "id", "uid") is { } id)
            return new(query, $"{{ style: lastId, parameter: {ApiText.Quoted(after.Name!)}, from: {id}, size: {Size(size)} }}");
        return new(query, null);
    }

    /// <summary>Whether a parameter is one of those that say how much and from where.</summary>
    public static bool IsAbout(string parameter) => Sizes.Concat(Cursors).Concat(Offsets).Concat(Pages)
        .Any(one => one.Equals(parameter, StringComparison.OrdinalIgnoreCase));

    /// <summary>The first of some names that a parameter of the query goes by.</summary>
    public static IOpenApiParameter? Find(ApiOperation list, params string[] names) => names
        .Select(name => list.Query.FirstOrDefault(one => one.Name!.Equals(name, StringComparison.OrdinalIgnoreCase)))
        .FirstOrDefault(static one => one is not null);

    /// <summary>As many as the vendor gives at once, at most a usual number.</summary>
    private static int Size(IOpenApiParameter parameter)
    {
        var most = int.TryParse(parameter.Schema?.Maximum, NumberStyles.None, CultureInfo.InvariantCulture, out var maximum) && maximum > 0
            ? maximum
            : Number(parameter.Schema?.Default) ?? UsualSize;
        return most is > 0 and < UsualSize ? most : UsualSize;
    }

    private static int? Number(JsonNode? value) =>
        int.TryParse(value?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
