using System.Globalization;
using System.Text.Json;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>What came with a click: anybody could have written it. Bounded and typed here, believed nowhere.</summary>
internal sealed record ClickData(
    TenantId Tenant, ProposalSubject Subject, string PlanDigest, int Page, string? Review, bool IsCopy,
    IReadOnlyDictionary<string, string> Inputs)
{
    private const int MaxValueLength = 4_000;
    private const int MaxValues = 60;
    private const int MaxSubjectLength = 300;

    /// <summary>Null when it names nothing that is decided about, or no client.</summary>
    public static ClickData? Read(JsonElement data)
    {
        if (ReadValues(data) is not { } values
            || !TenantId.TryParse(values.GetValueOrDefault("tenant"), out var tenant)
            || ReadSubject(values) is not { } subject)
            return null;
        return new(
            tenant, subject, values.GetValueOrDefault("seal") ?? "",
            int.TryParse(values.GetValueOrDefault("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var page)
                ? Math.Min(page, 100_000)
                : 0,
            values.GetValueOrDefault("review"), values.GetValueOrDefault("copy") == "true", values);
    }

    /// <summary>What it says, bounded, by name; null when it is no object, or holds what is no text.</summary>
    public static IReadOnlyDictionary<string, string>? ReadValues(JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object)
            return null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var property in data.EnumerateObject().Take(MaxValues))
            {
                // Cut rather than dropped: a value that somebody typed and nobody can use must be refused, not replaced by what was there.
                var text = Text(property.Value);
                values[property.Name] = text.Length <= MaxValueLength ? text : text[..MaxValueLength];
            }
        }
        catch (InvalidOperationException)
        {
            return null; // half a character, as in "\ud800": JSON, but no text
        }
        return values;
    }

    /// <summary>What else than an incident never passes for one, nor the other way round.</summary>
    private static ProposalSubject? ReadSubject(IReadOnlyDictionary<string, string> values)
    {
        if (!values.TryGetValue(CardData.Subject, out var text))
            return TypedText.FindIncident(values.GetValueOrDefault(CardData.Incident) ?? "") is { } id ? id : (ProposalSubject?)null;
        return text.Length is > 0 and <= MaxSubjectLength && ProposalSubject.Parse(text) is { IsIncident: false } subject ? subject : null;
    }

    /// <summary>Which page of a list, and of which client; the first page of all where it cannot be read.</summary>
    public static (string? Client, int Page) ReadPage(JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object)
            return (null, 0);
        var page = data.TryGetProperty("page", out var number) && number.ValueKind == JsonValueKind.Number
            && number.TryGetInt32(out var read)
            ? read
            : 0;
        try
        {
            var isNamed = data.TryGetProperty("client", out var named) && named.ValueKind == JsonValueKind.String;
            return (isNamed && TenantId.TryParse(named.GetString(), out var id) ? id.Value : null, page);
        }
        catch (InvalidOperationException)
        {
            return (null, page); // half a character
        }
    }

    public string? Input(string id) => Inputs.GetValueOrDefault(id)?.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>A whole number that is not negative.</summary>
    public int? Number(string id) =>
        int.TryParse(Input(id), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Edited arguments by <c>{step}.{argument}</c>.</summary>
    public IReadOnlyDictionary<string, string> Edits() => Inputs
        .Where(input => input.Key.StartsWith(InputId.EditPrefix, StringComparison.Ordinal))
        .ToDictionary(input => input.Key[InputId.EditPrefix.Length..], input => input.Value, StringComparer.Ordinal);

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };
}
