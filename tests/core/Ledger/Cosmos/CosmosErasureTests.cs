using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Ledger.Cosmos;

/// <summary>
/// What is encrypted beside entries in Cosmos DB, and what is left of it after an erasure that another instance carried out.
/// </summary>
public sealed class CosmosErasureTests(CosmosFixture cosmos) : IClassFixture<CosmosFixture>, IDisposable
{
    private const string Canary = "canaryJo";
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly Actor Jo = new(ActorKind.Person, "8b1d", Canary);
    private readonly string folder = Directory.CreateTempSubdirectory("cosmos-keys-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Names_and_texts_are_read_by_every_instance_and_stored_by_none()
    {
        using var store = await cosmos.Server.OpenAsync();
        using var here = new Instance(store, folder);
        using var there = new Instance(store, folder);
        await here.FreezeAsync();
        (await there.Ledger.ReadAsync(Contoso, 0, 10, Token)).ShouldHaveSingleItem().Actor.Name.ShouldBe(Canary);
        (await there.Ledger.ReadStreamAsync(Contoso, StreamId.Freeze, Token)).ShouldHaveSingleItem().Actor.Name.ShouldBe(Canary);
        await foreach (var document in new CommitStore(store).ReadRawAsync(Contoso, Token))
            document.GetRawText().ShouldNotContain(Canary, Case.Insensitive);
        (await new CosmosArchive(store).ReadAsync(Contoso, 1, 1, Token).SingleAsync(Token)).Encrypted.ShouldNotBeNull();
    }

    [Fact]
    public async Task Whoever_one_instance_erases_no_other_one_can_read_any_more()
    {
        using var store = await cosmos.Server.OpenAsync();
        using var here = new Instance(store, folder);
        using var there = new Instance(store, folder);
        await here.FreezeAsync();
        (await there.Ledger.ReadAsync(Contoso, 0, 10, Token)).ShouldHaveSingleItem().Actor.Name.ShouldBe(Canary);
        var key = (await here.Keys.FindAsync(Contoso, SubjectKind.Person, Jo.Id, Token))!;
        await here.Keys.DestroyAsync(Contoso, key, Token);
        await here.Ledger.AppendAsync(Contoso, [],
            [new(StreamId.Erasure(key), Actor.Service("erasure"), CorrelationId.Parse("c"), new ErasureCompleted(key, Jo.Id))], Token);
        (await here.Ledger.ReadAsync(Contoso, 0, 10, Token))[0].Actor.Name.ShouldNotBe(Canary);
        (await there.Ledger.HeadAsync(Contoso, Token)).ShouldBe(2);
        (await there.Ledger.ReadAsync(Contoso, 0, 10, Token))[0].Actor.Name.ShouldNotBe(Canary);
        (await there.Ledger.ReadStreamAsync(Contoso, StreamId.Freeze, Token))[0].Actor.Name.ShouldNotBe(Canary);
        (await CosmosVerifier.VerifyAsync(store, Contoso, Token)).ShouldHaveSingleItem().Intact.ShouldBeTrue();
        // Met again, they get another key.
        await there.FreezeAsync();
        (await here.Ledger.ReadAsync(Contoso, 2, 10, Token)).ShouldHaveSingleItem().Actor.Name.ShouldBe(Canary);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private sealed class Instance : IDisposable
    {
        public Instance(CosmosStore store, string folder)
        {
            Keys = new(new CosmosDocuments(store), new CosmosArchive(store), new FileKeyWrapper(folder));
            Ledger = CosmosFixture.Instance(store, keys: Keys);
        }

        public KeyRing Keys { get; }

        public CosmosLedger Ledger { get; }

        public ValueTask<AppendResult> FreezeAsync() =>
            Ledger.AppendAsync(Contoso, [], [new(StreamId.Freeze, Jo, CorrelationId.Parse("c"), new FreezeSet($"{Canary} said so"))],
                Token);

        public void Dispose()
        {
            Ledger.Dispose();
            Keys.Dispose();
        }
    }
}
