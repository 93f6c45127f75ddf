using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace DevOpsAI.Connectors.Toolkit.Scaffolding;

/// <summary>How a list comes in parts, as its parameters and its answer tell.</summary>
/// <param name="Query">What the request needs for it besides, as in <c>pageSize=100</c>; null for nothing.</param>
/// <param name="Line">The mapping under <c>paging</c>; null when none was found.</param>
/// <param name="Decide">What is left to decide about it; null for nothing.</param>
internal sealed record DraftPaging(string? Query, string? Line, string? Decide)
{
    private const int UsualSize = 100;

    private static readonly string[] Sizes =
        ["pageSize", "perPage", "limit", "max", "maxResults", "maxPageSize", "size", "count", "top", "sysparmLimit", "recordsPerPage"];

    private static readonly string[] Cursors =
    [
        "cursor", "pageCursor", "pageToken", "nextPageToken", "nextCursor", "continuationToken", "continuation", "nextToken", "after",
        "pageAfter", "startingAfter", "marker",
    ];

    private static readonly string[] Offsets = ["offset", "skip", "start", "startIndex", "startAt", "sysparmOffset", "pageOffset"];
    private static readonly string[] Pages = ["page", "pageNumber", "pageNo", "pageIndex", "pageNum", "currentPage"];
    private static readonly string[] LastIds = ["after", "afterId", "lastId", "startAfter", "startingAfter", "sinceId"];

    /// <summary>Members that can only be the next cursor.</summary>
    private static readonly string[] NextCursors =
    [
        "nextCursor", "nextPageToken", "nextPageCursor", "nextToken", "continuationToken", "endCursor", "nextMarker", "cursorsAfter",
        "cursorsNext", "cursorNext", "nextContinuationToken",
    ];

    /// <summary>Members that are the next cursor where there is a parameter for one.</summary>
    private static readonly string[] PerhapsCursors = ["cursor", "after", "next", "token", "marker", "continuation", "nextPage"];

    /// <summary>Members that can only be the address of the next part.</summary>
    private static readonly string[] NextLinks =
        ["nextLink", "nextPageUrl", "nextPageLink", "nextUrl", "nextUri", "nextHref", "linksNext", "linkNext"];

    /// <summary>Members that tell of more parts in whatever way.</summary>
    private static readonly string[] Hints =
    [
        "totalPages", "pageCount", "lastPage", "hasMore", "hasNext", "hasNextPage", "moreAvailable", "nextPage", "next", "more",
        "odataNextLink",
    ];

    public static DraftPaging For(ApiOperation list, ApiResource? resource)
    {
        List<ApiPlace> places = [.. ApiSchemas.Places(list.Answer).Where(static one => ApiSchemas.CanBePath(one.Names[^1]))];
        var size = Find(list, Sizes);
        var query = size is null ? null : $"{Escaped(size.Name!)}={Size(size)}";
        return Found(list, places, size, resource, query)
            ?? new(query, null, Hint(list, places, size) is { } hint ? $"how the list goes on after its first part: {hint}" : null);
    }

    private static DraftPaging? Found(
        ApiOperation list, List<ApiPlace> places, IOpenApiParameter? size, ApiResource? resource, string? query)
    {
        if (Named(places, NextLinks) is { } link)
            return new(query, $"{{ style: nextLink, from: {link.Path} }}", null);
        if (Find(list, Cursors) is { } cursor)
        {
            if (places.Find(one => Is(one, [cursor.Name!])) is { } same)
                return ByCursor(cursor, same, null);
            if (Named(places, NextCursors) is { } next)
                return ByCursor(cursor, next, null);
            if (Named(places, PerhapsCursors) is { } perhaps)
                return ByCursor(cursor, perhaps, $"whether {perhaps.Path} is what {ApiText.Line(cursor.Name, 40)} is to be next");
        }
        if (Find(list, Pages) is { } page)
        {
            var isFromZero = Number(page.Schema?.Default) == 0 || page.Schema?.Minimum == "0"
                || page.Name!.EndsWith("Index", StringComparison.Ordinal);
            return Counted("number", page, isFromZero ? ", first: 0" : "");
        }
        if (Find(list, Offsets) is { } offset)
            return Counted("offset", offset, "");
        if (places.Find(static one => one.Names[^1].Equals("next", StringComparison.OrdinalIgnoreCase)) is { } address)
            return new(
                query, $"{{ style: nextLink, from: {address.Path} }}",
                IsAddress(address) ? null : $"whether {address.Path} is an address");
        if (Find(list, LastIds) is { } after && ApiSchemas.FindPath(resource?.Record ?? [], "id", "uid") is { } id)
        {
            return Counted("lastId", after, $", from: {id}") with
            {
                Decide = $"whether {ApiText.Line(after.Name, 40)} is the id of the last one; no cursor is in the answer",
            };
        }
        return null;

        DraftPaging ByCursor(IOpenApiParameter parameter, ApiPlace from, string? decide) =>
            new(query, $"{{ style: cursor, parameter: {ApiText.Quoted(parameter.Name!)}, from: {from.Path} }}", decide);

        // Where the size of a part is not known, the list is read until a part is empty.
        DraftPaging Counted(string style, IOpenApiParameter parameter, string more) => new(
            query, $"{{ style: {style}, parameter: {ApiText.Quoted(parameter.Name!)}{more}, size: {(size is null ? 1 : Size(size))} }}",
            size is null ? "how many a part holds at most; with 1 the list is read until a part is empty" : null);
    }

    /// <summary>Whether a parameter is one of those that say how much and from where.</summary>
    public static bool IsAbout(string parameter) => Sizes.Concat(Cursors).Concat(Offsets).Concat(Pages).Concat(LastIds)
        .Any(one => ApiSchemas.Plain(one) == ApiSchemas.Plain(parameter));

    /// <summary>The first of some names that a parameter of the query goes by, whatever its case and signs.</summary>
    public static IOpenApiParameter? Find(ApiOperation list, params string[] names) => names
        .Select(name => list.Query.FirstOrDefault(one => ApiSchemas.Plain(one.Name!) == ApiSchemas.Plain(name)))
        .FirstOrDefault(static one => one is not null);

    private static string? Hint(ApiOperation list, List<ApiPlace> places, IOpenApiParameter? size)
    {
        if (Find(list, [.. Cursors, .. LastIds]) is { } parameter)
            return $"it takes {ApiText.Line(parameter.Name, 40)}, and the answer has nothing that this could be";
        if (ApiSchemas.Places(list.Answer).FirstOrDefault(one => Is(one, [.. NextLinks, .. NextCursors, .. Hints])) is { } place)
            return $"the answer has {ApiText.Line(place.Path, 60)}";
        return size is null ? null : $"it takes {ApiText.Line(size.Name, 40)} and nothing that says from where";
    }

    private static ApiPlace? Named(List<ApiPlace> places, string[] names) => names
        .Select(name => places.Find(one => Is(one, [name]))).FirstOrDefault(static one => one is not null);

    /// <summary>By its own name, or by this behind that of what it is in, as in <c>links.next</c>.</summary>
    private static bool Is(ApiPlace place, string[] names) => Array.Exists(names, name => ApiSchemas.Plain(name) is var plain
        && (plain == ApiSchemas.Plain(place.Names[^1])
            || (place.Names.Count > 1 && plain == ApiSchemas.Plain(place.Names[^2] + place.Names[^1]))));

    private static bool IsAddress(ApiPlace place) => place.Schema.Format is "uri" or "url" or "uri-reference"
        || place.Schema.Description?.Contains("url", StringComparison.OrdinalIgnoreCase) is true
        || place.Schema.Description?.Contains("link", StringComparison.OrdinalIgnoreCase) is true;

    private static string Escaped(string name) => name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '$')
        ? name
        : Uri.EscapeDataString(name);

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
