namespace DevOpsAI.Connectors.Toolkit.Scaffolding;

/// <summary>A manifest that was begun from a description.</summary>
/// <param name="Yaml">The file.</param>
/// <param name="Targets">Kinds of things it finds.</param>
/// <param name="Actions">How many actions it has.</param>
/// <param name="NotTaken">Operations that change something and that it has no action for, by their ids.</param>
public sealed record ScaffoldedManifest(string Yaml, IReadOnlyList<string> Targets, int Actions, IReadOnlyList<string> NotTaken)
{
    /// <summary>Why one of <see cref="NotTaken"/> is not, where it is for another reason than that nothing is what it is done to.</summary>
    public IReadOnlyDictionary<string, string> Reasons { get; init; } = new Dictionary<string, string>();

    /// <summary>It takes events.</summary>
    public bool HasEvents { get; init; }

    /// <summary>What no description tells, in the order of the file's lines.</summary>
    public IReadOnlyList<LeftToDecide> Decisions { get; } = [.. LeftToDecide.In(Yaml)];
}

/// <summary>Begins a connector manifest from an OpenAPI description.</summary>
public static class ConnectorScaffold
{
    private static readonly string[] HealthWords = ["health", "status", "ping", "me", "account", "whoami", "info", "version", "system"];

    /// <param name="name">As connections are to name it: lower-case letters, digits and hyphens.</param>
    /// <param name="description">OpenAPI 2, 3.0 or 3.1, as JSON or YAML.</param>
    /// <param name="chosen">Ids of the operations that are wanted; empty for all.</param>
    /// <exception cref="FormatException">The description cannot be read, or has no such operation.</exception>
    public static ScaffoldedManifest Begin(string name, string description, IReadOnlyCollection<string> chosen)
    {
        if (name.Length == 0 || !name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            throw new FormatException($"The name '{name}' may only have lower-case letters, digits and hyphens.");
        var api = ApiDescription.Parse(description);
        var wanted = Choose(api, chosen);
        var settings = new DraftSettings();
        var targets = new DraftTarget(api, settings);
        var changing = wanted.Where(static one => IsChange(one.Method)).ToList();
        var resources = Used(ApiResources.Find(api.Operations), wanted, changing, chosen.Count > 0);

        var address = new DraftAuthentication(api, settings);
        var head = address.Address().Add(address.Authentication(wanted)).Add(Health(api, targets));
        var kinds = new YamlDraft();
        foreach (var resource in resources)
            kinds.Add(targets.Write(resource));
        var actions = new DraftAction(name, api, targets);
        var acts = new YamlDraft();
        var notTaken = new List<string>();
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        var count = 0;
        foreach (var operation in changing)
        {
            if (ApiResources.Owner(operation, resources) is not { } owner)
            {
                var id = ApiText.Line(operation.Id, 80);
                notTaken.Add(id);
                if (WhyNot(operation) is { } why)
                    reasons[id] = why;
                continue;
            }
            acts.Add(actions.Write(operation, owner));
            count++;
        }
        var events = new DraftEvents(api, settings, targets).Write();

        var whole = new YamlDraft()
            .Line(0, $"# Begun from the OpenAPI description of {api.Title}; what is marked has to be decided by somebody who knows it.")
            .Line(0, $"name: {name}")
            .Line(0, $"title: {ApiText.Quoted(api.Title)}")
            .Add(settings.Write()).Add(head);
        if (kinds.IsEmpty)
            whole.Line(0, "# targets:", "what it finds: no list in the description goes with a call that reads one by its id");
        else
            whole.Line(0, "targets:").Add(kinds);
        if (!acts.IsEmpty)
            whole.Line(0, "actions:").Add(acts);
        return new(whole.Add(events).ToString(), [.. resources.Select(static one => one.Kind)], count, notTaken)
        {
            Reasons = reasons, HasEvents = api.Webhooks.Count > 0,
        };
    }

    /// <summary>Why a manifest cannot say an operation at all; null where it could.</summary>
    private static string? WhyNot(ApiOperation operation)
    {
        var members = ApiSchemas.Members(operation.Body);
        bool Has(params string[] names) => names.All(name => members.Any(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase)));
        if (operation.Segments.Length > 0 && operation.Segments[^1].Equals("graphql", StringComparison.OrdinalIgnoreCase))
            return "it is GraphQL, in which one address answers to everything: nothing is read there by an id";
        if (Has("jsonrpc") || Has("method", "params") || ApiSchemas.Plain(operation.Path).Contains("jsonrpc", StringComparison.Ordinal))
            return "it is JSON-RPC, in which one address answers to everything: nothing is read there by an id";
        return operation.OtherBody is { } media ? $"it takes {ApiText.Line(media, 60)}, and a manifest writes JSON and forms" : null;
    }

    private static bool IsChange(HttpMethod method) =>
        method == HttpMethod.Post || method == HttpMethod.Put || method == HttpMethod.Patch || method == HttpMethod.Delete;

    private static List<ApiOperation> Choose(ApiDescription api, IReadOnlyCollection<string> chosen)
    {
        if (chosen.Count == 0)
            return [.. api.Operations];
        var missing = chosen.Where(id => api.Operations.All(one => !one.Id.Equals(id, StringComparison.OrdinalIgnoreCase))).ToList();
        return missing.Count == 0
            ? [.. api.Operations.Where(one => chosen.Contains(one.Id, StringComparer.OrdinalIgnoreCase))]
            : throw new FormatException(
                $"The description has no operation {string.Join(", ", missing)}; some of its ids are "
                + $"{string.Join(", ", api.Operations.Select(static one => ApiText.Line(one.Id, 60)).Take(12))}.");
    }

    /// <summary>The kinds that are asked for, or that something which is asked for is done to.</summary>
    private static List<ApiResource> Used(
        IReadOnlyList<ApiResource> all, List<ApiOperation> wanted, List<ApiOperation> changing, bool isChosen)
    {
        if (!isChosen)
            return [.. all];
        var owners = changing.Select(one => ApiResources.Owner(one, all)).ToList();
        return [.. all.Where(one => owners.Contains(one) || wanted.Contains(one.List) || wanted.Contains(one.Read))];
    }

    /// <summary>A call that needs nothing, the likeliest one to be meant for it.</summary>
    private static YamlDraft Health(ApiDescription api, DraftTarget targets)
    {
        var plain = api.Operations
            .Where(static one => one.Method == HttpMethod.Get && one.IsPlain && one.Query.All(static query => !query.Required))
            .OrderBy(HealthRank).ThenBy(static one => one.Segments.Length).ThenBy(static one => one.Path, StringComparer.Ordinal)
            .FirstOrDefault();
        if (plain is null)
            return new YamlDraft().Line(0, "# health: GET /...", "a call that tells whether address and credentials are right");
        return new YamlDraft().Line(
            0, $"health: {ApiText.Quoted($"GET {targets.Path(plain.Segments)}")}",
            HealthRank(plain) < HealthWords.Length ? null : "whether every connection may call this");
    }

    private static int HealthRank(ApiOperation one)
    {
        var at = Array.IndexOf(HealthWords, one.Segments.LastOrDefault()?.ToLowerInvariant());
        return at < 0 ? HealthWords.Length : at;
    }
}
