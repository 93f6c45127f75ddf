using DevOpsAI.Connectors.Toolkit.Manifests;

namespace DevOpsAI.Connectors.Toolkit.Scaffolding;

/// <summary>The settings that a manifest which is being written turns out to need.</summary>
internal sealed class DraftSettings
{
    private readonly Dictionary<string, Draft> all = new(StringComparer.OrdinalIgnoreCase);

    private sealed record Draft(string Title, bool IsSecret, bool IsOptional, string Example, string? Pattern);

    /// <summary>Asks for a setting, once however often it is asked for, and returns its name.</summary>
    public string Add(string name, string title, string example, string? pattern = null) =>
        Add(name, new(title, false, false, example, pattern));

    /// <summary>Asks for a setting that holds a reference to a secret.</summary>
    public string AddSecret(string name, string title, bool isOptional = false) =>
        Add(name, new(title, true, isOptional, $"env:CONTOSO_{name.ToUpperInvariant()}", null));

    public YamlDraft Write()
    {
        var draft = new YamlDraft();
        if (all.Count == 0)
            return draft;
        draft.Line(0, "settings:");
        foreach (var (name, one) in all)
        {
            draft.Line(1, $"{name}:");
            draft.Line(2, $"title: {ApiText.Quoted(one.Title)}");
            if (one.IsSecret)
                draft.Line(2, "secret: true");
            if (one.IsOptional)
                draft.Line(2, "optional: true");
            draft.Line(2, $"example: {ApiText.Quoted(one.Example)}");
            if (one.Pattern is { } pattern)
                draft.Line(2, $"pattern: {ApiText.Quoted(pattern)}");
        }
        return draft;
    }

    private string Add(string name, Draft setting)
    {
        var own = name.Equals(VendorCredentials.AddressSetting, StringComparison.OrdinalIgnoreCase) ? $"Vendor{name}" : name;
        all.TryAdd(own, setting);
        return all.Keys.First(one => one.Equals(own, StringComparison.OrdinalIgnoreCase));
    }
}
