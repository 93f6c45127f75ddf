using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Completeness;
using DevOpsAI.Compliance;
using DevOpsAI.Compliance.Gaps;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cli;

/// <summary><c>ledger gaps</c>.</summary>
internal static class LedgerGaps
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static async Task<int> RunAsync(
        LedgerSession ledger, TenantId tenant, IConfiguration configuration, DateTimeOffset asOf, bool json, TextWriter output,
        CancellationToken cancellationToken)
    {
        var size = await ledger.Archive.SizeAsync(tenant, cancellationToken);
        if (size == 0)
            LedgerCommands.MustBeConfigured(tenant, configuration, ledger.Name);
        var finder = new GapFinder(Rules(configuration));
        var uses = new KeyUses();
        var (seq, seen) = (0L, new Dictionary<long, DateTimeOffset>());
        try
        {
            await foreach (var stored in ledger.Archive.ReadAsync(tenant, 1, size, cancellationToken))
            {
                seq = stored.Seq;
                var entry = CoreFeatures.Codec.Decode(stored, null);
                if (WholeFacts.Lack(entry) is { } lack)
                    throw new JsonException($"it lacks {lack}");
                if (entry.At > asOf)
                    continue;
                finder.Add(entry);
                if (uses.Take(stored))
                    seen[seq] = entry.At;
            }
        }
        catch (JsonException unreadable)
        {
            throw new CommandException($"Entry {seq} cannot be read ({unreadable.Message}). 'ledger verify --tenant {tenant}' says more.");
        }
        IReadOnlyList<Gap> gaps =
        [
            .. (await ledger.MissingKeysAsync(tenant, uses.All, cancellationToken) ?? []).Select(key => Missing(key, seen[key.First[0]])),
            .. finder.End(asOf),
        ];
        foreach (var gap in gaps)
            await output.WriteLineAsync(json ? JsonSerializer.Serialize(gap, Json) : AsText(gap));
        if (!json)
            await output.WriteLineAsync(gaps.Count == 0
                ? $"{tenant}: no gaps in {seq} entries"
                : $"{tenant}: {gaps.Count} gap{(gaps.Count == 1 ? "" : "s")} in {seq} entries");
        return gaps.Count == 0 ? LedgerCommands.Intact : LedgerCommands.Tampered;
    }

    private static Gap Missing(KeyUse key, DateTimeOffset first) => new(
        GapKind.KeyMissing, key.Key, key.First[0], first, null,
        $"The key is missing, and no erasure of it is on record: what is encrypted under it in {key.Where} cannot be read.");

    /// <summary>A time as <c>2026-11-21T09:00Z</c>; UTC where it says nothing else.</summary>
    public static DateTimeOffset Time(string? text)
    {
        if (text is null)
            return TimeProvider.System.GetUtcNow();
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new CommandException($"'{text}' is not a time, as in 2026-11-21T09:00Z.");
    }

    /// <summary>Logs are read as often as this configuration says.</summary>
    private static GapRules Rules(IConfiguration configuration)
    {
        var options = configuration.GetSection("Completeness").Get<CompletenessOptions>() ?? new();
        return new() { Poll = options.IdlePollEvery + (options.PollEvery * 2) + TimeSpan.FromMinutes(15) };
    }

    private static string AsText(Gap gap) =>
        $"{Name(gap.Kind),-14}  {Time(gap.From)} to {Until(gap),-17}  after entry "
        + $"{gap.Seq,-6}  {LedgerListing.Harmless(gap.Subject)}: {LedgerListing.Harmless(gap.What)}";

    private static string Until(Gap gap) => gap.To is { } to ? Time(to) : "now";

    private static string Name(GapKind kind) =>
        string.Concat(
            kind.ToString()
                .Select((letter, index) =>
                    char.IsUpper(letter) && index > 0 ? "-" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
