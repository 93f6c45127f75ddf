using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DevOpsAI.Connectors.Toolkit.Manifests;

namespace DevOpsAI.Connectors.Toolkit.Conformance;

/// <summary>What a request of a manifest is for.</summary>
internal enum RouteUse { Token, Health, List, Read, Observe, LookUp, Act, Poll, Beside, Hinted, Key, Reconcile }

/// <summary>A request that a manifest makes, recognized when it comes.</summary>
internal sealed class VendorRoute
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);
    private readonly Regex path;
    private readonly List<string> query;
    private readonly string? idPlace;
    private readonly string? idQuery;

    public VendorRoute(RouteUse use, string name, RequestTemplate request, bool isAtHost = false)
    {
        (Use, Name, Method, IsAtHost) = (use, name, request.Method.Method, isAtHost);
        var text = new StringBuilder();
        foreach (var (literal, given) in request.Path.Pieces)
            text.Append(literal ?? $"\u0001{given}\u0002");
        var parts = text.ToString().Split('?', 2);
        var id = $"\u0001{IdName(use, request)}\u0002";
        idPlace = parts[0].Contains(id, StringComparison.Ordinal) ? id : null;
        var pattern = Regex.Escape(parts[0]).Replace(Regex.Escape(id), "(?<id>[^/]*)", StringComparison.Ordinal);
        pattern = Regex.Replace(pattern, "\u0001[^\u0002]*\u0002", "[^/]*", RegexOptions.None, MatchTimeout);
        path = new($@"\A{pattern}\z", RegexOptions.CultureInvariant, MatchTimeout);
        var pairs = parts.Length == 1 ? [] : parts[1].Split('&').Select(static one => one.Split('=', 2)).ToList();
        query = [.. pairs.Select(static one => Uri.UnescapeDataString(one[0]))];
        idQuery = idPlace is null ? pairs.Find(one => one is [_, var value] && value.Contains(id, StringComparison.Ordinal))?[0] : null;
    }

    private static string IdName(RouteUse use, RequestTemplate request) => use switch
    {
        RouteUse.Beside => "read.id",
        RouteUse.Hinted => request.Path.Given.FirstOrDefault(static one => one.StartsWith("let.", StringComparison.Ordinal)) ?? "let.",
        _ => "target.id",
    };

    public RouteUse Use { get; }

    /// <summary>The kind of target, the name of the action or the key of the list that it is made for.</summary>
    public string Name { get; }

    public string Method { get; }

    public bool IsAtHost { get; }

    /// <summary>Where a list is in the answer; null when the answer is no list.</summary>
    public JsonPath? Items { get; init; }

    /// <summary>Where a record is in the answer.</summary>
    public JsonPath? RecordAt { get; init; }

    public PagingRule? Paging { get; init; }

    /// <summary>What a lookup or a list finds, besides records that come and go.</summary>
    public Func<IEnumerable<JsonObject>> Found { get; init; } = static () => [];

    /// <summary>How well a request fits, by the parameters that it has to have; null when it is another one.</summary>
    public int? Fits(string method, string path, IReadOnlyDictionary<string, string> parameters) =>
        method == Method && this.path.IsMatch(path) && query.TrueForAll(parameters.ContainsKey) ? query.Count : null;

    /// <summary>The id of whatever the request is about; null when it names none.</summary>
    public string? Id(string path, IReadOnlyDictionary<string, string> parameters)
    {
        if (idQuery is not null)
            return parameters.GetValueOrDefault(idQuery);
        return idPlace is null ? null : Uri.UnescapeDataString(this.path.Match(path).Groups["id"].Value);
    }
}
