using System.Globalization;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>Whether a ledger that nobody holds is whole up to its end, as far as can be told without reading it all.</summary>
internal static class LedgerStart
{
    /// <exception cref="LedgerUnavailableException">Entries that were durable are not there any more, or the log in which the newest are is
    /// damaged.</exception>
    public static void MustBeWhole(string path, bool acceptLoss, ILogger logger)
    {
        if (!LedgerFile.HasLog(path) && DatabaseHeader.FindWrongLength(path) is { } wrong)
            throw new LedgerUnavailableException(
                $"{path} is damaged: {wrong}. Nothing was changed. Restore the whole folder from a backup.");
        List<string> lost = WriteAheadLog.FindCertainDamage(path + "-wal") is { } damage
            ? [$"Its write-ahead log is damaged ({damage}): what comes after cannot be read."]
            : [];
        lost.AddRange(Missing(path, only: null).Values);
        if (lost.Count == 0)
            return;
        var said = string.Join(' ', lost);
        if (!acceptLoss)
        {
            throw new LedgerUnavailableException(
                $"{path} is not whole. {said} Nothing was changed. Restore the whole folder from a backup, with ledger.db-wal; or, if "
                + $"these entries are to be given up, "
                + "keep a copy of the folder and start once with Storage:AcceptLoss=true.");
        }
        logger.LossAccepted(path, said);
        // What is given up is kept to be looked at; the next commit says anew where each ledger ends.
        Aside(Path.Combine(Path.GetDirectoryName(path)!, DurableHeads.Name), move: true);
        Aside(path + "-wal", move: false);
    }

    /// <summary>What the durable heads say of a ledger that it does not bear out, by tenant.</summary>
    public static IReadOnlyDictionary<string, string> Missing(string path, string? only)
    {
        var missing = new Dictionary<string, string>();
        var heads = DurableHeads.Read(Path.GetDirectoryName(path)!);
        if (heads.Count == 0)
            return missing;
        using var database = LedgerFile.OpenToRead(path);
        // The tables themselves are in the log until it is moved into the file for the first time.
        using var find = database?.Number("SELECT count(*) FROM sqlite_master WHERE name = 'heads'") is null or 0
            ? null
            : database.Prepare("SELECT size, root FROM heads WHERE tenant = ?");
        foreach (var (tenant, head) in heads.Where(one => only is null || one.Key == only)
            .OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            var size = find?.Bind(1, tenant).Step() is true ? find.Number(0) : 0;
            if (size < head.Size)
                missing[tenant] =
                    $"The ledger of {tenant} ends at entry {size}, but entry {head.Size} was written ({DurableHeads.Name}): its end, or "
                    + $"its write-ahead log, is missing or cut.";
            else if (size == head.Size && !find!.Bytes(1).SequenceEqual(head.Root))
                missing[tenant] = $"The ledger of {tenant} ends at entry {size} with another root than was written ({DurableHeads.Name}).";
            find?.Reset();
        }
        return missing;
    }

    /// <summary>Up to which entry of each tenant entries were given up in this folder, ever.</summary>
    public static IReadOnlyDictionary<string, long> GivenUp(string folder)
    {
        var given = new Dictionary<string, long>();
        foreach (var file in Directory.EnumerateFiles(folder, $"{DurableHeads.Name}.given-up-*"))
        {
            foreach (var head in DurableHeads.ReadFile(file).Values)
                given[head.Tenant.Value] = Math.Max(head.Size, given.GetValueOrDefault(head.Tenant.Value));
        }
        return given;
    }

    /// <summary>Notes for good that a tenant's entries up to this one are given up.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void GiveUp(string folder, TenantId tenant, long size)
    {
        using var given = new DurableHeads(folder, $"{DurableHeads.Name}.given-up-{Stamp()}");
        given.Keep(tenant, size, MerkleTree.EmptyRoot);
    }

    private static void Aside(string file, bool move)
    {
        if (!File.Exists(file))
            return;
        var kept = $"{file}.given-up-{Stamp()}";
        if (move)
            File.Move(file, kept);
        else
            File.Copy(file, kept);
    }

    private static string Stamp() => DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
}
