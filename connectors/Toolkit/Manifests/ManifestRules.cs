using DevOpsAI.Common;
using DevOpsAI.Common.Yaml;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>What a manifest must not say although it could be read: mistakes that would show at the first call, or never.</summary>
internal static class ManifestRules
{
    private const string MayBe = "it must be https (http on loopback only), without user, query and fragment";

    /// <summary>Long enough for a key, and for hardly any word.</summary>
    private const int MinSecret = 20;

    /// <summary>About a connection between two hosts, and no request (https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1).</summary>
    private static readonly string[] NotOurs =
    [
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding",
        "Upgrade", "Host", "Content-Length", "Expect",
    ];

    private static readonly string[] Secretive = ["auth", "key", "token", "secret", "password", "credential"];

    /// <summary>The address, as it is with the values and examples of the settings that it is made of.</summary>
    public static void Address(YamlFields fields, ValueTemplate address, IReadOnlyList<SettingRule> settings)
    {
        if (address.Source is "" or "-")
            return;
        var pieces = address.Pieces
            .Select(piece => piece.Literal is { } literal ? [(null, literal)] : Values(piece.Given, settings)).ToList();
        // Where the whole beginning is somebody's to write, nothing is known of it yet.
        if (pieces[0].Count == 0)
            return;
        foreach (var (index, piece) in pieces.Index())
        {
            foreach (var (setting, value) in piece.Count == 0 ? [(null, "x")] : piece)
            {
                var whole = string.Concat(pieces.Index().Select(
                    one => one.Index == index ? value : one.Item.Select(static first => first.Value).FirstOrDefault("x")));
                if (VendorAddress.Find(whole) is not null)
                    continue;
                var with = setting is null ? "" : $" with {setting} as '{value}'";
                fields.Error($"'address'{with} is none that is called: {MayBe}", fields.LineAt("address"));
                return;
            }
        }
    }

    /// <summary>The headers that a manifest writes into requests.</summary>
    public static void HeaderNames(YamlFields fields, string key, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            HeaderName(fields, key, name);
            if (NotOurs.Contains(name, StringComparer.OrdinalIgnoreCase) || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
                fields.Error($"'{name}' in '{key}' is a header that is not a manifest's to write", fields.LineAt(key));
        }
    }

    /// <summary>A name that a header can have (https://www.rfc-editor.org/rfc/rfc9110#section-5.1).</summary>
    public static void HeaderName(YamlFields fields, string key, string name)
    {
        if (!name.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)))
            fields.Error($"'{key}' has '{LogText.OneLine(name, 60)}', which no header can be called", fields.LineAt(key));
    }

    /// <summary>A secret that stands in the file itself, where everybody reads it who has the file.</summary>
    public static void NoSecrets(
        YamlFields fields, string key, IEnumerable<KeyValuePair<string, ValueTemplate>> all, IReadOnlyList<SettingRule> settings)
    {
        foreach (var (name, value) in all)
        {
            if (value.Given.Any() || !IsSecret(name, value.Source))
                continue;
            var own = settings.FirstOrDefault(static one => one.IsSecret)?.Name;
            var better = own is null
                ? "{$secret.Key}, with Key as a setting that is a secret"
                : $"{{$secret.{own}}}, or another setting that is a secret";
            fields.Error($"'{name}' in '{key}' looks like a secret that stands in the file: write {better}", fields.LineAt(key));
        }
    }

    /// <summary>Characters that are not seen, or turn the others round, in what people read before they approve.</summary>
    public static void Visible(YamlFields fields, string key, string? text)
    {
        if (text is null || LogText.OneLine(text, int.MaxValue) == text)
            return;
        fields.Error(
            $"'{key}' has characters that are not seen, or turn the text round: {LogText.OneLine(text, 80)}", fields.LineAt(key));
    }

    /// <summary>What tells one event from another has to come of the event.</summary>
    public static void FromEvent(YamlFields fields, string key, ValueTemplate? template)
    {
        if (template is { Source.Length: > 1 } && !template.Paths.Any() && !template.Given.Any())
            fields.Error($"'{key}' is the same for every event: it has to name a member, as in {{id}}", fields.LineAt(key));
    }

    private static List<(string? Setting, string Value)> Values(string? given, IReadOnlyList<SettingRule> settings)
    {
        if (settings.FirstOrDefault(one => $"setting.{one.Name}" == given) is not { } setting)
            return [];
        if (setting.Values.Count > 0)
            return [.. setting.Values.Select(one => ((string?)setting.Name, one.Value))];
        return setting.Example is { } example ? [(setting.Name, example)] : [];
    }

    private static bool IsSecret(string header, string value)
    {
        if (Array.Exists(Secretive, word => header.Contains(word, StringComparison.OrdinalIgnoreCase)))
            return value.Length > 0 && !IsPlain(value);
        var run = 0;
        var hasDigit = false;
        var hasLetter = false;
        foreach (var c in value)
        {
            var isOf = char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '_' or '-' or '=';
            (run, hasDigit, hasLetter) = isOf
                ? (run + 1, hasDigit || char.IsAsciiDigit(c), hasLetter || char.IsAsciiLetter(c))
                : (0, false, false);
            if (run >= MinSecret && hasDigit && hasLetter)
                return true;
        }
        return false;
    }

    /// <summary>Too short for a key, as the kind of one or a version.</summary>
    private static bool IsPlain(string value) => value.Split(' ')[^1].Length <= 8;
}
