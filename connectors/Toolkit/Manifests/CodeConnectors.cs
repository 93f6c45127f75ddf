namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>
/// Connectors that are no manifests but parts of the bot: what they do no file can take the place of, so that none may bear their names.
/// </summary>
internal static class CodeConnectors
{
    public static IReadOnlySet<string> Names { get; } =
        new HashSet<string>(StringComparer.Ordinal) { "alertmanager", "cloudevents", "meshcentral", "microsoft-graph", "sandbox" };
}
