using DevOpsAI.Common.Yaml;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>Reads the part of a manifest that is about what can be done at the vendor.</summary>
internal static class ActionReader
{
    public static ActionManifest Read(string connector, string name, YamlFields fields, ManifestScope scope)
    {
        var capability = Capabilities.Actions.GetValueOrDefault(name);
        if (capability is null && !name.StartsWith(connector + ".", StringComparison.Ordinal))
        {
            fields.Error(
                $"the vocabulary has no action '{name}' (docs/capabilities.md); one that is this vendor's alone is called "
                + $"{connector}.{name}");
        }
        var arguments = capability?.Arguments ?? [.. fields.Named("arguments").Select(static one => Argument(one.Name, one.Fields))];
        var kind = capability?.TargetKind ?? fields.Text("target");
        var spec = new ActionSpec(
            name,
            capability?.Title ?? fields.Text("title"),
            kind,
            fields.Choice<Reversibility>("reversibility"),
            fields.OptionalChoice<BlastRadius>("blastRadius") ?? (kind == "user" ? BlastRadius.OneUser : BlastRadius.OneDevice),
            fields.Flag("idempotent"),
            fields.Text("command"),
            arguments,
            fields.OptionalText("rollback"),
            TimeSpan.FromSeconds(fields.Has("timeoutSeconds") ? fields.Number("timeoutSeconds", 1, 900) : 30));
        string[] given =
        [
            "operation", .. ManifestScope.Target, .. ManifestScope.Settings, .. arguments.Select(static one => $"argument.{one.Name}"),
        ];
        var lookups = new List<LookupRule>();
        foreach (var one in fields.Each("lookups"))
        {
            lookups.Add(Lookup(one, scope, given));
            given = [.. given, .. lookups[^1].Let.Keys.Select(static key => $"let.{key}")];
        }
        string[] known = [.. ManifestScope.Target, .. ManifestScope.Settings, .. arguments.Select(static one => $"argument.{one.Name}")];
        var action = new ActionManifest(
            spec, [.. fields.Each("requires").Select(one => Requirement(one, scope, known))], lookups,
            scope.Request(fields, "call", given), fields.Has("receipt") ? scope.Template(fields, "receipt", given) : null)
        {
            Reconcile = fields.OptionalMapping("reconcile") is { } reconcile
                ? ReconcileReader.Read(reconcile, scope, [ReconcileRule.Operation, .. known])
                : null,
        };
        var isUnread = action.Call.Body is null && fields.Has("body");
        if (action.Reconcile is not null && !isUnread && !action.Call.Given.Contains(ReconcileRule.Operation))
            fields.Error("'reconcile' tells a record by {$operation}, which 'call' does not give the vendor", fields.LineAt("call"));
        if (action.Call.Method == HttpMethod.Get)
            fields.Error("'call' is what changes something, and a GET does not", fields.LineAt("call"));
        foreach (var unused in Unused(action))
        {
            fields.Error(
                $"'call' does not send {unused}: what is done would be something else than what was approved", fields.LineAt("call"));
        }
        fields.NothingElse();
        return action;
    }

    /// <summary>What the card shows and the vendor is not told, neither in the call nor by what was looked up for it.</summary>
    private static IEnumerable<string> Unused(ActionManifest action)
    {
        var used = action.Call.Given.ToHashSet(StringComparer.Ordinal);
        foreach (var lookup in action.Lookups.Reverse())
        {
            if (lookup.Let.Keys.Any(name => used.Contains($"let.{name}")))
                used.UnionWith(lookup.List.Request.Given.Concat(lookup.Where.SelectMany(static one => one.Given)));
        }
        if (!used.Contains("target.id"))
            yield return "$target.id";
        // One that may be left out is there for a rollback that takes what the action took.
        foreach (var argument in action.Spec.Arguments.Where(
            argument => argument.Required && !used.Contains($"argument.{argument.Name}")))
            yield return $"$argument.{argument.Name}";
    }

    private static ArgumentSpec Argument(string name, YamlFields fields)
    {
        var argument = new ArgumentSpec(name, fields.Text("title"), fields.Text("pattern"), !fields.Flag("optional", otherwise: false));
        fields.NothingElse();
        return argument;
    }

    private static LookupRule Lookup(YamlFields fields, ManifestScope scope, string[] given)
    {
        var list = ManifestReader.List(fields, scope, given, close: false);
        var rule = new LookupRule(
            list, scope.Conditions(fields, "where", given), scope.Templates(fields, "let", given), scope.Template(fields, "what", given));
        fields.NothingElse();
        return rule;
    }

    private static RequirementRule Requirement(YamlFields fields, ManifestScope scope, string[] given)
    {
        var rule = new RequirementRule(scope.Conditions(fields, "when", given), scope.Template(fields, "otherwise", given));
        if (rule.When.Count == 0)
            fields.Wrong("when", "a list of conditions, as \"{state} == open\"", 0);
        fields.NothingElse();
        return rule;
    }
}
