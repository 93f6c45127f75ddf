using System.Text.Json;

namespace DevOpsAI.Bot.Cli.AppPackage;

/// <summary>What a package says of itself, as far as it could be read.</summary>
internal sealed record PackageSummary(string Name, string Version, string Id, string ManifestVersion, IReadOnlyList<string> Languages)
{
    public override string ToString() => LedgerListing.Harmless(
        $"{Name} {Version}, app {Id}, manifest {ManifestVersion}, in {string.Join(", ", Languages)}");
}

/// <summary>
/// Holds an app package against what Teams asks of one, without Teams: the files, Microsoft's schemas, the icons, the languages. Trusts
/// nothing in the package.
/// </summary>
internal static class PackageCheck
{
    /// <summary>The one file whose name is given.</summary>
    public const string Manifest = "manifest.json";

    /// <param name="name">What the package is called in sentences about it.</param>
    /// <returns>Null where something is wrong.</returns>
    public static PackageSummary? Run(byte[] package, string name, Findings findings)
    {
        if (PackageFiles.Read(package, name, findings) is not { } files)
            return null;
        if (files.Find(Manifest) is not { } content)
        {
            AddMissing(files, name, findings);
            return null;
        }
        if (PackageJson.Read(content, Manifest, findings) is not { } manifest)
            return null;
        ManifestRules.CheckPlaceholders(manifest, Manifest, findings);
        CheckSchema(manifest, findings);
        ManifestRules.Check(manifest, Manifest, findings);
        new IconCheck(files, manifest, findings).Check();
        var languages = new LanguageCheck(files, manifest, findings).Check();
        return findings.Count == 0
            ? new(Text("name.short"), Text("version"), Text("id"), Text("manifestVersion"), languages)
            : null;

        string Text(string path) => PackageJson.Text(manifest, path) ?? "";
    }

    private static void CheckSchema(JsonElement manifest, Findings findings)
    {
        var known = string.Join(" or ", ManifestSchema.Versions);
        var version = PackageJson.Text(manifest, "manifestVersion");
        if (ManifestSchema.Find(version) is { } schema)
            schema.Check(manifest, Manifest, findings);
        else if (!findings.Has(Manifest, "manifestVersion"))
            findings.Add(Manifest, "manifestVersion", version is null
                ? $"is missing: write {known}."
                : $"is {Findings.Quoted(version)}, which cannot be checked here: write {known}.");
    }

    private static void AddMissing(PackageFiles files, string name, Findings findings)
    {
        var near = files.Names.FirstOrDefault(static other => Path.GetFileName(other).Equals(Manifest, StringComparison.OrdinalIgnoreCase));
        findings.Add(name, near is null
            ? $"has no {Manifest}: add it at the root of the zip file."
            : $"has its manifest at {Findings.Quoted(near)}: it has to be {Manifest} at the root of the zip file, so zip the files and not "
                + "their folder.");
    }
}
