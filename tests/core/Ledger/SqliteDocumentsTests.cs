using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Ledger;

public sealed class SqliteDocumentsTests : DocumentsContract, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("documents-test-").FullName;
    private readonly SqliteDocuments documents;

    public SqliteDocumentsTests() => documents = new(folder);

    protected override IDocuments Documents => documents;

    [Fact]
    public async Task Nothing_of_a_deleted_document_is_left_in_any_file()
    {
        var scope = DocumentScope.From(TenantId.Parse("contoso"));
        await documents.TryPutAsync(scope, "key", "ana", "canary-of-a-key"u8.ToArray(), null, TestContext.Current.CancellationToken);
        HoldsCanary().ShouldBeTrue();
        await documents.DeleteAsync(scope, "key", "ana", TestContext.Current.CancellationToken);
        HoldsCanary().ShouldBeFalse();
    }

    [Fact]
    public async Task Another_process_that_takes_its_time_to_write_is_waited_for()
    {
        var token = TestContext.Current.CancellationToken;
        var scope = DocumentScope.From(TenantId.Parse("contoso"));
        using var other = SqliteDatabase.OpenToWrite(Path.Combine(folder, SqliteDocuments.FileName));
        other.Execute("BEGIN IMMEDIATE");
        var writing = Task.Run(async () => await documents.TryPutAsync(scope, "note", "a", "one"u8.ToArray(), null, token), token);
        // Longer than the ledger's own writer, which others never hold up, would wait.
        await Task.Delay(TimeSpan.FromSeconds(3), token);
        other.Execute("COMMIT");
        (await writing).ShouldBeTrue();
    }

    public void Dispose()
    {
        documents.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private bool HoldsCanary() => Directory.EnumerateFiles(folder).Any(static file =>
    {
        using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        open.CopyTo(copy);
        return copy.ToArray().AsSpan().IndexOf("canary-of-a-key"u8) >= 0;
    });
}
