using System.Globalization;
using System.Text.Json;
using DevOpsAI.Bot.Views;
using DevOpsAI.Compliance;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cli;

/// <summary>
/// Entries as lines for people: when, who, which incident, what happened. Names and texts are opened with the client's key; where that is
/// not to be had they stay encrypted, and that is said once.
/// </summary>
internal sealed class WordListing(LedgerSession ledger, TenantId tenant, CommandContext context) : IDisposable
{
    private const int MaxWhoLength = 28;
    private const int MaxTitleLength = 48;
    private const int MaxWhatLength = 300;

    public static readonly string Header = $"{"seq",6}  {"time (UTC)",-19}  {"who",-MaxWhoLength}  what";

    private readonly EntryCodec codec = new(context.Catalog);
    private readonly Dictionary<ProposalSubject, string> titles = [];
    private KeyRing? keys;
    private bool isEncrypted;

    /// <exception cref="JsonException">The entry cannot be read.</exception>
    public async ValueTask<string> LineAsync(StoredEntry stored, CancellationToken cancellationToken)
    {
        var entry = await ReadAsync(stored, cancellationToken);
        if (WholeFacts.Lack(entry) is { } lack)
            throw new JsonException($"it lacks {lack}");
        if (entry.Fact is IncidentOpened opened)
            titles[opened.IncidentId] = opened.Title;
        var time = entry.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        return $"{entry.Seq,6}  {time}  {Short(Labels.Who(entry.Actor), MaxWhoLength),-MaxWhoLength}  {About(entry)}"
            + $"{Short(EntryWords.For(entry, context.Catalog), MaxWhatLength)}";
    }

    public void Dispose() => keys?.Dispose();

    /// <summary>The incident's number and title, or what else the entry is about; empty for what belongs to neither.</summary>
    private string About(LedgerEntry entry)
    {
        if (entry.Stream.Value.Split('/', 2) is not [var kind, var id])
            return "";
        if (kind is not ("incident" or "proposal" or "card"))
            return context.Catalog.GetLine(entry) is null ? "" : $"{Short($"{kind.Replace('-', ' ')} {id}", MaxTitleLength)}: ";
        var about = ProposalSubject.Parse(id);
        var subject = Short(about.ToString(), MaxTitleLength);
        return titles.TryGetValue(about, out var title) ? $"{subject} \"{Short(title, MaxTitleLength)}\": " : $"{subject}: ";
    }

    private async ValueTask<LedgerEntry> ReadAsync(StoredEntry stored, CancellationToken cancellationToken)
    {
        if (stored.Encrypted is null || isEncrypted)
            return codec.Decode(stored, null);
        try
        {
            keys ??= ledger.KeysToRead();
            return codec.Decode(stored, await keys.ForOpeningAsync(tenant, [stored], cancellationToken));
        }
        catch (LedgerUnavailableException unavailable)
        {
            isEncrypted = true;
            await context.Error.WriteLineAsync($"Names, titles and reasons stay encrypted here. {unavailable.Message}");
            return codec.Decode(stored, null);
        }
    }

    private static string Short(string text, int most)
    {
        var shown = LedgerListing.Harmless(text.ReplaceLineEndings(" "));
        return shown.Length <= most ? shown : string.Concat(shown.AsSpan(0, most - 1), "…");
    }
}
