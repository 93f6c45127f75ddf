using DevOpsAI.Common.Yaml;
using DevOpsAI.Connections;
using DevOpsAI.Proposals;

namespace DevOpsAI.Drafting;

/// <summary>Reads one runbook file. A file with any validation error gives no runbook.</summary>
internal static class RunbookReader
{
    /// <summary>Names that every template may use besides the runbook's own parameters.</summary>
    private static readonly string[] GivenNames = ["target", "client"];

    private static readonly Template Nothing = Template.Parse("");

    /// <summary>Returns null when the file has validation errors, which are added as <c>file:line: what</c>.</summary>
    public static Runbook? Read(string file, string yaml, bool isBuiltIn, ICollection<string> errors) =>
        YamlFile.Read(file, yaml, "a runbook file holds exactly one mapping", fields => Read(file, fields, isBuiltIn), errors);

    private static Runbook Read(string file, YamlFields fields, bool isBuiltIn)
    {
        var name = fields.Text("name");
        if (name.Length > 0 && !name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-'))
            fields.Error($"the name '{name}' may only have lower-case letters, digits and hyphens");
        var parameters = fields.Named("parameters").Select(pair => Parameter(pair.Name, pair.Fields)).ToList();
        IReadOnlyList<string> known = [.. GivenNames, .. parameters.Select(parameter => parameter.Name)];
        foreach (var parameter in parameters.Where(parameter => GivenNames.Contains(parameter.Name)))
            fields.Error($"'{parameter.Name}' is given to every runbook and cannot be a parameter");
        var runbook = new Runbook(
            name,
            fields.Number("version", 1, int.MaxValue),
            fields.Text("title"),
            fields.Choice<Risk>("risk"),
            Target(fields.Mapping("target")),
            Match(fields.Mapping("match")),
            parameters,
            Conditions(fields, "needs", known),
            [.. fields.Each("steps").Select(step => Step(step, known))],
            Text(fields, "summary", known),
            Text(fields, "analysis", known),
            file,
            isBuiltIn)
        {
            Until = fields.OptionalMapping("until") is { } limit ? Until(limit) : null,
        };
        if (runbook.Steps.Count == 0)
            fields.Error("'steps' must hold at least one step");
        fields.NothingElse();
        return runbook;
    }

    private static TimeLimit Until(YamlFields fields)
    {
        var limit = new TimeLimit(fields.Text("minutes"), fields.Number("margin", 1, int.MaxValue));
        fields.NothingElse();
        return limit;
    }

    private static TargetRule Target(YamlFields fields)
    {
        var rule = new TargetRule(fields.Text("kind"), fields.Texts("from"));
        fields.NothingElse();
        return rule;
    }

    private static MatchRule Match(YamlFields fields)
    {
        var rule = new MatchRule(
            fields.Texts("names"),
            fields.Texts("ambiguous"),
            [.. fields.TextLists("words").Select(words => (IReadOnlyList<string>)[.. words.Select(word => word.ToLowerInvariant())])],
            [.. fields.Texts("not").Select(word => word.ToLowerInvariant())],
            [.. fields.Texts("also").Select(word => word.ToLowerInvariant())],
            fields.Flag("alone", false),
            fields.Flag("reach", false));
        if (rule.Names.Count == 0 && rule.Ambiguous.Count == 0 && rule.Words.Count == 0)
            fields.Error("'match' needs 'names', 'ambiguous' or 'words'");
        var sameNames = rule.Names.Concat(rule.Ambiguous).GroupBy(static name => AlertName.From(name).Squashed);
        foreach (var repeated in sameNames.Where(static group => group.Count() > 1))
            fields.Error($"the name '{repeated.First()}' is there twice");
        fields.NothingElse();
        return rule;
    }

    private static ParameterRule Parameter(string name, YamlFields fields)
    {
        if (name.Length == 0 || !name.All(char.IsAsciiLetterOrDigit))
            fields.Error($"the parameter '{name}' may only have letters and digits in its name");
        var attributes = fields.Texts("from").Select(text => new AttributeRule(text.TrimEnd('?'), text.EndsWith('?'))).ToList();
        var pattern = fields.Parse(fields.Text("pattern"), text => new WholeMatch(text), fields.LineAt("pattern")) ?? new WholeMatch("");
        var seen = fields.OptionalText("seen") is { } text ? fields.Parse(text, Template.Parse, fields.LineAt("seen")) : null;
        if (seen is not null && (seen.Around(name) is null || seen.Observes))
            fields.Error($"'seen' must be an observation with {{{name}}} inside, as in service.{{service}}.state", fields.LineAt("seen"));
        var rule = new ParameterRule(
            name, fields.Text("title"), attributes, fields.OptionalChoice<ParameterForm>("form") ?? ParameterForm.Text, pattern,
            fields.OptionalText("default"), seen, Conditions(fields, "choose", [name]));
        if (rule.Default is { } value && !pattern.Accepts(value))
            fields.Error($"the default '{value}' does not match the pattern", fields.LineAt("default"));
        if (rule.Choose.Count > 0 && seen is null)
            fields.Error("'choose' needs 'seen'", fields.LineAt("choose"));
        if (attributes.Count == 0 && rule.Default is null && rule.Choose.Count == 0)
            fields.Error($"nothing can give '{name}' a value: 'from', 'choose' or 'default' is needed");
        fields.NothingElse();
        return rule;
    }

    private static StepRule Step(YamlFields fields, IReadOnlyList<string> known)
    {
        var arguments = fields.TextMap("arguments").ToDictionary(
            static pair => pair.Key, pair => Checked(fields, pair.Value, known, mayObserve: false, fields.LineAt("arguments")));
        var step = new StepRule(
            Text(fields, "title", known),
            fields.Text("action"),
            arguments,
            fields.Texts("editable"),
            Conditions(fields, "preconditions", known),
            Conditions(fields, "verifications", known),
            fields.Flag("optional", false),
            fields.Line);
        foreach (var name in step.Editable.Where(name => !arguments.ContainsKey(name)))
            fields.Error($"'{name}' is editable but no argument of the step", fields.LineAt("editable"));
        if (step.Optional && step.Preconditions.Count == 0)
            fields.Error("an optional step needs preconditions");
        fields.NothingElse();
        return step;
    }

    private static Template Text(YamlFields fields, string key, IReadOnlyList<string> known) =>
        Checked(fields, fields.Text(key), known, mayObserve: true, fields.LineAt(key));

    private static Template Checked(YamlFields fields, string text, IReadOnlyList<string> known, bool mayObserve, int line)
    {
        if (fields.Parse(text, Template.Parse, line) is not { } template)
            return Nothing;
        CheckNames(fields, text, template.Names, known, line);
        if (!mayObserve && template.Observes)
            fields.Error($"'{text}' takes an observation as an argument", line);
        return template;
    }

    private static List<ConditionTemplate> Conditions(YamlFields fields, string key, IReadOnlyList<string> known)
    {
        var conditions = new List<ConditionTemplate>();
        foreach (var (text, more, line) in fields.TextsOrMappings(key))
        {
            var said = more?.Text("that") ?? text;
            if ((said.Length == 0 ? null : fields.Parse(said, ConditionTemplate.Parse, line)) is { } condition)
            {
                conditions.Add(more is null ? condition : WithMore(condition, more, known));
                CheckNames(fields, said, condition.Names, known, line);
            }
            more?.NothingElse();
        }
        return conditions;
    }

    private static ConditionTemplate WithMore(ConditionTemplate condition, YamlFields more, IReadOnlyList<string> known) => condition with
    {
        When = [.. more.Texts("when").Select(static word => word.ToLowerInvariant())],
        Otherwise = more.OptionalText("otherwise") is { } otherwise
            ? Checked(more, otherwise, known, mayObserve: true, more.LineAt("otherwise"))
            : null,
    };

    private static void CheckNames(YamlFields fields, string text, IEnumerable<string> names, IReadOnlyList<string> known, int line)
    {
        foreach (var name in names.Distinct().Where(name => !known.Contains(name)))
            fields.Error($"'{text}' uses {{{name}}}, which is no parameter", line);
    }
}
