namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>Reads a manifest to tell what is wrong with it.</summary>
public static class ManifestCheck
{
    /// <summary>As <c>file:line: what would be right</c>; empty when there is nothing.</summary>
    public static IReadOnlyList<string> ValidationErrors(string file, string yaml)
    {
        var errors = new List<string>();
        ManifestReader.Read(file, yaml, errors);
        return errors;
    }
}
