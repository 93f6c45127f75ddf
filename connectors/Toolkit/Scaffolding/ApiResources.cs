namespace DevOpsAI.Connectors.Toolkit.Scaffolding;

/// <summary>Things of one kind at a vendor: a call that lists them and one that reads one by its id.</summary>
/// <param name="Kind">In the words of the vocabulary where it has one, as in <c>device</c>.</param>
/// <param name="Items">Where the list is in the answer, as a path of a manifest; null when the description does not say.</param>
/// <param name="Record">What it says of one; empty when it says nothing.</param>
/// <param name="ReadAt">Where the record is in the answer to <paramref name="Read"/>.</param>
internal sealed record ApiResource(
    string Kind, ApiOperation List, ApiOperation Read, string? Items, IReadOnlyList<ApiMember> Record, string ReadAt)
{
    /// <summary>The name of the last parameter of <see cref="Read"/>.</summary>
    public string IdParameter { get; } = Read.Segments[^1].Trim('{', '}');
}

/// <summary>Finds the kinds of things in a description, and what can be done to each.</summary>
internal static class ApiResources
{
    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        ["computer"] = "device", ["asset"] = "device", ["agent"] = "device", ["machine"] = "device", ["endpoint"] = "device",
        ["node"] = "device", ["host"] = "device", ["server"] = "device", ["workstation"] = "device", ["manageddevice"] = "device",
        ["incident"] = "ticket", ["case"] = "ticket", ["location"] = "site",
    };

    private static readonly string[] Suffixes = ["query", "search", "list"];

    /// <summary>One for each kind, those with the shortest path first.</summary>
    public static IReadOnlyList<ApiResource> Find(IReadOnlyList<ApiOperation> operations)
    {
        var found = new List<ApiResource>();
        var lists = operations.Where(static one => one.Method == HttpMethod.Get || IsQuestion(one)).ToList();
        foreach (var read in operations.Where(static one => one.Method == HttpMethod.Get && EndsWithId(one))
            .OrderBy(static one => one.Segments.Length).ThenBy(static one => one.Path, StringComparer.Ordinal))
        {
            if (ListFor(read, lists) is not { } list)
                continue;
            var word = ApiText.Singular(read.Segments[^2]);
            var kind = Kinds.GetValueOrDefault(word) ?? Kinds.GetValueOrDefault(word.Split('_', '-')[^1], word);
            if (found.Exists(one => one.Kind == kind))
                kind = word;
            if (found.Exists(one => one.Kind == kind) || !ApiSchemas.CanBePath(kind))
                continue;
            var (items, record) = Items(list);
            var (readAt, answered) = Record(read);
            found.Add(new(kind, list, read, items, answered.Count > 0 ? answered : record, readAt));
        }
        return found;
    }

    /// <summary>
    /// What an operation that changes something is done to: the thing whose path its own begins with; null when it is none.
    /// </summary>
    public static ApiResource? Owner(ApiOperation operation, IReadOnlyList<ApiResource> resources) => resources
        .Where(one => operation.Segments.Length >= one.Read.Segments.Length && IsParameter(operation.Segments[one.Read.Segments.Length - 1])
            && one.Read.Segments.Zip(operation.Segments).All(static pair => Plain(pair.First) == Plain(pair.Second)))
        .MaxBy(static one => one.Read.Segments.Length);

    public static bool IsParameter(string segment) => segment.StartsWith('{') && segment.EndsWith('}');

    private static bool EndsWithId(ApiOperation one) =>
        one.Segments.Length > 1 && IsParameter(one.Segments[^1]) && !IsParameter(one.Segments[^2])
        && one.Query.All(static parameter => !parameter.Required);

    private static bool IsQuestion(ApiOperation one) => one.Method == HttpMethod.Post && one.Segments is [.., "query" or "search"];

    /// <summary>The list that stands where the id is left out, else a list of the same things elsewhere.</summary>
    private static ApiOperation? ListFor(ApiOperation read, IReadOnlyList<ApiOperation> lists)
    {
        var parent = read.Segments[..^1].Select(Plain).ToList();
        var gets = lists.Where(static one => one.Method == HttpMethod.Get && one.Segments.Length > 0
            && (ApiSchemas.IsSilent(one.Answer) || Items(one).Items is not null)).ToList();
        return gets.Find(one => one.Path == read.Path[..read.Path.LastIndexOf('/')])
            ?? gets.Find(one => one.Segments.Select(Plain).SequenceEqual(parent))
            ?? lists.FirstOrDefault(one => one.Segments.Length > 0 && Suffixes.Contains(one.Segments[^1])
                && one.Segments[..^1].Select(Plain).SequenceEqual(parent))
            ?? gets.Where(one => Plain(one.Segments[^1]) == parent[^1] && Items(one).Items is not null)
                .OrderBy(one => one.Segments[0] != read.Segments[0]).ThenBy(static one => one.Segments.Count(IsParameter)).FirstOrDefault();
    }

    private static string Plain(string segment) => IsParameter(segment) ? "{}" : ApiText.Singular(segment);

    /// <summary>Where the list is in what a call answers, and what one item has.</summary>
    private static (string? Items, IReadOnlyList<ApiMember> Record) Items(ApiOperation list)
    {
        if (list.Answer is not { } answer)
            return (null, []);
        if (ApiSchemas.IsList(answer))
            return ("$", ApiSchemas.Members(answer.Items));
        var lists = ApiSchemas.Members(answer)
            .Where(static one => ApiSchemas.IsList(one.Schema) && ApiSchemas.CanBePath(one.Name)).ToList();
        var chosen = lists.Count == 1
            ? lists[0]
            : lists.Find(one => Plain(one.Name) == Plain(list.Segments[^1]))
                ?? ApiSchemas.Named(lists, "items", "data", "results", "result", "value", "records", "affected_items");
        if (chosen is not null)
            return (chosen.Name, ApiSchemas.Members(chosen.Schema.Items));
        // As in data.affected_items.
        foreach (var outer in ApiSchemas.Members(answer).Where(static one => ApiSchemas.CanBePath(one.Name)))
        {
            if (ApiSchemas.Members(outer.Schema).Where(static one => ApiSchemas.IsList(one.Schema) && ApiSchemas.CanBePath(one.Name))
                .OrderBy(static one => one.Name.Contains("fail", StringComparison.OrdinalIgnoreCase))
                .FirstOrDefault(static one => ApiSchemas.Members(one.Schema.Items).Count > 0) is { } inner)
                return ($"{outer.Name}.{inner.Name}", ApiSchemas.Members(inner.Schema.Items));
        }
        return (null, []);
    }

    /// <summary>Where the record is in what reading one answers, and what it has.</summary>
    private static (string At, IReadOnlyList<ApiMember> Record) Record(ApiOperation read)
    {
        var members = ApiSchemas.Members(read.Answer);
        var wrapped = members.Where(static one => ApiSchemas.CanBePath(one.Name) && ApiSchemas.Members(one.Schema).Count > 0).ToList();
        // An answer with hardly anything of its own but one object holds the record there.
        if (members.Count <= 3 && wrapped.Count == 1 && ApiSchemas.FindPath(members, "id", "uid") is null)
            return (wrapped[0].Name, ApiSchemas.Members(wrapped[0].Schema));
        return ("$", members);
    }
}
