using DevOpsAI.Common;
using DevOpsAI.Connections.Secrets;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Connections.Secrets;

/// <summary>Secrets in Key Vault, over its own protocol.</summary>
public sealed class KeyVaultSecretsTests : IAsyncLifetime
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private SecretVaultServer server = null!;
    private KeyVaultSecrets secrets = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await SecretVaultServer.StartAsync();
        secrets = new KeyVaultSecrets(server.Address, server.Connect);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task What_is_kept_is_read_by_its_version_and_gone_when_it_is_deleted()
    {
        var reference = await secrets.PutAsync(Contoso, "s3cret", Token);
        reference.Setting.ShouldMatch("^keyvault:typed-contoso-[0-9a-f]{32}/[0-9a-f]{32}$");
        reference.ToString().ShouldNotContain("s3cret");
        (await secrets.ReadAsync(reference, Token)).ShouldBe("s3cret");
        await secrets.DeleteAsync(reference, Token);
        (await secrets.ReadAsync(reference, Token)).ShouldBeNull();
        server.Deleted.ShouldBeEmpty("it was purged");
        await secrets.DeleteAsync(reference, Token);
    }

    [Fact]
    public async Task Where_nothing_may_be_purged_it_is_deleted_all_the_same()
    {
        server.Withheld.Add("purge");
        var reference = await secrets.PutAsync(Contoso, "s3cret", Token);
        await secrets.DeleteAsync(reference, Token);
        (await secrets.ReadAsync(reference, Token)).ShouldBeNull();
        server.Deleted.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_name_means_the_newest_version_and_a_version_that_one()
    {
        var first = server.Put("contoso-ninjaone", "old");
        server.Put("contoso-ninjaone", "new");
        (await secrets.ReadAsync(new("keyvault:contoso-ninjaone"), Token)).ShouldBe("new");
        (await secrets.ReadAsync(new($"keyvault:contoso-ninjaone/{first}"), Token)).ShouldBe("old");
        (await secrets.ReadAsync(new("keyvault:contoso-other"), Token)).ShouldBeNull();
    }

    [Theory]
    [InlineData("get", "Grant its identity secrets/get")]
    [InlineData("set", "Grant its identity secrets/set")]
    [InlineData("list", "Grant its identity secrets/list")]
    [InlineData("delete", "Grant its identity secrets/delete")]
    public async Task A_right_that_is_missing_is_named(string right, string told)
    {
        var kept = await secrets.PutAsync(Contoso, "s3cret", Token);
        server.Withheld.Add(right);
        Func<Task> asked = right switch
        {
            "get" => () => secrets.ReadAsync(kept, Token),
            "set" => () => secrets.PutAsync(Contoso, "s3cret", Token),
            "list" => async () =>
            {
                await foreach (var _ in secrets.ListAsync(Contoso, Token))
                    Assert.Fail("nothing may be listed");
            },
            _ => () => secrets.DeleteAsync(kept, Token),
        };
        var refused = await Record.ExceptionAsync(asked);
        (refused is SecretUnavailableException or SecretStoreUnavailableException).ShouldBeTrue(refused?.ToString());
        refused!.Message.ShouldContain(told);
        refused.ToString().ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task A_vault_that_is_not_there_is_no_missing_secret()
    {
        await server.DisposeAsync();
        (await Should.ThrowAsync<SecretUnavailableException>(() => secrets.ReadAsync(new("keyvault:contoso-x"), Token))).Message
            .ShouldContain("Key Vault cannot be reached at 127.0.0.1");
        server = await SecretVaultServer.StartAsync();
    }

    [Fact]
    public async Task Only_what_the_bot_keeps_for_a_client_is_the_clients_to_delete()
    {
        List<SecretReference> own = [];
        for (var made = 0; made < 3; made++)
            own.Add(await secrets.PutAsync(Contoso, "s3cret", Token));
        await secrets.PutAsync(TenantId.Parse("contoso-uk"), "s3cret", Token);
        server.Put("contoso-ninjaone", "a person's");
        server.Put("typed-contoso-by-hand", "a person's");
        var listed = new List<string>();
        await foreach (var kept in secrets.ListAsync(Contoso, Token))
            listed.Add(kept.Reference.Setting);
        listed.ShouldBe(own.Select(static one => one.Setting.Split('/')[0]), ignoreOrder: true);
        own.ShouldAllBe(one => secrets.IsKept(Contoso, one));
        own.ShouldAllBe(one => !secrets.IsKept(TenantId.Parse("fabrikam"), one));
        secrets.IsKept(Contoso, new("keyvault:contoso-ninjaone")).ShouldBeFalse();
        secrets.IsKept(Contoso, new("keyvault:typed-contoso-by-hand")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("keyvault:../keys/ledger")]
    [InlineData("keyvault:a/b/c")]
    [InlineData("keyvault:a?x=1")]
    [InlineData("keyvault:")]
    public async Task A_name_that_no_vault_knows_is_not_asked_for(string reference)
    {
        await Should.ThrowAsync<SecretUnavailableException>(() => secrets.ReadAsync(new(reference), Token));
        server.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_an_address_it_says_which_setting_is_missing() =>
        (await Should.ThrowAsync<SecretUnavailableException>(
            () => new KeyVaultSecrets((Uri?)null).ReadAsync(new("keyvault:contoso-x"), Token))).Message.ShouldContain("Secrets:KeyVault");
}
