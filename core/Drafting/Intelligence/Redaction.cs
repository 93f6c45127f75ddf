using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>
/// Takes names, addresses and secrets out of one call's material, and puts back what may come back. Placeholders carry a tag of the call
/// that nobody outside can know, so text from outside that looks like one means nothing. Not thread-safe: one per call.
/// </summary>
/// <param name="tag">Letters and digits, of this call alone.</param>
internal sealed partial class Redaction(string tag)
{
    /// <summary>From here on a value is taken out wherever it stands, inside words too.</summary>
    private const int StandsInWords = 5;

    private const int ShortestName = 2;

    private readonly Dictionary<string, string> placeholders = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> originals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private Regex? known;

    /// <summary>A value that a typed field holds is taken out wherever it stands.</summary>
    /// <param name="kind">What the placeholder begins with, in capitals.</param>
    /// <param name="comesBack">
    /// What the model writes of it may be shown again: the tenant's own record at a vendor says so, and no text that came in.
    /// </param>
    public void Know(string kind, string? value, bool comesBack = false)
    {
        var name = OutsideText.Clean(value, 200);
        if (name.Length < ShortestName || name.All(char.IsAsciiDigit))
            return;
        if (placeholders.TryGetValue(name, out var taken))
        {
            if (comesBack)
                originals[taken] = value!;
            return;
        }
        var placeholder = Add(kind, name);
        if (comesBack)
            originals[placeholder] = value!;
        known = null;
    }

    /// <summary>The text as it may be sent.</summary>
    /// <param name="max">As for <see cref="OutsideText.Clean"/>.</param>
    public string Hide(string? text, int max)
    {
        // Cut last: half of a secret is none that could be recognized.
        var plain = OutsideText.Clean(Decode(OutsideText.Clean(text, Math.Max(max * 2, 4_000))), Math.Max(max * 2, 4_000));
        if (plain.Length == 0)
            return "";
        plain = Known().Replace(plain, name => GetPlaceholder("ID", name.Value));
        foreach (var (kind, shape) in SecretShapes.All)
            plain = shape.Replace(plain, found => IsOurs(found.Value) ? found.Value : GetPlaceholder(kind, found.Value));
        return OutsideText.Clean(plain, max);
    }

    /// <summary>
    /// The text with the placeholders of what may come back replaced; others become a word for what they stand for. Null where
    /// <paramref name="isExact"/> and one may not come back.
    /// </summary>
    public string? Restore(string text, bool isExact = false)
    {
        var isWhole = true;
        var restored = Placeholder().Replace(text, match =>
        {
            if (match.Groups["tag"].Value == tag && originals.TryGetValue(match.Value, out var original))
                return original;
            isWhole = false;
            return $"(a {Word(match.Groups["kind"].Value)})";
        });
        return isWhole || !isExact ? restored : null;
    }

    /// <summary>Placeholders and little beside them, which is not taken for a secret for its length.</summary>
    private static bool IsOurs(string text) =>
        Placeholder().IsMatch(text) && Placeholder().Replace(text, "").Trim('_', '-', '/', ' ').Length == 0;

    /// <summary>Names in the escapes of addresses and pages are names all the same.</summary>
    private static string Decode(string text)
    {
        for (var round = 0; round < 3 && text.AsSpan().ContainsAny('%', '&'); round++)
            text = WebUtility.HtmlDecode(Uri.UnescapeDataString(text));
        return text;
    }

    private string GetPlaceholder(string kind, string value) => placeholders.GetValueOrDefault(value) ?? Add(kind, value);

    private string Add(string kind, string value)
    {
        var number = counts[kind] = counts.GetValueOrDefault(kind) + 1;
        return placeholders[value] = $"{kind}_{number}_{tag}";
    }

    private Regex Known()
    {
        if (known is not null)
            return known;
        var names = placeholders.Keys.OrderByDescending(static name => name.Length)
            .Select(static name => name.Length >= StandsInWords
                ? Regex.Escape(name)
                : $@"(?<![\p{{L}}\p{{N}}]){Regex.Escape(name)}(?![\p{{L}}\p{{N}}])")
            .ToList();
        var pattern = new StringBuilder(names.Count == 0 ? "(?!)" : string.Join('|', names)).ToString();
        return known = new(pattern, RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, TimeSpan.FromSeconds(2));
    }

    private static string Word(string kind) => kind switch
    {
        "SECRET" => "secret",
        "MAIL" => "mail address",
        "PHONE" => "phone number",
        "PERSON" => "person",
        "DEVICE" => "device",
        "CLIENT" or "OTHER" => "client",
        "ID" => "number",
        _ => "network address",
    };

    [GeneratedRegex(@"\b(?<kind>SECRET|MAIL|PHONE|PERSON|DEVICE|CLIENT|OTHER|ID|ADDRESS)_[0-9]{1,4}_(?<tag>[a-z0-9]{4,16})\b",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Placeholder();
}
