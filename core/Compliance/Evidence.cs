using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance;

/// <summary>What an export is about. With the entries and the checkpoint it determines every byte of what is exported.</summary>
/// <param name="TenantName">What people call the client, as in <c>Contoso Ltd</c>.</param>
/// <param name="Provider">The managed service provider that runs the bot.</param>
/// <param name="Namespace">The URL that names our own properties in OSCAL: one that the provider owns.</param>
/// <param name="First">Seq of the first entry.</param>
/// <param name="Last">Seq of the last entry.</param>
/// <param name="AsOf">Time of the last entry: what the documents are dated with, so that no clock is read.</param>
/// <param name="WithNames">Titles, summaries, reasons and names are opened, as far as nobody was erased.</param>
public sealed record EvidenceSubject(
    TenantId Tenant, string TenantName, string Provider, string Namespace, long First, long Last, DateTimeOffset AsOf,
    bool WithNames = false)
{
    public const string DefaultNamespace = "https://bot.example/ns/oscal";
}

/// <summary>The signed statement of the ledger's size and root that the evidence rests on.</summary>
/// <param name="Origin">The ledger's name in the note: its first line.</param>
/// <param name="Size">Number of entries that the root covers.</param>
/// <param name="Root">Merkle root: 32 bytes.</param>
/// <param name="Note">The signed note, whole.</param>
public sealed record EvidenceCheckpoint(string Origin, long Size, ReadOnlyMemory<byte> Root, string Note);

/// <summary>An entry of the range as the documents may tell it.</summary>
/// <param name="Entry">Null when its content is left out (redacted): then only its place and its hash are known.</param>
public sealed record EvidenceEntry(long Seq, Hash256 Leaf, LedgerEntry? Entry)
{
    /// <summary>Keys of parts that were to be read and cannot be, although no entry of the range says that they were erased.</summary>
    public IReadOnlyList<string> MissingKeys { get; init; } = [];
}

/// <summary>Gives the entries of a range, in order, as often as they are asked for, and never holds many of them at once.</summary>
public interface IEvidenceSource
{
    IAsyncEnumerable<EvidenceEntry> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>An export that would not be evidence, or cannot be made. The message says why, for the person who asked.</summary>
public class EvidenceException(string message, Exception? inner = null) : Exception(message, inner);
