using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Completeness;
using DevOpsAI.Compliance;
using DevOpsAI.Compliance.Holes;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cli;

/// <summary><c>ledger holes</c>.</summary>
internal static class LedgerHoles
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static async Task<int> RunAsync(
        OpenedLedger ledger, TenantId tenant, IConfiguration configuration, DateTimeOffset asOf, bool json, TextWriter output,
        CancellationToken cancellationToken)
    {
        var size = await ledger.Archive.SizeAsync(tenant, cancellationToken);
        if (size == 0)
            LedgerCommands.MustBeConfigured(tenant, configuration, ledger.Name);
        var finder = new HoleFinder(Rules(configuration));
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
        IReadOnlyList<Hole> holes =
        [
            .. (await ledger.MissingKeysAsync(tenant, uses.All, cancellationToken) ?? []).Select(key => Missing(key, seen[key.First[0]])),
            .. finder.End(asOf),
        ];
        foreach (var hole in holes)
            await output.WriteLineAsync(json ? JsonSerializer.Serialize(hole, Json) : AsText(hole));
        if (!json)
            await output.WriteLineAsync(holes.Count == 0
                ? $"{tenant}: no holes in {seq} entries"
                : $"{tenant}: {holes.Count} hole{(holes.Count == 1 ? "" : "s")} in {seq} entries");
        return holes.Count == 0 ? LedgerCommands.Intact : LedgerCommands.Tampered;
    }

    private static Hole Missing(KeyUse key, DateTimeOffset first) => new(
        HoleKind.KeyMissing, key.Key, key.First[0], first, null,
        $"The key is missing, and no erasure of it is on record: what is sealed under it in {key.Where} cannot be read.");

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
    private static HoleRules Rules(IConfiguration configuration)
    {
        var options = configuration.GetSection("Completeness").Get<CompletenessOptions>() ?? new();
        return new() { Poll = options.IdlePollEvery + (options.PollEvery * 2) + TimeSpan.FromMinutes(15) };
    }

    private static string AsText(Hole hole) =>
        $"{Name(hole.Kind),-14}  {Time(hole.From)} to {Until(hole),-17}  after entry "
        + $"{hole.Seq,-6}  {LedgerListing.Harmless(hole.Subject)}: {LedgerListing.Harmless(hole.What)}";

    private static string Until(Hole hole) => hole.To is { } to ? Time(to) : "now";

    private static string Name(HoleKind kind) =>
        string.Concat(
            kind.ToString()
                .Select((letter, index) =>
                    char.IsUpper(letter) && index > 0 ? "-" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
