using DevOpsAI.ConnectionChanges;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Secrets;
using DevOpsAI.Tests.Isolation;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static DevOpsAI.Tests.ConnectionChanges.ConnectScene;

namespace DevOpsAI.Tests.ConnectionChanges;

/// <summary>Where typed secrets are, and that none stays that nothing names.</summary>
public sealed class KeptSecretsTests : IAsyncLifetime
{
    private PlayedNinjaOne ninja = null!;
    private SecretVaultServer vault = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        ninja = await PlayedNinjaOne.StartAsync();
        vault = await SecretVaultServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await ninja.DisposeAsync();
        await vault.DisposeAsync();
    }

    [Fact]
    public async Task With_a_vault_typed_secrets_are_there_and_gone_when_the_connection_goes()
    {
        await using var bot = await StartAsync(vault: vault);
        await ConnectAsync(bot, Filled(ninja));
        (await SecretsAsync(bot)).ShouldBe(0, "none is among the documents");
        vault.Names.Count.ShouldBe(2);
        Facts<ConnectionMade>(bot).ShouldHaveSingleItem().Settings["ClientSecret"].ShouldStartWith("keyvault:typed-contoso-");
        await bot.SayAsync(Ana, null, "connectors health contoso");
        Told(bot).ShouldContain("\"ok\"");
        (await DeliverAsync(bot, HookSecret)).ShouldBe(System.Net.HttpStatusCode.Accepted);
        AssertNowhere(bot);

        await bot.SayAsync(Ana, null, "disconnect ninjaone contoso");
        await RunningBot.UntilAsync(
            () => Posted(bot)[^1].ToJsonString().Contains("Disconnect NinjaOne", StringComparison.Ordinal), "no card");
        (await bot.PressAsync(Jo, Channel, "approve", Data(bot))).ShouldContain("You approved");
        await RunningBot.UntilAsync(() => Facts<ConnectionRemoved>(bot).Count == 1, "it is in use still");
        await bot.SettleAsync();
        vault.Names.ShouldBeEmpty();
        vault.Deleted.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_secret_of_the_vault_is_named_goes_nowhere_before_somebody_approved_and_stays_its_owners()
    {
        vault.Put("contoso-ninjaone", Secret);
        await using var bot = await StartAsync(vault: vault);
        var named = Filled(ninja);
        named["setting:ClientSecret"] = "keyvault:contoso-ninjaone";
        await ConnectAsync(bot, named);
        ninja.Calls.ShouldBeEmpty();
        await bot.SayAsync(Ana, null, "connectors health contoso");
        Told(bot).ShouldContain("\"ok\"");
        Posted(bot).ShouldContain(static card => card.ToJsonString().Contains(
            "the secret contoso-ninjaone in Key Vault", StringComparison.Ordinal));

        await bot.SayAsync(Ana, null, "disconnect ninjaone contoso");
        await RunningBot.UntilAsync(
            () => Posted(bot)[^1].ToJsonString().Contains("Disconnect NinjaOne", StringComparison.Ordinal), "no card");
        await bot.PressAsync(Jo, Channel, "approve", Data(bot));
        await RunningBot.UntilAsync(() => Facts<ConnectionRemoved>(bot).Count == 1, "it is in use still");
        await bot.SettleAsync();
        vault.Names.ShouldBe(["contoso-ninjaone"]);
    }

    [Fact]
    public async Task A_vault_that_takes_nothing_is_told_on_the_form()
    {
        vault.Withheld.Add("set");
        await using var bot = await StartAsync(vault: vault);
        var answer = await SubmitAsync(bot, Ana, Filled(ninja));
        answer.ShouldContain("Ask for approval");
        answer.ShouldContain("secrets/set");
        answer.ShouldNotContain(Secret);
        Facts<DevOpsAI.Proposals.ProposalStaged>(bot).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_nothing_names_is_deleted_a_day_later_and_what_is_named_stays(bool isInVault)
    {
        await using var bot = await StartAsync(vault: isInVault ? vault : null);
        await ConnectAsync(bot, Filled(ninja));
        var secrets = bot.Services.GetRequiredService<StoredSecrets>();
        await secrets.PutAsync(Contoso, "typed just now", Token);
        vault.Put("contoso-ninjaone", "a person's");
        var sweep = Sweep(bot, TimeSpan.FromHours(23));
        (await sweep.SweepAsync(Contoso, Token)).ShouldBe(0, "its request may be on its way");
        (await Sweep(bot, TimeSpan.FromHours(25)).SweepAsync(Contoso, Token)).ShouldBe(1);
        (await CountAsync(secrets)).ShouldBe(2);
        vault.Names.ShouldContain("contoso-ninjaone");
        await bot.SayAsync(Ana, null, "connectors health contoso");
        Told(bot).ShouldContain("\"ok\"");
    }

    [Fact]
    public async Task What_waits_for_a_decision_keeps_its_secrets()
    {
        await using var bot = await StartAsync();
        await SubmitAsync(bot, Ana, Filled(ninja));
        (await Sweep(bot, TimeSpan.FromHours(25)).SweepAsync(Contoso, Token)).ShouldBe(0);
        (await SecretsAsync(bot)).ShouldBe(2);
    }

    private static async Task<int> CountAsync(StoredSecrets secrets)
    {
        var count = 0;
        await foreach (var _ in secrets.ListAsync(Contoso, Token))
            count++;
        return count;
    }

    /// <summary>As it is later.</summary>
    private static SecretSweep Sweep(RunningBot bot, TimeSpan later) => ActivatorUtilities.CreateInstance<SecretSweep>(
        bot.Services, (TimeProvider)new ManualClock(TimeProvider.System.GetUtcNow() + later));
}
