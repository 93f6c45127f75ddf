using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger;

/// <summary>The hundred bytes that tell SQLite how to read the rest, each changed in turn while no bot runs.</summary>
public sealed class DatabaseHeaderTests : IDisposable
{
    private const int Entries = 40;

    /// <summary>How often the file was changed, the number of its schema, and by which SQLite: any value is read the same.</summary>
    private static readonly int[] Harmless = [.. Enumerable.Range(24, 4), .. Enumerable.Range(40, 4), .. Enumerable.Range(92, 8)];

    private static readonly TenantId[] Tenants = [TenantId.Parse("contoso"), TenantId.Parse("fabrikam")];
    private readonly LedgerFolder folder = new(new ManualClock());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0xff)]
    [InlineData(0x01)]
    [InlineData(0x02)]
    [InlineData(0x80)]
    public async Task Each_byte_that_is_read_is_noticed_by_verify_and_by_the_start_and_the_others_change_nothing(int flip)
    {
        await AppendAsync(folder.Open(), Entries);
        folder.Close();
        var whole = Directory.GetFiles(folder.Path).Where(static file => !file.EndsWith(".lock", StringComparison.Ordinal))
            .ToDictionary(static file => file, File.ReadAllBytes);
        whole.Keys.ShouldAllBe(static file => !file.EndsWith("-wal", StringComparison.Ordinal));
        var unnoticed = new List<int>();
        for (var at = 0; at < 100; at++)
        {
            foreach (var file in Directory.GetFiles(folder.Path, "ledger.*"))
                File.Delete(file);
            foreach (var (file, content) in whole)
                await File.WriteAllBytesAsync(file, content, Token);
            var changed = whole[folder.File].ToArray();
            changed[at] ^= (byte)flip;
            await File.WriteAllBytesAsync(folder.File, changed, Token);

            var seen = Verified();
            var served = await ServesAsync();
            if (seen is null && !served)
                continue;
            unnoticed.Add(at);
            seen.ShouldBe(Entries, $"byte {at}: what verify calls intact is all there is");
            served.ShouldBeTrue($"byte {at}: verify finds nothing");
            Verified().ShouldBe(Entries + 1, $"byte {at}: what is appended then is read as it was written");
        }
        unnoticed.ShouldBeSubsetOf(Harmless);
    }

    [Fact]
    public async Task A_file_that_is_longer_than_its_header_says_is_noticed_and_a_log_beside_it_is_not()
    {
        await AppendAsync(folder.Open(), Entries);
        Verified().ShouldBe(Entries, "while the bot runs");
        folder.Close();
        Verified().ShouldBe(Entries);
        await File.AppendAllBytesAsync(folder.File, new byte[4096], Token);
        Verified().ShouldBeNull();
        Should.Throw<LedgerUnavailableException>(() => folder.OpenAnother()).Message.ShouldContain("its header says");
    }

    [Fact]
    public async Task The_documents_are_not_opened_either_when_they_would_be_read_as_something_else()
    {
        using (var documents = new SqliteDocuments(folder.Path))
            (await documents.TryPutAsync(DocumentScope.Host, "kind", "id", new byte[] { 1 }, null, Token)).ShouldBeTrue();
        var path = Path.Combine(folder.Path, SqliteDocuments.FileName);
        var bytes = await File.ReadAllBytesAsync(path, Token);
        bytes[20] ^= 0xff;
        await File.WriteAllBytesAsync(path, bytes, Token);
        Should.Throw<LedgerUnavailableException>(() => new SqliteDocuments(folder.Path)).Message
            .ShouldContain("byte 20, the room kept free on each page");
    }

    public void Dispose() => folder.Dispose();

    private static async Task AppendAsync(SqliteLedger ledger, int entries)
    {
        // Some do not fit on a page.
        foreach (var tenant in Tenants)
        {
            for (var n = 0; n < entries; n++)
                await ledger.AppendAsync(
                    tenant, [], [new(StreamId.Freeze, Actor.Service("test"), CorrelationId.Parse("c-1"),
                    new FreezeSet(new string('x', n % 3 * 3000)))], Token);
        }
    }

    /// <summary>Entries of each tenant; null when something is found, or said to be of a later version.</summary>
    private int? Verified()
    {
        try
        {
            var found = LedgerVerifier.VerifyFile(folder.File, null, Token).ShouldNotBeNull();
            return found.All(static one => one.Intact)
                ? (int)found.Select(static one => one.Entries).Distinct().ShouldHaveSingleItem()
                : null;
        }
        catch (LedgerFileException later) when (later.IsUnknownFormat)
        {
            return null;
        }
    }

    private async Task<bool> ServesAsync()
    {
        try
        {
            using var ledger = folder.OpenAnother();
            await AppendAsync(ledger, 1);
            return true;
        }
        catch (LedgerUnavailableException)
        {
            return false;
        }
    }
}
