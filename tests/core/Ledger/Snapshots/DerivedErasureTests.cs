using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Snapshots;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Privacy;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger.Snapshots;

public sealed class DerivedErasureTests : IDisposable
{
    private const string Erased = "Ana Approver";
    private const string Other = "Ben Builder";
    private static readonly TenantId Contoso = GeneratedHistory.Contoso;
    private static readonly string[] Kinds = [KeyDocuments.DerivedKeyKind, KeyDocuments.StateKind, KeyDocuments.ClosedKind];

    private readonly string folder = Directory.CreateTempSubdirectory("derived-test-").FullName;
    private readonly LedgerMetrics metrics = new();
    private readonly ManualClock clock = new();
    private readonly StateBench log = new();
    private LocalKeyRing keyRing = null!;
    private SqliteLedger ledger = null!;
    private TenantStates states = null!;

    public DerivedErasureTests() => Open();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_is_erased_is_in_nothing_that_was_derived_and_an_old_copy_brings_nobody_back()
    {
        await new GeneratedHistory(ledger, clock, 41).GoOnAsync(2500);
        await states.GetAsync(Contoso, Stop);
        await states.SaveAsync();
        (await ReadableAsync()).ShouldContain(Erased);
        var copies = await CopyAsync();
        copies.Select(static one => one.Kind).Distinct().Order().ShouldBe(Kinds.Order());
        var key = (await keyRing.Keys.OfDerivedAsync(Contoso, mayCreate: false, Stop)).ShouldNotBeNull();

        await EraseAsync("ana");
        await ReadableWithoutAsync();
        key.IsDestroyed.ShouldBeTrue();
        var current = (await keyRing.Keys.OfDerivedAsync(Contoso, mayCreate: true, Stop)).ShouldNotBeNull();
        await MustNotOpenAsync(copies, current);

        await states.SaveAsync();
        Reopen();
        await ReadableWithoutAsync();
        log.Warnings.ShouldBeEmpty();

        // As after a backup of the documents from before the erasure was put back, with everything in it.
        await PutBackAsync(copies);
        Reopen();
        await ReadableWithoutAsync();
        log.Warnings.ShouldHaveSingleItem().ShouldContain("somebody was erased since");
        await states.SaveAsync();
        Reopen();
        await ReadableWithoutAsync();
        log.Warnings.Count.ShouldBe(1);
    }

    public void Dispose()
    {
        Close();
        metrics.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private void Open()
    {
        keyRing = new(folder);
        ledger = new(folder, CoreFeatures.Catalog, keyRing.Keys, clock, metrics, NullLogger<SqliteLedger>.Instance);
        states = StateBench.Begin(ledger, keyRing.Documents, keyRing.Keys, log);
    }

    private void Close()
    {
        ledger.Dispose();
        keyRing.Dispose();
    }

    private void Reopen()
    {
        Close();
        Open();
    }

    /// <summary>All that anybody can learn of the state and of every incident.</summary>
    private async Task<string> ReadableAsync()
    {
        var state = await states.GetAsync(Contoso, Stop);
        List<Incident> left = [];
        await foreach (var incident in states.ClosedAsync(state, Stop))
            left.Add(incident);
        left.ShouldNotBeEmpty();
        return StateBench.GetText(state) + string.Concat(left.Select(static one => StateBench.GetText(one)));
    }

    private async Task ReadableWithoutAsync()
    {
        var readable = await ReadableAsync();
        var at = readable.IndexOf(Erased, StringComparison.Ordinal);
        (at < 0 ? "" : readable[Math.Max(0, at - 400)..(at + 40)]).ShouldBe("");
        readable.ShouldContain(Other);
    }

    private async Task EraseAsync(string person)
    {
        var key = (await keyRing.Keys.FindAsync(Contoso, SubjectKind.Person, person, Stop)).ShouldNotBeNull();
        var (by, stream) = (new Actor(ActorKind.Person, "root", "Rita Root"), StreamId.Erasure(key));
        var appended = (await ledger.AppendAsync(Contoso, [],
            [
                new(stream, by, CorrelationId.Parse("c"), new ErasureRequested(key, SubjectKind.Person, person, null)),
                new(stream, by, CorrelationId.Parse("c"), new ErasureApproved(key)),
            ], Stop)).ShouldBeOfType<AppendResult.Appended>();
        await Erasing.CarryOutAsync(ledger, keyRing.Keys, [], appended.Entries[^1], Stop);
    }

    private async Task<List<(string Kind, Document Document)>> CopyAsync()
    {
        List<(string, Document)> copies = [];
        foreach (var kind in Kinds)
        {
            await foreach (var document in keyRing.Documents.ListAsync(DocumentScope.From(Contoso), kind, "", Stop))
                copies.Add((kind, document));
        }
        return copies;
    }

    private async Task PutBackAsync(List<(string Kind, Document Document)> copies)
    {
        foreach (var (kind, document) in copies)
        {
            var there = await keyRing.Documents.FindAsync(DocumentScope.From(Contoso), kind, document.Id, Stop);
            (await keyRing.Documents.TryPutAsync(
                DocumentScope.From(Contoso), kind, document.Id, document.Value, there?.Tag, Stop)).ShouldBeTrue();
        }
    }

    private static async Task MustNotOpenAsync(List<(string Kind, Document Document)> copies, DataKey current)
    {
        var elsewhere = new MemoryDocuments();
        foreach (var (kind, document) in copies.Where(static one => one.Kind != KeyDocuments.DerivedKeyKind))
        {
            elsewhere[Contoso.Value, kind, document.Id] = document.Value.ToArray();
            var shape = kind == KeyDocuments.StateKind ? SlicesJson.GetShape(CoreFeatures.Catalog) : ClosedIncidents.ShapeOfShelf;
            var found = await new DerivedDocuments(elsewhere).FindAsync(current, new(Contoso, kind, document.Id, shape), Stop);
            found.ShouldBeOfType<DerivedContent.Unfit>().Why.ShouldBe("it is from before somebody was erased");
        }
    }
}
