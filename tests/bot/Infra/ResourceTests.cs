using System.Text.Json;
using System.Text.RegularExpressions;

namespace DevOpsAI.Tests.Infra;

/// <summary>What docs/azure.md says is deployed is what the templates make.</summary>
public sealed partial class ResourceTests
{
    public static TheoryData<string> Environments => Prediction.Environments;

    [Theory, MemberData(nameof(Environments))]
    public async Task The_database_is_written_in_one_region_and_has_no_keys(string environment)
    {
        var account = (await Prediction.ForAsync(environment)).Single("Microsoft.DocumentDB/databaseAccounts");

        account.At("locations").GetArrayLength().ShouldBe(1);
        account.Text("locations", "0", "locationName").ShouldBe(Prediction.Region);
        account.Is("enableMultipleWriteLocations").ShouldBeFalse();
        account.Is("enableAutomaticFailover").ShouldBeFalse();
        account.Text("consistencyPolicy", "defaultConsistencyLevel").ShouldBe("Strong");
        account.Is("disableLocalAuth").ShouldBeTrue();
        account.Is("disableKeyBasedMetadataWriteAccess").ShouldBeTrue();
        account.Text("backupPolicy", "type").ShouldBe("Continuous");
        account.Text("minimalTlsVersion").ShouldBe("Tls12");
    }

    [Fact]
    public async Task Consistency_can_be_bounded_staleness_and_the_policy_of_checkpoints_locked()
    {
        var other = await Prediction.OtherChoicesAsync();

        other.Single("Microsoft.DocumentDB/databaseAccounts").Text("consistencyPolicy", "defaultConsistencyLevel")
            .ShouldBe("BoundedStaleness");
        other.Single("Microsoft.Storage/storageAccounts").Text("immutableStorageWithVersioning", "immutabilityPolicy", "state")
            .ShouldBe("Locked");
    }

    [Theory, MemberData(nameof(Environments))]
    public async Task The_database_is_encrypted_under_a_key_of_the_vault(string environment)
    {
        var prediction = await Prediction.ForAsync(environment);
        var account = prediction.Single("Microsoft.DocumentDB/databaseAccounts");

        // Without a version, so that a new one counts by itself.
        account.Text("keyVaultKeyUri").ShouldEndWith(".outputs.databaseKey.value]");
        InfraFolder.Read("modules/vault.bicep").ShouldContain("output databaseKey string = database.properties.keyUri\n");
        account.Text("defaultIdentity").ShouldContain("UserAssignedIdentity=");
        account.Text("defaultIdentity").ShouldEndWith(".outputs.databaseId.value)]");
    }

    [Theory, MemberData(nameof(Environments))]
    public async Task Containers_are_those_that_the_bot_would_make(string environment)
    {
        var containers = (await Prediction.ForAsync(environment)).All("Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers")
            .Select(static one => one.At("properties", "resource")).ToDictionary(static one => one.Text("id"));

        containers.Keys.ShouldBe(["ledger", "documents", "leases"], ignoreOrder: true);
        containers.ShouldAllBe(static one => one.Value.At("partitionKey", "paths").GetArrayLength() == 1);
        containers["ledger"].Texts("partitionKey", "paths").ShouldBe(["/tenant"]);
        containers["documents"].Texts("partitionKey", "paths").ShouldBe(["/scope"]);
        containers["leases"].Texts("partitionKey", "paths").ShouldBe(["/id"]);
        containers["leases"].TryGetProperty("indexingPolicy", out _).ShouldBeFalse();
        foreach (var (name, partition) in new[] { ("ledger", "/tenant/?"), ("documents", "/scope/?") })
        {
            var index = containers[name].At("indexingPolicy");
            index.Text("indexingMode").ShouldBe("consistent");
            index.At("includedPaths").EnumerateArray().Select(static one => one.Text("path")).ShouldBe([partition]);
            index.At("excludedPaths").EnumerateArray().Select(static one => one.Text("path")).ShouldBe(["/*"]);
        }
    }

    [Theory, MemberData(nameof(Environments))]
    public async Task Nobody_can_empty_the_vault_at_once(string environment)
    {
        var vault = Vault(await Prediction.ForAsync(environment), "kv-");

        vault.Is("enablePurgeProtection").ShouldBeTrue();
        vault.Is("enableSoftDelete").ShouldBeTrue();
        vault.Number("softDeleteRetentionInDays").ShouldBe(90);
        vault.Is("enableRbacAuthorization").ShouldBeTrue();
    }

    [Theory, MemberData(nameof(Environments))]
    public async Task What_people_type_is_in_a_vault_of_its_own_where_what_is_deleted_can_be_purged(string environment)
    {
        var vault = Vault(await Prediction.ForAsync(environment), "kt-");

        vault.TryGetProperty("enablePurgeProtection", out _).ShouldBeFalse();
        vault.Is("enableSoftDelete").ShouldBeTrue();
        vault.Is("enableRbacAuthorization").ShouldBeTrue();
    }

    [Theory, MemberData(nameof(Environments))]
    public async Task Keys_are_of_the_kinds_that_the_bot_works_with(string environment)
    {
        var prediction = await Prediction.ForAsync(environment);
        var inHardware = Vault(prediction, "kv-").Text("sku", "name") == "premium" ? "-HSM" : "";
        var keys = prediction.All("Microsoft.KeyVault/vaults/keys")
            .ToDictionary(static one => one.Text("name").Split('/')[^1], static one => one.At("properties"));
        var clients = Clients(prediction);

        keys.Keys.ShouldBe(["checkpoints", "database", .. clients.Select(static id => $"devops-ai-bot-{id}")], ignoreOrder: true);
        keys["checkpoints"].Text("kty").ShouldBe("EC" + inHardware);
        keys["checkpoints"].Text("curveName").ShouldBe("P-256");
        keys["checkpoints"].Texts("keyOps").ShouldBe(["sign", "verify"]);
        foreach (var (_, key) in keys.Where(static one => one.Key != "checkpoints"))
        {
            key.Text("kty").ShouldBe("RSA" + inHardware);
            key.Texts("keyOps").ShouldBe(["wrapKey", "unwrapKey"]);
        }
    }

    [Theory, MemberData(nameof(Environments))]
    public async Task Checkpoints_are_kept_where_nobody_changes_them(string environment)
    {
        var prediction = await Prediction.ForAsync(environment);
        var account = prediction.Single("Microsoft.Storage/storageAccounts");
        var container = prediction.Single("Microsoft.Storage/storageAccounts/blobServices/containers");

        account.Is("immutableStorageWithVersioning", "enabled").ShouldBeTrue();
        account.Number("immutableStorageWithVersioning", "immutabilityPolicy", "immutabilityPeriodSinceCreationInDays").ShouldBePositive();
        account.Is("immutableStorageWithVersioning", "immutabilityPolicy", "allowProtectedAppendWrites").ShouldBeFalse();
        account.Text("immutableStorageWithVersioning", "immutabilityPolicy", "state").ShouldBe("Unlocked");
        prediction.Single("Microsoft.Storage/storageAccounts/blobServices").Is("isVersioningEnabled").ShouldBeTrue();
        container.Is("immutableStorageWithVersioning", "enabled").ShouldBeTrue();
        container.Text("publicAccess").ShouldBe("None");
        account.Is("allowSharedKeyAccess").ShouldBeFalse();
        account.Is("allowBlobPublicAccess").ShouldBeFalse();
        account.Is("supportsHttpsTrafficOnly").ShouldBeTrue();
    }

    [Theory, MemberData(nameof(Environments))]
    public async Task Two_instances_at_least_serve_over_TLS_and_are_asked_how_they_are(string environment)
    {
        var app = (await Prediction.ForAsync(environment)).Single("Microsoft.App/containerApps");
        var container = app.At("template", "containers", "0");
        var probes = container.At("probes").EnumerateArray().ToDictionary(static one => one.Text("type"), static one => one.At("httpGet"));
        var port = app.Number("configuration", "ingress", "targetPort");

        app.Number("template", "scale", "minReplicas").ShouldBeGreaterThanOrEqualTo(2);
        app.Number("template", "scale", "maxReplicas").ShouldBeGreaterThanOrEqualTo(app.Number("template", "scale", "minReplicas"));
        app.At("template", "scale", "rules", "0").TryGetProperty("http", out _).ShouldBeTrue();
        app.Is("configuration", "ingress", "allowInsecure").ShouldBeFalse();
        app.Is("configuration", "ingress", "external").ShouldBeTrue();
        probes["Liveness"].Text("path").ShouldBe("/healthz");
        probes["Startup"].Text("path").ShouldBe("/healthz");
        probes["Readiness"].Text("path").ShouldBe("/readyz/traffic");
        probes.Values.ShouldAllBe(probe => probe.Number("port") == port);
        container.At("env").EnumerateArray().Single(static one => one.Text("name") == "ASPNETCORE_URLS").Text("value")
            .ShouldBe($"http://+:{port}");
    }

    [Theory, MemberData(nameof(Environments))]
    public async Task The_app_comes_from_our_registry_and_has_its_secrets_from_the_vault(string environment)
    {
        var prediction = await Prediction.ForAsync(environment);
        var configuration = prediction.Single("Microsoft.App/containerApps").At("configuration");
        var registry = prediction.Single("Microsoft.ContainerRegistry/registries");

        prediction.Single("Microsoft.App/containerApps").Text("template", "containers", "0", "image")
            .ShouldMatch(@"^\[format\('\{0}/devops-ai-bot:\{1}', .*, '1a2b3c'\)]$");
        configuration.At("registries", "0").TryGetProperty("passwordSecretRef", out _).ShouldBeFalse();
        registry.Is("adminUserEnabled").ShouldBeFalse();
        configuration.At("secrets").EnumerateArray().ShouldNotBeEmpty();
        foreach (var secret in configuration.At("secrets").EnumerateArray())
        {
            secret.EnumerateObject().Select(static member => member.Name)
                .ShouldBe(["name", "keyVaultUrl", "identity"], ignoreOrder: true);
            secret.Text("identity").ShouldEndWith(".outputs.botId.value]");
        }
    }

    [Theory, MemberData(nameof(Environments))]
    public async Task The_bot_is_the_managed_identity_and_speaks_Teams_alone(string environment)
    {
        var prediction = await Prediction.ForAsync(environment);
        var bot = prediction.Single("Microsoft.BotService/botServices");

        bot.Text("msaAppType").ShouldBe("UserAssignedMSI");
        bot.Text("msaAppMSIResourceId").ShouldEndWith(".outputs.botId.value]");
        bot.Text("endpoint").ShouldContain("/api/messages");
        bot.Is("disableLocalAuth").ShouldBeTrue();
        prediction.Single("Microsoft.BotService/botServices/channels").Text("channelName").ShouldBe("MsTeamsChannel");
    }

    [Fact]
    public async Task The_first_time_everything_is_made_but_the_app()
    {
        var first = await Prediction.FirstTimeAsync();

        first.All("Microsoft.KeyVault/vaults").Count().ShouldBe(2);
        first.All("Microsoft.ContainerRegistry/registries").ShouldHaveSingleItem();
        first.All("Microsoft.DocumentDB/databaseAccounts").ShouldHaveSingleItem();
        first.All("Microsoft.App/containerApps").ShouldBeEmpty();
        first.All("Microsoft.BotService/botServices").ShouldBeEmpty();
        first.All("Microsoft.KeyVault/vaults/secrets").ShouldBeEmpty();
    }

    private static JsonElement Vault(Prediction prediction, string prefix) => prediction.All("Microsoft.KeyVault/vaults")
        .Single(one => one.Text("name").Contains(prefix, StringComparison.Ordinal)).GetProperty("properties");

    /// <summary>Neither a parameter nor an output, and nobody asks a resource for its keys.</summary>
    [Fact]
    public async Task No_secret_passes_through_the_templates()
    {
        var template = (await CompiledTemplate.RunAsync()).Output;
        using var compiled = JsonDocument.Parse(template);

        AsksForKeys().Matches(template).ShouldBeEmpty();
        compiled.RootElement.At("parameters").EnumerateObject().ShouldAllBe(static one => !LooksSecret().IsMatch(one.Name));
        compiled.RootElement.At("outputs").EnumerateObject().ShouldAllBe(static one => !LooksSecret().IsMatch(one.Name));
        template.ShouldNotContain("connectionString", Case.Insensitive);
    }

    private static IEnumerable<string> Clients(Prediction prediction) => prediction.Variables().Keys
        .Where(static name => name.StartsWith("Tenants__", StringComparison.Ordinal)).Select(static name => name.Split("__")[1]).Distinct();

    [GeneratedRegex(@"\blist\w*\(", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex AsksForKeys();

    [GeneratedRegex("secret|password|credential|token", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LooksSecret();
}
