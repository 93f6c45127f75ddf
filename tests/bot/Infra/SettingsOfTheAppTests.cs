using DevOpsAI.Bot.Hosting;
using DevOpsAI.Bot.Hosting.Settings;
using DevOpsAI.Bot.Teams;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Infra;

/// <summary>The bot itself takes what the templates pass to it.</summary>
public sealed class SettingsOfTheAppTests : IDisposable
{
    /// <summary>What Azure gives, by variable.</summary>
    private static readonly Dictionary<string, string> FromAzure = new()
    {
        ["AZURE_CLIENT_ID"] = Prediction.AppId,
        ["Teams__AppId"] = Prediction.AppId,
        ["Storage__Cosmos__Endpoint"] = "https://example.documents.azure.com:443/",
        ["Storage__Keys__VaultUri"] = "https://example.vault.azure.net/",
        ["Secrets__KeyVault"] = "https://typed.vault.azure.net/",
        ["Ledger__KeyVaultKey"] = "https://example.vault.azure.net/keys/checkpoints/0123456789abcdef",
        ["Ledger__CheckpointContainer"] = "https://example.blob.core.windows.net/checkpoints",
    };

    /// <summary>Of the platform; none of our sections.</summary>
    private static readonly string[] OfOthers = ["ASPNETCORE_URLS", "AZURE_CLIENT_ID"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("settings-");

    public static TheoryData<string> Environments => Prediction.Environments;

    [Theory, MemberData(nameof(Environments))]
    public async Task Every_variable_is_a_setting_that_the_bot_reads(string environment)
    {
        var settings = Configuration(await PassedAsync(environment));

        KnownSettings.LookAt(settings).ValidationErrors.ShouldBeEmpty();
        foreach (var section in settings.GetChildren())
            IsOurs(section.Key).ShouldBeTrue($"{section.Key} is no section of the bot's");
    }

    [Fact]
    public async Task A_variable_that_the_bot_does_not_read_is_found()
    {
        var mistaken = await Prediction.MistakenAsync();

        KnownSettings.LookAt(Configuration(Substituted(mistaken))).ValidationErrors
            .ShouldBe(["Storage:Provdier: there is no such setting; did you mean Storage:Provider?"]);
    }

    [Theory, MemberData(nameof(Environments))]
    public async Task The_bot_can_start_with_them(string environment)
    {
        await using var bot = Start(await PassedAsync(environment));
        await CheckStartAsync(bot);

        var storage = Options<StorageOptions>(bot);
        storage.Provider.ShouldBe(StorageProvider.Cosmos);
        storage.Cosmos.Key.ShouldBeNull();
        storage.Cosmos.CreateIfMissing.ShouldBeFalse();
        storage.Region.ShouldBe(Prediction.Region);
        Options<KeysOptions>(bot).Provider.ShouldBe(KeyProvider.KeyVault);
        Options<CheckpointOptions>(bot).KeyVaultKey.ShouldBe(FromAzure["Ledger__KeyVaultKey"]);
        Options<TeamsOptions>(bot).ManagedIdentity.ShouldBeTrue();
        Options<TeamsOptions>(bot).TenantId.ShouldBe(Prediction.Directory);
        var tenants = Options<TenantsOptions>(bot).Tenants;
        tenants.ShouldNotBeEmpty();
        tenants.Values.ShouldAllBe(static tenant => tenant.Region == Prediction.Region);
        foreach (var tenant in tenants.Keys)
            Options<AccessOptions>(bot).Roles[tenant]["administrator"].ShouldNotBeEmpty();
        Options<ConnectionsOptions>(bot).Connections.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("Teams__AppId")]
    [InlineData("Teams__TenantId")]
    [InlineData("Teams__ManagedIdentity")]
    [InlineData("Teams__TlsProxy")]
    [InlineData("Storage__Cosmos__Endpoint")]
    [InlineData("Connections__contoso-alertmanager__Settings__Bearer")]
    public async Task Without_what_a_start_needs_it_would_not(string variable)
    {
        var passed = await PassedAsync("dev.bicepparam");
        passed.Remove(variable).ShouldBeTrue();

        var refusal = await Should.ThrowAsync<Exception>(async () =>
        {
            await using var bot = Start(passed);
            await CheckStartAsync(bot);
        });

        BotHost.StartProblems(refusal).ShouldNotBeEmpty(refusal.ToString());
    }

    [Fact]
    public async Task A_single_tenant_app_has_its_secret_from_the_vault()
    {
        var single = await Prediction.OtherChoicesAsync();

        single.Variables()["Teams__ClientSecret"].ShouldBe("secret:bot-client-secret");
        single.Variables().Keys.ShouldNotContain("Teams__ManagedIdentity");
        single.Variables()["Teams__AppId"].ShouldBe(Prediction.AppId);
        await using var bot = Start(Substituted(single));
        await CheckStartAsync(bot);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private async Task<Dictionary<string, string>> PassedAsync(string environment) =>
        Substituted(await Prediction.ForAsync(environment));

    /// <summary>Values from Azure and secrets in the place of what stands for them.</summary>
    private Dictionary<string, string> Substituted(Prediction prediction) => prediction.Variables().ToDictionary(
        static one => one.Key,
        one =>
        {
            if (one.Value.StartsWith("secret:", StringComparison.Ordinal))
                return Secret(one.Value["secret:".Length..]);
            return one.Value.StartsWith('[') ? FromAzure[one.Key] : one.Value;
        });

    private string Secret(string name)
    {
        var file = Path.Combine(folder.FullName, name);
        File.WriteAllText(file, "a secret of enough bytes: " + name);
        return "file:" + file;
    }

    private static IConfigurationRoot Configuration(Dictionary<string, string> variables) => new ConfigurationBuilder()
        .AddInMemoryCollection(variables.Where(static one => !OfOthers.Contains(one.Key))
            .Select(static one => KeyValuePair.Create(one.Key.Replace("__", ":", StringComparison.Ordinal), (string?)one.Value)))
        .Build();

    private static bool IsOurs(string section) => KnownSettings.LookAt(new ConfigurationBuilder()
        .AddInMemoryCollection([KeyValuePair.Create($"{section}:No such setting", (string?)"x")]).Build()).ValidationErrors.Count > 0;

    private static WebApplication Start(Dictionary<string, string> variables) => BotHost.Build(
    [
        "--environment", "Production", "--urls", variables["ASPNETCORE_URLS"],
        .. variables.Where(static one => !OfOthers.Contains(one.Key))
            .Select(static one => $"--{one.Key.Replace("__", ":", StringComparison.Ordinal)}={one.Value}"),
    ]);

    private static async Task CheckStartAsync(WebApplication bot)
    {
        foreach (var check in bot.Services.GetServices<IHostedService>().OfType<TeamsStartupCheck>())
            await check.StartingAsync(TestContext.Current.CancellationToken);
    }

    private static T Options<T>(WebApplication bot)
        where T : class => bot.Services.GetRequiredService<IOptions<T>>().Value;
}
