using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Ledger;

/// <summary>What every archive promises about the ledger it belongs to.</summary>
public abstract class ArchiveContract : IDisposable
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly TenantId Fabrikam = TenantId.Parse("fabrikam");

    protected abstract ILedger Ledger { get; }

    protected abstract ILedgerArchive Archive { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tenants_with_entries_are_named_in_order_and_no_others()
    {
        await FillAsync(Fabrikam, 1);
        await FillAsync(Contoso, 1);
        await Ledger.HeadAsync(TenantId.Parse("adatum"), Token);
        (await Archive.TenantsAsync(Token)).ShouldBe([Contoso, Fabrikam]);
    }

    [Fact]
    public async Task The_size_is_the_seq_of_the_last_entry()
    {
        await FillAsync(Contoso, 7);
        await FillAsync(Fabrikam, 2);
        (await Archive.SizeAsync(Contoso, Token)).ShouldBe(7);
        (await Archive.SizeAsync(TenantId.Parse("nobody"), Token)).ShouldBe(0);
    }

    [Fact]
    public async Task A_stream_is_read_in_order_and_alone()
    {
        var entries = await FillAsync(Contoso, 40);
        await FillAsync(Fabrikam, 3);
        foreach (var stream in entries.Select(static entry => entry.Stream).Distinct())
        {
            var read = await Archive.ReadStreamAsync(Contoso, stream, Token).ToListAsync(Token);
            read.Select(static entry => entry.Seq)
                .ShouldBe(entries.Where(entry => entry.Stream == stream).Select(static entry => entry.Seq));
            read.ShouldAllBe(entry => CoreFeatures.Codec.Decode(entry, null).Stream == stream);
        }
        (await Archive.ReadStreamAsync(Contoso, new("nothing/there"), Token).ToListAsync(Token)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1, 40)]
    [InlineData(1, 1)]
    [InlineData(40, 40)]
    [InlineData(11, 29)]
    [InlineData(0, 99)]
    [InlineData(41, 50)]
    [InlineData(9, 8)]
    public async Task Any_part_is_read_as_it_was_stored(long first, long last)
    {
        var entries = await FillAsync(Contoso, 40);
        await FillAsync(Fabrikam, 3);
        var read = await Archive.ReadAsync(Contoso, first, last, Token).ToListAsync(Token);
        read.Select(static entry => entry.Seq)
            .ShouldBe(entries.Select(static entry => entry.Seq).Where(seq => seq >= first && seq <= last));
        foreach (var entry in read)
        {
            entry.Leaf.ToArray().ShouldBe(MerkleTree.HashLeaf(entry.Body.Span));
            entry.Leaf.ToArray().ShouldBe(entries[(int)entry.Seq - 1].Hash.ToArray());
            CoreFeatures.Codec.Decode(entry, null).ShouldSatisfyAllConditions(
                decoded => decoded.Seq.ShouldBe(entry.Seq),
                decoded => decoded.Tenant.ShouldBe(Contoso));
        }
    }

    [Fact]
    public async Task Leaves_are_32_bytes_each_and_fewer_at_the_end()
    {
        var entries = await FillAsync(Contoso, 10);
        var leaves = await Archive.LeavesAsync(Contoso, 4, 100, Token);
        leaves.ToArray().ShouldBe(entries.Skip(3).SelectMany(static entry => entry.Hash.ToArray()));
        (await Archive.LeavesAsync(Contoso, 4, 2, Token)).Length.ShouldBe(64);
        (await Archive.LeavesAsync(Contoso, 11, 5, Token)).Length.ShouldBe(0);
    }

    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Entries in appends of one, two, three ... so that an append is not an entry.</summary>
    private async Task<List<LedgerEntry>> FillAsync(TenantId tenant, int count)
    {
        var all = new List<LedgerEntry>();
        for (var size = 1; all.Count < count; size++)
        {
            var entries = Enumerable.Range(0, Math.Min(size, count - all.Count))
                .Select(n => new NewEntry(StreamId.Incident(Con(n)), Actor.Service("test"), CorrelationId.Parse("c0ffee"),
                    new DevOpsAI.Incidents.IncidentClosed(Con(n), "Grüße \"\\ 👍")));
            all.AddRange((await Ledger.AppendAsync(tenant, [], [.. entries], Token)).ShouldBeOfType<AppendResult.Appended>().Entries);
        }
        return all;
    }
}

public sealed class SqliteArchiveTests : ArchiveContract
{
    private readonly LedgerFolder folder = new(TimeProvider.System);

    public SqliteArchiveTests()
    {
        folder.Open();
        Archive = new DevOpsAI.Ledger.Sqlite.SqliteArchive(folder.File);
    }

    protected override ILedger Ledger => folder.Ledger;

    protected override ILedgerArchive Archive { get; }

    public override void Dispose()
    {
        folder.Dispose();
        base.Dispose();
    }
}
