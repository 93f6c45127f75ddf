using DevOpsAI.Connections;
using DevOpsAI.Proposals;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DevOpsAI.Drafting;

/// <summary>Reads one runbook file. A file with any mistake gives no runbook.</summary>
internal static class RunbookReader
{
    /// <summary>Names that every template may use besides the runbook's own parameters.</summary>
    private static readonly string[] GivenNames = ["target", "client"];

    private static readonly Template Nothing = Template.Parse("");

    /// <param name="mistakes">Gets one line <c>file:line: what</c> for each mistake.</param>
    public static Runbook? Read(string file, string yaml, bool isBuiltIn, ICollection<string> mistakes)
    {
        var found = new List<string>();
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents is [{ RootNode: YamlMappingNode root }])
            {
                var runbook = Read(file, new YamlFields(file, root, found), isBuiltIn);
                if (found.Count == 0)
                    return runbook;
            }
            else
            {
                found.Add($"{file}:1: a runbook file holds exactly one mapping");
            }
        }
        catch (YamlException broken)
        {
            found.Add($"{file}:{Math.Max(1, broken.Start.Line)}: {broken.Message}");
        }
        foreach (var mistake in found)
            mistakes.Add(mistake);
        return null;
    }

    private static Runbook Read(string file, YamlFields fields, bool isBuiltIn)
    {
        var name = fields.Required("name");
        if (name.Length > 0 && !name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-'))
            fields.Mistake($"the name '{name}' may only have lower-case letters, digits and hyphens");
        var parameters = fields.Named("parameters").Select(pair => Parameter(pair.Name, pair.Fields)).ToList();
        IReadOnlyList<string> known = [.. GivenNames, .. parameters.Select(parameter => parameter.Name)];
        foreach (var parameter in parameters.Where(parameter => GivenNames.Contains(parameter.Name)))
            fields.Mistake($"'{parameter.Name}' is given to every runbook and cannot be a parameter");
        var runbook = new Runbook(
            name,
            fields.PositiveNumber("version"),
            fields.Required("title"),
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
            fields.Mistake("'steps' must hold at least one step");
        fields.NothingElse();
        return runbook;
    }

    private static TimeLimit Until(YamlFields fields)
    {
        var limit = new TimeLimit(fields.Required("minutes"), fields.PositiveNumber("margin"));
        fields.NothingElse();
        return limit;
    }

    private static TargetRule Target(YamlFields fields)
    {
        var rule = new TargetRule(fields.Required("kind"), fields.Texts("from"));
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
            fields.Flag("alone"),
            fields.Flag("reach"));
        if (rule.Names.Count == 0 && rule.Ambiguous.Count == 0 && rule.Words.Count == 0)
            fields.Mistake("'match' needs 'names', 'ambiguous' or 'words'");
        foreach (var repeated in rule.Names.Concat(rule.Ambiguous).GroupBy(name => AlertName.Of(name).Squashed).Where(group => group.Count() > 1))
            fields.Mistake($"the name '{repeated.First()}' is there twice");
        fields.NothingElse();
        return rule;
    }

    private static ParameterRule Parameter(string name, YamlFields fields)
    {
        if (name.Length == 0 || !name.All(char.IsAsciiLetterOrDigit))
            fields.Mistake($"the parameter '{name}' may only have letters and digits in its name");
        var attributes = fields.Texts("from").Select(text => new AttributeRule(text.TrimEnd('?'), text.EndsWith('?'))).ToList();
        var pattern = fields.Parse(fields.Required("pattern"), text => new WholeMatch(text), fields.LineAt("pattern")) ?? new WholeMatch("");
        var seen = fields.Optional("seen") is { } text ? fields.Parse(text, Template.Parse, fields.LineAt("seen")) : null;
        if (seen is not null && (seen.Around(name) is null || seen.Observes))
            fields.Mistake($"'seen' must be an observation with {{{name}}} inside, as in service.{{service}}.state", fields.LineAt("seen"));
        var rule = new ParameterRule(
            name, fields.Required("title"), attributes, fields.Choice<ParameterForm>("form", ParameterForm.Text), pattern,
            fields.Optional("default"), seen, Conditions(fields, "choose", [name]));
        if (rule.Default is { } value && !pattern.Accepts(value))
            fields.Mistake($"the default '{value}' does not match the pattern", fields.LineAt("default"));
        if (rule.Choose.Count > 0 && seen is null)
            fields.Mistake("'choose' needs 'seen'", fields.LineAt("choose"));
        if (attributes.Count == 0 && rule.Default is null && rule.Choose.Count == 0)
            fields.Mistake($"nothing can give '{name}' a value: 'from', 'choose' or 'default' is needed");
        fields.NothingElse();
        return rule;
    }

    private static StepRule Step(YamlFields fields, IReadOnlyList<string> known)
    {
        var arguments = fields.TextMap("arguments").ToDictionary(pair => pair.Key, pair => Checked(fields, pair.Value, known, mayObserve: false, fields.LineAt("arguments")));
        var step = new StepRule(
            Text(fields, "title", known), fields.Required("action"), arguments, fields.Texts("editable"),
            Conditions(fields, "preconditions", known), Conditions(fields, "verifications", known), fields.Flag("optional"), fields.Line);
        foreach (var name in step.Editable.Where(name => !arguments.ContainsKey(name)))
            fields.Mistake($"'{name}' is editable but no argument of the step", fields.LineAt("editable"));
        if (step.Optional && step.Preconditions.Count == 0)
            fields.Mistake("an optional step needs preconditions");
        fields.NothingElse();
        return step;
    }

    private static Template Text(YamlFields fields, string key, IReadOnlyList<string> known) => Checked(fields, fields.Required(key), known, mayObserve: true, fields.LineAt(key));

    private static Template Checked(YamlFields fields, string text, IReadOnlyList<string> known, bool mayObserve, int line)
    {
        if (fields.Parse(text, Template.Parse, line) is not { } template)
            return Nothing;
        CheckNames(fields, text, template.Names, known, line);
        if (!mayObserve && template.Observes)
            fields.Mistake($"'{text}' takes an observation as an argument", line);
        return template;
    }

    private static List<ConditionTemplate> Conditions(YamlFields fields, string key, IReadOnlyList<string> known)
    {
        var conditions = new List<ConditionTemplate>();
        foreach (var (text, more, line) in fields.TextsOrMappings(key))
        {
            var said = more?.Required("that") ?? text;
            if ((said.Length == 0 ? null : fields.Parse(said, ConditionTemplate.Parse, line)) is { } condition)
            {
                conditions.Add(condition with
                {
                    When = more is null ? [] : [.. more.Texts("when").Select(word => word.ToLowerInvariant())],
                    Otherwise = more?.Optional("otherwise") is { } otherwise ? Checked(more, otherwise, known, mayObserve: true, more.LineAt("otherwise")) : null,
                });
                CheckNames(fields, said, condition.Names, known, line);
            }
            more?.NothingElse();
        }
        return conditions;
    }

    private static void CheckNames(YamlFields fields, string text, IEnumerable<string> names, IReadOnlyList<string> known, int line)
    {
        foreach (var name in names.Distinct().Where(name => !known.Contains(name)))
            fields.Mistake($"'{text}' uses {{{name}}}, which is no parameter", line);
    }
}
