using System.Text.Json;

namespace DevOpsAI.Bot.Cli.AppPackage;

/// <summary>The languages that a manifest names: their files, and that each text of them has a place in the manifest.</summary>
internal sealed class LanguageCheck(PackageFiles files, JsonElement manifest, Findings findings)
{
    /// <summary>Texts of its own, which the manifest refers to in brackets, and the schema's address.</summary>
    private static readonly string[] NoPaths = ["$schema", "localizationKeys"];

    /// <summary>The languages with a file that could be read, the manifest's own first.</summary>
    public IReadOnlyList<string> Check()
    {
        var own = PackageJson.Text(manifest, "localizationInfo.defaultLanguageTag") ?? "en-us";
        var read = new List<string> { own };
        if (PackageJson.Text(manifest, "localizationInfo.defaultLanguageFile") is { } ownFile)
            CheckFile(ownFile, own);
        foreach (var language in PackageJson.List(manifest, "localizationInfo.additionalLanguages"))
        {
            if (PackageJson.Text(language, "languageTag") is not { } tag || PackageJson.Text(language, "file") is not { } file)
                continue;
            if (read.Contains(tag, StringComparer.OrdinalIgnoreCase))
                findings.Add(PackageCheck.Manifest, "localizationInfo", $"names the language {Findings.Quoted(tag)} twice: leave one.");
            else if (CheckFile(file, tag))
                read.Add(tag);
        }
        return read;
    }

    private bool CheckFile(string file, string tag)
    {
        if (files.Find(file) is not { } content)
        {
            files.Miss(file, $"the file of the language {Findings.Quoted(tag)}", findings);
            return false;
        }
        if (PackageJson.Read(content, file, findings) is not { } texts)
            return false;
        ManifestRules.CheckPlaceholders(texts, file, findings);
        ManifestSchema.Languages.Check(texts, file, findings, areKeys: true);
        foreach (var path in texts.EnumerateObject().Select(static text => text.Name)
            .Where(path => !NoPaths.Contains(path) && !findings.Has(file, path) && !findings.HasAround(PackageCheck.Manifest, path)))
        {
            if (PackageJson.Find(manifest, path)?.ValueKind != JsonValueKind.String)
                findings.Add(file, path, "translates a text that manifest.json does not have: leave it out, or correct the path.");
        }
        return true;
    }
}
