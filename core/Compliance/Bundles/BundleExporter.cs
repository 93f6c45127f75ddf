using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Common;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>Exports evidence into a file that is whole or not there. Reads only: an export leaves no entry behind.</summary>
public sealed class BundleExporter(ILedgerArchive archive, EntryCatalog catalog)
{
    private readonly EvidenceEntries entries = new(catalog);

    /// <param name="earlier">Checkpoints that are kept of the ledger, smallest first; those that the range proves go into the
    /// bundle.</param>
    /// <param name="path">Must not exist.</param>
    /// <returns>What is in the bundle, and the hexadecimal SHA-256 of the file.</returns>
    /// <exception cref="EvidenceException">It cannot be exported; the message says why, and nothing is left at
    /// <paramref name="path"/>.</exception>
    /// <exception cref="LedgerUnavailableException">The store cannot be read now.</exception>
    public async Task<(BundleManifest Manifest, string Sha256)> ExportAsync(
        BundleRequest request, IAsyncEnumerable<SignedCheckpoint> earlier, string path, CancellationToken cancellationToken)
    {
        Check(request);
        if (Path.Exists(path))
            throw new EvidenceException($"{path} exists already; an export overwrites nothing.");
        var partial = $"{path}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.partial";
        try
        {
            BundleManifest manifest;
            string whole;
            await using (var file = new FileStream(partial, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
            {
                manifest = await new BundleWriter(archive, catalog, request, earlier).WriteAsync(file, cancellationToken);
                BundleFormat.MustFit(file.Length);
                whole = await CloseAsync(file, cancellationToken);
                file.Flush(flushToDisk: true);
            }
            WholeFile.PutAtFreeName(partial, path);
            return (manifest, whole);
        }
        // The last is how a file comes to be told that is larger than its file system takes.
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" })
        {
            throw new EvidenceException($"{path} cannot be written: {failure.Message}", failure);
        }
        finally
        {
            if (File.Exists(partial))
                File.Delete(partial);
        }
    }

    /// <summary>The seq of the first entry that was written at or after a time; one more than the ledger has when there is none.</summary>
    public async Task<long> FirstAtOrAfterAsync(TenantId tenant, DateTimeOffset time, CancellationToken cancellationToken)
    {
        var (low, high) = (1L, await archive.SizeAsync(tenant, cancellationToken) + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (await AtAsync(tenant, middle, cancellationToken) < time)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private async Task<DateTimeOffset> AtAsync(TenantId tenant, long seq, CancellationToken cancellationToken)
    {
        await foreach (var stored in archive.ReadAsync(tenant, seq, seq, cancellationToken))
        {
            if (entries.Decode(tenant, seq, stored.Body, []) is { } entry)
                return entry.At;
        }
        throw new EvidenceException(string.Create(
            CultureInfo.InvariantCulture, $"Entry {seq} of {tenant} cannot be read. Nothing was exported; 'ledger verify' says more."));
    }

    private static void Check(BundleRequest request)
    {
        var head = request.Checkpoint.Checkpoint;
        if (head.Tenant != request.Tenant)
            throw new EvidenceException($"The checkpoint is of {head.Origin}, not of a ledger of {request.Tenant}.");
        var verdict = request.Checkpoint.Note.Verify([request.Key]);
        if (verdict.Problem is { } problem)
            throw new EvidenceException($"The checkpoint of {request.Tenant} is not to be believed: {problem}.");
        if (request.First < 1 || request.Last < request.First)
            throw new EvidenceException($"There are no entries from {request.First} to {request.Last}.");
        if (request.Last > head.Size)
            throw new EvidenceException(
                $"The checkpoint covers {head.Size} entries of {request.Tenant}, not yet entry {request.Last}: sign a newer one, or "
                + $"export up to {head.Size}.");
    }

    /// <summary>Puts the hash of everything before the comment into the comment, and returns that of the whole.</summary>
    private static async Task<string> CloseAsync(FileStream file, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var end = file.Length - BundleFormat.CommentLength;
        file.Position = 0;
        var buffer = new byte[128 * 1024];
        for (long read = 0; read < end;)
        {
            var count = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - read)), cancellationToken);
            hash.AppendData(buffer, 0, count);
            read += count;
        }
        var comment = Encoding.ASCII.GetBytes(BundleFormat.CommentPrefix + Convert.ToHexStringLower(hash.GetCurrentHash()));
        file.Position = end;
        file.Write(comment);
        hash.AppendData(comment);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
