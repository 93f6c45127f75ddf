using Microsoft.Extensions.Options;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>Section <c>Connectors</c>.</summary>
public sealed class ConnectorsOptions
{
    /// <summary>
    /// A folder with connector manifests of your own (<c>*.yaml</c>), relative to the content root; one that bears a built-in one's name
    /// takes its place. None by default.
    /// </summary>
    public string? Path { get; set; }
}

/// <summary>The manifests of the operator's folder, read when the bot is put together, since connectors are services.</summary>
internal sealed class ManifestFolder : IValidateOptions<ConnectorsOptions>
{
    private readonly List<string> errors = [];

    /// <param name="path">Null for none.</param>
    public ManifestFolder(string? path, string contentRoot)
    {
        if (string.IsNullOrWhiteSpace(path))
            return;
        var folder = Path.GetFullPath(path, contentRoot);
        if (!Directory.Exists(folder))
        {
            errors.Add($"Connectors:Path: there is no folder {folder}.");
            return;
        }
        var read = new List<Manifest>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
        {
            if (ManifestReader.Read(file, File.ReadAllText(file), errors) is not { } manifest)
                continue;
            if (read.Find(other => other.Name == manifest.Name) is { } twin)
                errors.Add($"{file}:1: the connector {manifest.Name} is in {twin.Origin} as well");
            else
                read.Add(manifest);
        }
        Manifests = read;
    }

    public IReadOnlyList<Manifest> Manifests { get; } = [];

    public ValidateOptionsResult Validate(string? name, ConnectorsOptions options) =>
        errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
}
