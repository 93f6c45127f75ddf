using DevOpsAI.Common;
using DevOpsAI.Connections.Secrets;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Connections.Secrets;

/// <summary>What is kept of secrets between readings, in memory and in the client's documents.</summary>
public sealed class StoredSecretsTests : IAsyncLifetime
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private readonly ManualClock clock = new();
    private readonly MemoryDocuments documents = new();
    private readonly InMemoryKeyRing keys = new();
    private SecretVaultServer server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await SecretVaultServer.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Without_a_vault_it_is_among_the_documents_and_another_process_reads_it()
    {
        var reference = await Make(null).PutAsync(Contoso, "s3cret", Token);
        reference.StoredName.ShouldNotBeNull();
        Make(null).Read(reference).ShouldBe("s3cret");
        Make(null).Read(new("stored:fabrikam/" + reference.StoredName!.Split('/')[1])).ShouldBeNull();
        server.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task With_a_vault_it_is_there_and_what_was_kept_before_is_read_still()
    {
        var before = await Make(null).PutAsync(Contoso, "old", Token);
        var stored = Make(new KeyVaultSecrets(server.Address, server.Connect));
        var reference = await stored.PutAsync(Contoso, "s3cret", Token);
        reference.VaultName.ShouldNotBeNull();
        server.Names.ShouldHaveSingleItem();
        Make(new KeyVaultSecrets(server.Address, server.Connect)).Read(reference).ShouldBe("s3cret");
        stored.Read(before).ShouldBe("old");
        await stored.DeleteAsync(Contoso, reference, Token);
        await stored.DeleteAsync(Contoso, before, Token);
        server.Names.ShouldBeEmpty();
        (stored.Read(reference), stored.Read(before)).ShouldBe((null, null));
    }

    [Fact]
    public async Task Nobody_elses_is_deleted()
    {
        var stored = Make(new KeyVaultSecrets(server.Address, server.Connect));
        server.Put("contoso-ninjaone", "a person's");
        var own = await stored.PutAsync(Contoso, "s3cret", Token);
        await stored.DeleteAsync(Contoso, new("keyvault:contoso-ninjaone"), Token);
        await stored.DeleteAsync(TenantId.Parse("fabrikam"), own, Token);
        await stored.DeleteAsync(Contoso, new("env:PATH"), Token);
        server.Names.Count.ShouldBe(2);
    }

    [Fact]
    public async Task It_is_read_once_and_again_in_the_background_when_it_is_old()
    {
        server.Put("contoso-ninjaone", "old");
        var stored = Make(new KeyVaultSecrets(server.Address, server.Connect));
        var reference = new SecretReference("keyvault:contoso-ninjaone");
        stored.Read(reference).ShouldBe("old");
        stored.Read(reference).ShouldBe("old");
        server.Calls.Count.ShouldBe(1);
        server.Put("contoso-ninjaone", "new");
        stored.Read(reference).ShouldBe("old");
        clock.Advance(TimeSpan.FromMinutes(5));
        stored.Read(reference).ShouldBe("old", "nobody waits");
        using var hang = new CancellationTokenSource(Hang.Limit);
        while (stored.Read(reference) == "old")
            await Task.Delay(10, hang.Token);
        stored.Read(reference).ShouldBe("new");
    }

    [Fact]
    public async Task That_there_is_none_is_known_for_a_moment()
    {
        var stored = Make(new KeyVaultSecrets(server.Address, server.Connect));
        var reference = new SecretReference("keyvault:contoso-ninjaone");
        stored.Read(reference).ShouldBeNull();
        server.Put("contoso-ninjaone", "s3cret");
        stored.Read(reference).ShouldBeNull();
        server.Calls.Count.ShouldBe(1);
        clock.Advance(TimeSpan.FromSeconds(10));
        stored.Read(reference).ShouldBe("s3cret");
        await stored.LoadAsync(
            new("contoso-x", Contoso, "x", new Dictionary<string, string> { ["A"] = reference.Setting, ["B"] = "plain" }));
        server.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public void While_the_vault_does_not_answer_what_was_read_last_is_good_for_an_hour()
    {
        server.Put("contoso-ninjaone", "s3cret");
        var stored = Make(new KeyVaultSecrets(server.Address, server.Connect));
        var reference = new SecretReference("keyvault:contoso-ninjaone");
        stored.Read(reference);
        server.Withheld.Add("get");
        clock.Advance(TimeSpan.FromMinutes(59));
        stored.Read(reference).ShouldBe("s3cret");
        clock.Advance(TimeSpan.FromMinutes(1));
        Should.Throw<SecretUnavailableException>(() => stored.Read(reference));
    }

    [Fact]
    public async Task A_document_tells_when_it_was_typed_and_one_of_before_is_old()
    {
        var typed = await Make(null).PutAsync(Contoso, "s3cret", Token);
        const string before = "ffffffffffffffffffffffffffffffff";
        (await documents.TryPutAsync(DocumentScope.From(Contoso), "connection-secret", before, new byte[40], null, Token)).ShouldBeTrue();
        var listed = new Dictionary<string, DateTimeOffset>();
        await foreach (var kept in Make(null).ListAsync(Contoso, Token))
            listed[kept.Reference.Setting] = kept.KeptAt;
        listed[typed.Setting].ShouldBe(clock.GetUtcNow(), TimeSpan.FromMilliseconds(1));
        listed[$"stored:contoso/{before}"].ShouldBe(DateTimeOffset.UnixEpoch);
    }

    private StoredSecrets Make(KeyVaultSecrets? vault) =>
        new(vault ?? new KeyVaultSecrets((Uri?)null), new(() => new DocumentSecrets(documents, keys, clock)), clock);
}
