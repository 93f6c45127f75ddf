using DevOpsAI.Common.Yaml;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>The actions of a manifest, and what has to hold of them together. Of one with mistakes nothing more is said.</summary>
internal sealed class ActionsOf(YamlFields fields)
{
    private readonly Dictionary<string, YamlFields> good = new(StringComparer.Ordinal);

    public Dictionary<string, ActionManifest> Read(Func<string, YamlFields, ActionManifest> read)
    {
        var all = new Dictionary<string, ActionManifest>();
        foreach (var (name, own) in fields.Named("actions"))
        {
            var mistakes = own.ErrorCount;
            all[name] = read(name, own);
            if (own.ErrorCount == mistakes)
                good[name] = own;
        }
        return all;
    }

    public void Check(Manifest manifest)
    {
        foreach (var (name, own) in good)
        {
            var spec = manifest.Actions[name].Spec;
            if (!manifest.Targets.ContainsKey(spec.TargetKind))
                own.Error($"{name} is for a {spec.TargetKind}, which is not among 'targets'");
            ManifestRules.Visible(own, "title", spec.Title);
            ManifestRules.Visible(own, "command", spec.Command);
            foreach (var argument in spec.Arguments)
                ManifestRules.Visible(own, "arguments", argument.Title);
        }
        foreach (var error in CatalogRules.ValidationErrors(
            manifest.Actions.ToDictionary(static one => one.Key, static one => one.Value.Spec)))
        {
            if (good.FirstOrDefault(one => error.StartsWith($"{one.Key}: ", StringComparison.Ordinal)).Value is { } own)
                own.Error(error.TrimEnd('.'));
        }
    }
}
