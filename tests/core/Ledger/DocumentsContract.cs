using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Ledger;

/// <summary>What every store of documents promises.</summary>
public abstract class DocumentsContract
{
    private static readonly DocumentScope Contoso = DocumentScope.From(TenantId.Parse("contoso"));
    private static readonly DocumentScope Fabrikam = DocumentScope.From(TenantId.Parse("fabrikam"));

    protected abstract IDocuments Documents { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_put_is_found()
    {
        (await Documents.TryPutAsync(Contoso, "note", "a", "one"u8.ToArray(), null, Token)).ShouldBeTrue();
        (await Documents.FindAsync(Contoso, "note", "a", Token)).ShouldNotBeNull().Value.ToArray().ShouldBe("one"u8.ToArray());
        (await Documents.FindAsync(Contoso, "note", "b", Token)).ShouldBeNull();
    }

    [Fact]
    public async Task A_document_belongs_to_one_scope_and_kind()
    {
        await Documents.TryPutAsync(Contoso, "note", "a", "contoso"u8.ToArray(), null, Token);
        await Documents.TryPutAsync(Fabrikam, "note", "a", "fabrikam"u8.ToArray(), null, Token);
        await Documents.TryPutAsync(DocumentScope.Host, "note", "a", "ours"u8.ToArray(), null, Token);
        await Documents.TryPutAsync(Contoso, "letter", "a", "another"u8.ToArray(), null, Token);
        (await Documents.FindAsync(Fabrikam, "note", "a", Token))!.Value.ToArray().ShouldBe("fabrikam"u8.ToArray());
        (await Documents.ListAsync(DocumentScope.Host, "note", "", Token).ToListAsync(Token)).ShouldHaveSingleItem().Value.ToArray()
            .ShouldBe("ours"u8.ToArray());
    }

    [Fact]
    public async Task A_write_names_what_it_saw_and_fails_when_somebody_was_faster()
    {
        await Documents.TryPutAsync(Contoso, "note", "a", "one"u8.ToArray(), null, Token);
        var seen = (await Documents.FindAsync(Contoso, "note", "a", Token))!;
        (await Documents.TryPutAsync(Contoso, "note", "a", "again"u8.ToArray(), null, Token)).ShouldBeFalse();
        (await Documents.TryPutAsync(Contoso, "note", "a", "two"u8.ToArray(), seen.Tag, Token)).ShouldBeTrue();
        (await Documents.TryPutAsync(Contoso, "note", "a", "three"u8.ToArray(), seen.Tag, Token)).ShouldBeFalse();
        (await Documents.FindAsync(Contoso, "note", "a", Token))!.Value.ToArray().ShouldBe("two"u8.ToArray());
    }

    [Fact]
    public async Task Of_many_writers_at_once_one_wins()
    {
        await Documents.TryPutAsync(Contoso, "note", "a", "0"u8.ToArray(), null, Token);
        var tag = (await Documents.FindAsync(Contoso, "note", "a", Token))!.Tag;
        var won = await Task.WhenAll(Enumerable.Range(1, 16).Select(n =>
            Task.Run(async () => await Documents.TryPutAsync(Contoso, "note", "a", new[] { (byte)n }, tag, Token), Token)));
        won.Count(static yes => yes).ShouldBe(1);
    }

    [Fact]
    public async Task A_list_is_in_order_and_keeps_to_its_prefix()
    {
        foreach (var id in Enumerable.Range(0, 600).Select(static n => $"tree-{n * 7 % 600:000}").Append("tree").Append("trunk-1"))
            await Documents.TryPutAsync(Contoso, "note", id, "x"u8.ToArray(), null, Token);
        var ids = await Documents.ListAsync(Contoso, "note", "tree-", Token).Select(static document => document.Id).ToListAsync(Token);
        ids.Count.ShouldBe(600);
        ids.ShouldBeInOrder(SortDirection.Ascending, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_deleted_document_is_gone_and_may_be_made_anew()
    {
        await Documents.TryPutAsync(Contoso, "note", "a", "one"u8.ToArray(), null, Token);
        await Documents.DeleteAsync(Contoso, "note", "a", Token);
        await Documents.DeleteAsync(Contoso, "note", "a", Token);
        (await Documents.FindAsync(Contoso, "note", "a", Token)).ShouldBeNull();
        (await Documents.TryPutAsync(Contoso, "note", "a", "two"u8.ToArray(), null, Token)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("Note", "a")]
    [InlineData("note", "")]
    [InlineData("note", "a/b")]
    [InlineData("note", "a\n")]
    public async Task A_name_that_some_store_cannot_keep_is_refused(string kind, string id) =>
        await Should.ThrowAsync<ArgumentException>(
            async () => await Documents.TryPutAsync(Contoso, kind, id, "x"u8.ToArray(), null, Token));
}
