using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>What to put into a bundle.</summary>
/// <param name="Checkpoint">Has to cover the last entry.</param>
/// <param name="Key">The key that the checkpoint is signed with.</param>
/// <param name="WithSealed">Also what is kept encrypted beside the entries.</param>
/// <param name="Redacted">Which entries are left out but for their hash.</param>
/// <param name="Names">The keys to open titles, summaries, reasons and names with, so that they can be read in the bundle; null to leave
/// them encrypted.</param>
public sealed record BundleRequest(
    TenantId Tenant,
    string TenantName,
    string Provider,
    string Namespace,
    long First,
    long Last,
    SignedCheckpoint Checkpoint,
    VerifierKey Key,
    bool WithSealed,
    Redaction Redacted,
    IKeyRing? Names = null);

/// <summary>Entries whose content is left out: by seq or by type.</summary>
public sealed class Redaction(IReadOnlyList<(long First, long Last)> ranges, IReadOnlySet<string> types)
{
    public static readonly Redaction None = new([], new HashSet<string>());

    public bool Covers(LedgerEntry entry) =>
        types.Contains(entry.Type) || ranges.Any(range => entry.Seq >= range.First && entry.Seq <= range.Last);

    /// <summary>What was asked for and is not there; a slip of the pen must not leave in what was to be left out.</summary>
    /// <exception cref="EvidenceException">Something is not there.</exception>
    public void MustBeIn(long first, long last, IReadOnlySet<string> seen)
    {
        if (types.FirstOrDefault(type => !seen.Contains(type)) is { } type)
            throw new EvidenceException($"There is no entry of type '{type}' among the entries {first} to {last}. Nothing was exported.");
        foreach (var range in ranges.Where(range => range.First < first || range.Last > last))
            throw new EvidenceException(
                $"Entries {range.First} to {range.Last} are not all among the entries {first} to {last}. Nothing was exported.");
    }

    /// <summary>Reads <c>12</c>, <c>15-20</c> and <c>event.received</c>, separated by commas.</summary>
    /// <exception cref="EvidenceException">Something else.</exception>
    public static Redaction Parse(IEnumerable<string> parts)
    {
        var ranges = new List<(long, long)>();
        var types = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in parts.SelectMany(
            static part => part.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            var ends = part.Split('-');
            if (ends.Length <= 2 && long.TryParse(ends[0], out var first) && long.TryParse(ends[^1], out var last) && first > 0
                && last >= first)
                ranges.Add((first, last));
            else if (part.Contains('.', StringComparison.Ordinal)
                && part.All(static character => char.IsAsciiLetterLower(character) || character is '.' or '-'))
                types.Add(part);
            else
                throw new EvidenceException(
                    $"'{part}' is neither a seq (12), nor a range of them (15-20), nor a type of entry (event.received).");
        }
        return new(ranges, types);
    }
}
