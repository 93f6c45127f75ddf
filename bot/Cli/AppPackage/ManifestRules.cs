using System.Text.Json;
using System.Text.RegularExpressions;

namespace DevOpsAI.Bot.Cli.AppPackage;

/// <summary>What Teams asks of a manifest beyond its schema.</summary>
internal static partial class ManifestRules
{
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

    [GeneratedRegex(@":[0-9]{1,5}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Port();
}
