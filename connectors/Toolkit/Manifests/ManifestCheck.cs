namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>Reads a manifest to tell what is wrong with it.</summary>
public static class ManifestCheck
{
    /// <summary>As <c>file:line: what would be right</c>; empty when there is nothing.</summary>
    public static IReadOnlyList<string> ValidationErrors(string file, string yaml)
    {
        var errors = new List<string>();
        return ManifestReader.Read(file, yaml, errors) is { } manifest ? manifest.Remarks : errors;
    }

    /// <summary>The built-in connector that a manifest takes the place of; null when it takes none's, or is that very file.</summary>
    public static string? FindReplaced(string file, string yaml) =>
        ManifestReader.Read(file, yaml, new List<string>()) is { } manifest
        && ManifestServices.FindText(manifest.Name) is { } own && own.ReplaceLineEndings() != yaml.ReplaceLineEndings()
            ? manifest.Name
            : null;
}
