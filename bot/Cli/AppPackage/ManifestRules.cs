using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace DevOpsAI.Bot.Cli.AppPackage;

/// <summary>What Teams asks of a manifest beyond its schema.</summary>
internal static partial class ManifestRules
{
    /// <summary>Characters that embed or override the direction of the text after them.</summary>
    private static readonly SearchValues<char> Directions = SearchValues.Create("\u202A\u202B\u202D\u202E\u2066\u2067\u2068");

    private static readonly string NoId = Guid.Empty.ToString();

    /// <summary>Texts of a template that nobody has replaced. Said first, since whatever else is wrong there comes from it.</summary>
    public static void CheckPlaceholders(JsonElement document, string file, Findings findings)
    {
        foreach (var (path, text) in PackageJson.Texts(document))
        {
            if (Placeholder().Match(text) is { Success: true } found)
                findings.Add(file, path, $"still has the placeholder {Findings.Quoted(found.Value)}: put in what belongs there.");
            else if (text == NoId)
                findings.Add(file, path, "is a GUID of zeros, a placeholder: put in your own.");
        }
    }

    public static void Check(JsonElement manifest, string file, Findings findings)
    {
        CheckTexts(manifest, file, findings);
        if (PackageJson.Text(manifest, "version") is { } version && !IsVersion(version) && !findings.Has(file, "version"))
            findings.Add(file, "version", $"is {Findings.Quoted(version)}, which is no version: write three numbers, as in 1.0.0.");
        var domains = PackageJson.List(manifest, "validDomains").Select(static one => one.ToString()).ToList();
        for (var at = 0; at < domains.Count; at++)
        {
            var path = $"validDomains[{at}]";
            if (!IsValidDomain(domains[at]) && !findings.Has(file, path))
                findings.Add(file, path, $"is {Findings.Quoted(domains[at])}, which is no domain: write the name alone, as in "
                    + "bot.contoso.com, without 'https://' and without a path.");
        }
        if (PackageJson.List(manifest, "authorization.permissions.resourceSpecific").Any()
            && PackageJson.Find(manifest, "webApplicationInfo.id") is null)
            findings.Add(file, "webApplicationInfo.id", "is missing, and authorization.permissions.resourceSpecific needs it: add the "
                + "application id of the registration that gets the permissions.");
    }

    /// <summary>
    /// The schema bounds texts from above alone, and its patterns let a line's end follow: an app without a name, or whose id ends with a
    /// line break, is none.
    /// </summary>
    private static void CheckTexts(JsonElement manifest, string file, Findings findings)
    {
        foreach (var (path, text) in PackageJson.Texts(manifest))
        {
            if (findings.Has(file, path))
                continue;
            var isLong = path is "description.full";
            if (text.Any(letter => char.IsControl(letter) && !(isLong && letter is '\n' or '\r' or '\t')))
                findings.Add(file, path, "holds a line break or another control character: leave it out.");
            else if (text.AsSpan().ContainsAny(Directions))
                findings.Add(file, path, "holds a character that turns the direction of the text: leave it out.");
            else if (string.IsNullOrWhiteSpace(text) && IsShown(path))
                findings.Add(file, path, "is empty, and people see it in Teams: write what is to stand there.");
            else if (IsAddress(path) && !IsPage(text))
            {
                findings.Add(
                    file, path, $"is {Findings.Quoted(text)}, which is no address of a page: write it as in https://www.contoso.com.");
            }
        }
        var bots = PackageJson.List(manifest, "bots").ToList();
        for (var at = 0; at < bots.Count; at++)
        {
            var path = $"bots[{at}].scopes";
            if (bots[at].ValueKind == JsonValueKind.Object && bots[at].TryGetProperty("scopes", out var scopes)
                && scopes.ValueKind == JsonValueKind.Array && scopes.GetArrayLength() == 0 && !findings.Has(file, path))
                findings.Add(file, path, "is empty, so the bot could be added nowhere: write personal, team or groupChat.");
        }
        var schema = PackageJson.Text(manifest, "$schema");
        var version = PackageJson.Text(manifest, "manifestVersion");
        if (schema is not null && version is not null && SchemaVersion().Match(schema) is { Success: true } named
            && named.Groups["version"].Value != version && !findings.Has(file, "$schema") && !findings.Has(file, "manifestVersion"))
        {
            findings.Add(
                file, "$schema", $"is of version {named.Groups["version"].Value}, and manifestVersion is {version}: make them the same.");
        }
    }

    private static bool IsShown(string path) => path is "name.short" or "description.short" or "description.full" or "developer.name"
        || (path.StartsWith("bots[", StringComparison.Ordinal) && path.EndsWith(".title", StringComparison.Ordinal));

    private static bool IsAddress(string path) =>
        path.StartsWith("developer.", StringComparison.Ordinal) && path.EndsWith("Url", StringComparison.Ordinal);

    private static bool IsPage(string text) => Uri.TryCreate(text, UriKind.Absolute, out var page) && page.Scheme is "https" or "http"
        && IsDomain(page.IdnHost) && page.UserInfo.Length == 0 && !text.Any(char.IsWhiteSpace);

    /// <summary>Three numbers, as Teams orders versions by them.</summary>
    public static bool IsVersion(string text) => Version().IsMatch(text);

    /// <summary>A name such as <c>bot.contoso.com</c>, in the letters that the domain system has.</summary>
    public static bool IsDomain(string text) => text.Length <= 253 && Domain().IsMatch(text);

    /// <summary>There a first label may stand for any, and a machine of a developer may be named.</summary>
    private static bool IsValidDomain(string text)
    {
        var name = Port().Replace(text, "");
        return name == "localhost" || IsDomain(name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name);
    }

    [GeneratedRegex(@"\$?\{\{[^{}]*\}\}|\$\{[^{}]*\}|<<[^<>]*>>|^<[^<>]*>\z", RegexOptions.NonBacktracking)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Version();

    [GeneratedRegex(
        @"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Domain();

    [GeneratedRegex(@"/v(?<version>[0-9]+\.[0-9]+)/", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex SchemaVersion();

    [GeneratedRegex(@":[0-9]{1,5}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Port();
}
