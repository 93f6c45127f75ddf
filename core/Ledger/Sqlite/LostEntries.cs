using System.Collections.Concurrent;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>What was given up in a folder, as the files tell that are kept in it for good.</summary>
/// <param name="accept">The operator accepts, at this start, that entries are lost.</param>
internal sealed class LostEntries(string folder, bool accept, ILogger<LostEntries> logger) : ILostEntries
{
    private readonly Lazy<ConcurrentDictionary<string, long>> given = new(() => new(LedgerStart.GivenUp(folder)));

    public long GivenUp(TenantId tenant) => given.Value.GetValueOrDefault(tenant.Value);

    /// <exception cref="IOException">That cannot be noted.</exception>
    public bool TryGiveUp(TenantId tenant, long size, string what)
    {
        if (!accept)
            return false;
        LedgerStart.GiveUp(folder, tenant, size);
        given.Value[tenant.Value] = size;
        var lost = $"The record of {tenant}: {what}.";
        logger.LossAccepted(folder, lost);
        return true;
    }
}
