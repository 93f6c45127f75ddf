using System.Collections.Concurrent;
using System.Reflection;
using DevOpsAI.Connections;

namespace DevOpsAI.Drafting;

/// <summary>The runbooks in force, and which of them an alert belongs to.</summary>
internal sealed class RunbookCatalog
{
    private static readonly string[] ScrapeLabels = ["instance", "job", "namespace", "pod", "container", "endpoint", "cluster"];
    private readonly Dictionary<string, Runbook> byName = [];
    private readonly HashSet<string> ambiguous = new(StringComparer.Ordinal);

    private RunbookCatalog(IReadOnlyList<Runbook> all)
    {
        All = all;
        // The operator's own runbooks come last and take names over from those that came with the bot.
        foreach (var runbook in all.OrderByDescending(runbook => runbook.IsBuiltIn))
        {
            foreach (var name in runbook.Match.Names.Concat(runbook.Match.Ambiguous))
                byName[AlertName.From(name).Squashed] = runbook;
            ambiguous.UnionWith(runbook.Match.Ambiguous.Select(name => AlertName.From(name).Squashed));
            ambiguous.ExceptWith(runbook.Match.Names.Select(name => AlertName.From(name).Squashed));
        }
    }

    public IReadOnlyList<Runbook> All { get; }

    private static readonly Dictionary<string, string> NoAttributes = [];

    /// <summary>Kinds come from outside, so no more than this many are remembered.</summary>
    private const int RememberedNames = 1_000;

    private readonly ConcurrentDictionary<string, AlertName> names = new(StringComparer.Ordinal);

    private AlertName GetName(string kind)
    {
        if (names.TryGetValue(kind, out var remembered))
            return remembered;
        var name = AlertName.From(kind);
        if (names.Count < RememberedNames)
            names.TryAdd(kind, name);
        return name;
    }

    /// <summary>
    /// The runbook for an alert of this kind, and how it was found. An exact name wins; then the rule with the most words that are all in
    /// the name; when two runbooks are as close, the operator's own is taken, and neither when both are of the same origin. Words reach a
    /// built-in runbook only when the name or the attributes say that the host is meant and nothing else is named.
    /// </summary>
    /// <param name="attributes">The event's; null when nothing is known beside the name.</param>
    public RunbookMatch? For(string kind, IReadOnlyDictionary<string, string>? attributes = null)
    {
        attributes ??= NoAttributes;
        return Named(kind, attributes) is { } match && Doubt(match.Runbook, kind, attributes) is null ? match : null;
    }

    /// <summary>
    /// Why the runbook that the name speaks of is not taken: the labels do not say which device is meant, or that one is. Null when that is
    /// not so.
    /// </summary>
    public string? DoubtAbout(string kind, IReadOnlyDictionary<string, string> attributes) =>
        Named(kind, attributes) is { } match ? Doubt(match.Runbook, kind, attributes) : HostLabels.Disagreement(attributes);

    private RunbookMatch? Named(string kind, IReadOnlyDictionary<string, string> attributes)
    {
        var name = GetName(kind);
        if (byName.GetValueOrDefault(name.Squashed) is { } exact)
            return IsMeant(exact, name, attributes) ? new(exact, IsExact: true) : null;
        if (MatchVocabulary.GetService(attributes) is { } service)
            name = name.WithoutService(service);
        var close = All
            .Select(runbook => (Runbook: runbook, Words: Closeness(runbook, name, attributes)))
            .Where(candidate => candidate.Words > 0)
            .GroupBy(candidate => (candidate.Words, candidate.Runbook.IsBuiltIn))
            .OrderByDescending(group => group.Key.Words)
            .ThenBy(group => group.Key.IsBuiltIn)
            .FirstOrDefault();
        return close?.Count() == 1 ? new(close.Single().Runbook, IsExact: false) : null;
    }

    /// <summary>An application that is down has the same name as a service of a host that is.</summary>
    private bool IsMeant(Runbook runbook, AlertName name, IReadOnlyDictionary<string, string> attributes) =>
        !ambiguous.Contains(name.Squashed)
        || MatchVocabulary.SayHost(attributes)
        || MatchVocabulary.GetService(attributes) is not null
        || runbook.Parameters.SelectMany(static parameter => parameter.From)
            .Any(from => !from.Loose && (from.Name is not ("service" or "exported_service") || !IsScraped(attributes))
                && attributes.Attribute(from.Name) is { Length: > 0 });

    /// <summary>The labels are those of metrics, where <c>service</c> is what was scraped and no service of a host.</summary>
    private static bool IsScraped(IReadOnlyDictionary<string, string> attributes) =>
        ScrapeLabels.Any(label => attributes.Attribute(label) is { Length: > 0 });

    /// <summary>The operator's own runbooks are theirs to aim; the device must be certain for them as well.</summary>
    private string? Doubt(Runbook runbook, string kind, IReadOnlyDictionary<string, string> attributes) => runbook switch
    {
        { Target.Kind: "device", IsBuiltIn: true } =>
            HostLabels.Disagreement(attributes) ?? AlertOrigin.Doubt(kind, GetName(kind), attributes, runbook.Match.Reach),
        { Target.Kind: "device" } => HostLabels.Disagreement(attributes),
        { Target.Kind: "site", IsBuiltIn: true } => AlertOrigin.Doubt(kind, GetName(kind), attributes, down: false),
        _ => null,
    };

    /// <summary>
    /// The runbooks that came with the bot, and over them those of <paramref name="folder"/>: a file there replaces the one of the same
    /// name or adds a new one.
    /// </summary>
    /// <param name="errors">Gets every validation error in every file, as <c>file:line: what</c>.</param>
    public static RunbookCatalog Load(string? folder, ICollection<string> errors)
    {
        var builtIn = Read(BuiltInFiles(), isBuiltIn: true, errors);
        var own = folder is null ? [] : Read(GetFiles(folder, errors), isBuiltIn: false, errors);
        var replaced = own.Select(runbook => runbook.Name).ToHashSet(StringComparer.Ordinal);
        return new([.. builtIn.Where(runbook => !replaced.Contains(runbook.Name)), .. own]);
    }

    /// <summary>
    /// What the runbooks ask of actions that the connectors do not offer. What none of them offers is held against the vocabulary: a
    /// client may get a connection that offers it, and until then the card says what is missing.
    /// </summary>
    public IEnumerable<string> ErrorsAgainst(IReadOnlyCollection<IReadOnlyDictionary<string, ActionSpec>> catalogues)
    {
        foreach (var (runbook, step) in All.SelectMany(runbook => runbook.Steps.Select(step => (runbook, step))))
        {
            var specs = catalogues.Select(actions => actions.GetValueOrDefault(step.Action)).OfType<ActionSpec>().ToList();
            var wrong = specs.Count == 0
                ? ErrorsAgainstVocabulary(runbook, step)
                : specs.Select(spec => ErrorsAgainst(new(spec.Name, spec.Title, spec.TargetKind, spec.Arguments), runbook, step).ToList())
                    .MinBy(list => list.Count)!;
            foreach (var error in wrong)
                yield return $"{runbook.Origin}:{step.Line}: {error}";
        }
    }

    private static IEnumerable<string> ErrorsAgainstVocabulary(Runbook runbook, StepRule step) =>
        Capabilities.Actions.TryGetValue(step.Action, out var capability)
            ? ErrorsAgainst(capability, runbook, step)
            : [$"no connector offers the action '{step.Action}'"];

    private static IEnumerable<string> ErrorsAgainst(ActionCapability spec, Runbook runbook, StepRule step)
    {
        if (spec.TargetKind != runbook.Target.Kind)
            yield return $"'{spec.Name}' acts on a {spec.TargetKind}, the runbook on a {runbook.Target.Kind}";
        foreach (var name in step.Arguments.Keys.Where(name => spec.Arguments.All(argument => argument.Name != name)))
            yield return $"'{spec.Name}' has no argument '{name}'";
        foreach (var argument in spec.Arguments)
        {
            if (!step.Arguments.TryGetValue(argument.Name, out var value))
            {
                if (argument.Required)
                    yield return $"'{spec.Name}' needs the argument '{argument.Name}'";
            }
            else if (value.IsLiteral && !ActionCalls.Accepts(argument, value.Text))
            {
                yield return $"'{value.Text}' is not allowed as argument '{argument.Name}' of '{spec.Name}' ({argument.Pattern})";
            }
        }
    }

    private static List<Runbook> Read(IEnumerable<(string File, string Yaml)> files, bool isBuiltIn, ICollection<string> errors)
    {
        var runbooks = new List<Runbook>();
        var claimed = new Dictionary<string, Runbook>(StringComparer.Ordinal);
        foreach (var (file, yaml) in files)
        {
            if (RunbookReader.Read(file, yaml, isBuiltIn, errors) is not { } runbook)
                continue;
            if (runbooks.Find(other => other.Name == runbook.Name) is { } twin)
                errors.Add($"{file}:1: the name '{runbook.Name}' is taken by {twin.Origin}");
            foreach (var name in runbook.Match.Names.Concat(runbook.Match.Ambiguous))
            {
                if (!claimed.TryAdd(AlertName.From(name).Squashed, runbook))
                    errors.Add($"{file}:1: alerts named '{name}' belong to {claimed[AlertName.From(name).Squashed].Origin}");
            }
            runbooks.Add(runbook);
        }
        return runbooks;
    }

    /// <summary>How many words of the runbook's best rule are in the name; 0 when the runbook is not for it.</summary>
    private static int Closeness(Runbook runbook, AlertName name, IReadOnlyDictionary<string, string> attributes)
    {
        var match = runbook.Match;
        if (match.Not.Any(name.Words.Contains))
            return 0;
        var words = match.Words.Where(words => words.All(name.Words.Contains)).Select(words => words.Count).DefaultIfEmpty(0).Max();
        if (words == 0 || !runbook.IsBuiltIn)
            return words;
        if (MatchVocabulary.SaysWell(name.Text))
            return 0;
        var own = match.Words.SelectMany(static rule => rule).Concat(match.Also);
        var foreign = name.Words.Except(own)
            .Where(word => !MatchVocabulary.IsHarmless(word) && !MatchVocabulary.IsPartOfDevice(word, name, attributes)).ToList();
        if (foreign.Count > 0 && NamedInText.Words(runbook, name.Text, attributes) is { Count: > 0 } things)
            foreign.RemoveAll(things.Contains);
        var isAboutTarget = match.Alone || runbook.Target.Kind != "device" || name.NamesService || MatchVocabulary.SaysHost(name)
            || MatchVocabulary.SayHost(attributes);
        return isAboutTarget && foreign.Count == 0 ? words : 0;
    }

    private static IEnumerable<(string File, string Yaml)> BuiltInFiles()
    {
        var assembly = typeof(RunbookCatalog).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("Runbooks/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => (name["Runbooks/".Length..], ReadResource(assembly, name)));
    }

    private static string ReadResource(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static IEnumerable<(string File, string Yaml)> GetFiles(string folder, ICollection<string> errors)
    {
        if (!Directory.Exists(folder))
        {
            errors.Add($"{folder}:1: the folder of Drafting:RunbooksPath does not exist");
            return [];
        }
        return Directory.EnumerateFiles(folder, "*.yaml")
            .Order(StringComparer.Ordinal)
            .Select(path => (path, File.ReadAllText(path)));
    }
}

/// <summary>A runbook and how it was found.</summary>
/// <param name="IsExact">By a name that the runbook lists; what runs without asking needs that.</param>
internal sealed record RunbookMatch(Runbook Runbook, bool IsExact);
