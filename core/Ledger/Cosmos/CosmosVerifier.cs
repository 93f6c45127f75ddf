using System.Text;
using System.Text.Json;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>
/// Recomputes everything that the stored documents claim, by the same rules as for a file: every leaf, the order, what each entry says of
/// itself, the streams' versions, the tree. Reads each tenant's documents in order; memory grows with the number of streams only.
/// </summary>
public static class CosmosVerifier
{
    /// <summary>
    /// Verifies one tenant, or every tenant found when <paramref name="only"/> is null. Empty when there is nothing of that tenant.
    /// </summary>
    /// <param name="sizes">Also recompute the roots over the first so many entries, for <see cref="TenantVerification.RootsAt"/>.</param>
    /// <exception cref="LedgerUnavailableException">The account cannot be read, or holds documents of a format that is not known
    /// here.</exception>
    public static async Task<IReadOnlyList<TenantVerification>> VerifyAsync(
        CosmosStore store, TenantId? only, CancellationToken cancellationToken,
        IReadOnlyDictionary<TenantId, IReadOnlyList<long>>? sizes = null)
    {
        var commits = new CommitStore(store);
        var cursors = new DocumentCursors(new CosmosDocuments(store));
        var results = new List<TenantVerification>();
        foreach (var tenant in only is { } one ? [one] : await commits.TenantsAsync(null, cancellationToken))
        {
            var check = new TenantCheck(tenant.Value, sizes?.GetValueOrDefault(tenant));
            // Before the entries: bots that go on working only come further than what is read here.
            var furthest = await cursors.FurthestAsync(tenant, cancellationToken);
            await CheckAsync(commits, tenant, check, cancellationToken);
            check.ReportMissingEncrypted();
            check.Worked(furthest);
            if (check.Entries > 0 || check.HasProblems)
                results.Add(check.Result());
        }
        return results;
    }

    private static async Task CheckAsync(CommitStore commits, TenantId tenant, TenantCheck check, CancellationToken cancellationToken)
    {
        var block = new RowBlock();
        var versions = new Dictionary<string, long>();
        await foreach (var document in commits.ReadRawAsync(tenant, cancellationToken))
        {
            Commit commit;
            try
            {
                commit = Commit.Read(document);
            }
            catch (JsonException unreadable)
            {
                check.Damage($"the document that should begin with it cannot be read: {unreadable.Message}");
                continue;
            }
            for (var i = 0; i < commit.Lines.Count; i++)
                Check(check, block, versions, commit.First + i, commit.Lines[i]);
        }
    }

    private static void Check(TenantCheck check, RowBlock block, Dictionary<string, long> versions, long seq, CommitLine line)
    {
        var stream = Encoding.UTF8.GetBytes(line.Stream);
        block.Clear();
        block.Add(seq, check.TenantBytes, seq, stream, line.Version, line.Leaf, line.Body, line.Sealed is not null, line.Sealed);
        check.Row(block[0], 0);
        var last = versions.GetValueOrDefault(line.Stream);
        if (line.Version != last + 1)
            check.Report(seq, TenantCheck.TypeIn(line.Body), stream, $"version {line.Version} of its stream follows version {last}");
        versions[line.Stream] = line.Version;
    }
}
