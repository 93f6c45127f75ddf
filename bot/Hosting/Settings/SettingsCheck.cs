using DevOpsAI.Common;
using DevOpsAI.Connectors;
using DevOpsAI.Drafting;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Hosting.Settings;

/// <summary>
/// Looks at all settings before any part of the bot is made from them, so that every validation error is told in one list.
/// </summary>
internal static class SettingsCheck
{
    /// <exception cref="OptionsValidationException">There are mistakes; its failures are one sentence each.</exception>
    public static void ThrowIfAnyIsWrong(IServiceProvider services)
    {
        var errors = FindErrors(services);
        if (errors.Count > 0)
            throw new OptionsValidationException("", typeof(SettingsCheck), errors.Select(static error => error.Message));
    }

    /// <summary>Every mistake. Settings that cannot be read are as if they were not set from then on.</summary>
    public static IReadOnlyList<SettingError> FindErrors(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var found = KnownSettings.LookAt(configuration);
        var isDevelopment = services.GetRequiredService<IHostEnvironment>().IsDevelopment();
        List<SettingError> errors = [.. found.ValidationErrors.Select(static error => new SettingError(SettingArea.Settings, error)),
            .. SecretErrors(configuration, services.GetRequiredService<ISecretSource>(),
                new(services.GetRequiredService<ConnectorCatalog>()), isDevelopment)];
        // The bot will not start, so that the rest can be looked at as if they were not set.
        foreach (var setting in found.Unreadable)
            configuration[setting] = null;
        errors.AddRange(FindSectionErrors(services));
        return [.. errors.DistinctBy(static error => error.Message)];
    }

    /// <summary>Secrets that are not where the settings say, and secrets that everybody knows, can read or can guess.</summary>
    internal static IEnumerable<SettingError> SecretErrors(
        IConfiguration configuration, ISecretSource secrets, SecretPlaces places, bool isDevelopment)
    {
        var isRegistered = !string.IsNullOrWhiteSpace(configuration["Teams:AppId"]);
        var isForOthers = isRegistered && !isDevelopment;
        SortedSet<string> samples = new(StringComparer.OrdinalIgnoreCase);
        List<string> readable = [];
        List<string> guessable = [];
        foreach (var setting in GetSecrets(configuration))
        {
            var reference = new SecretReference(setting.Value!);
            var (secret, problem) = Resolve(reference, secrets);
            if (problem is not null)
                yield return new(SettingArea.Secrets, $"{setting.Path}: {problem} {WayOut(reference)}");
            else if (isRegistered && setting.Path.StartsWith("Connections:", StringComparison.OrdinalIgnoreCase)
                && SampleSecrets.Contains(secret!))
                samples.Add(setting.Path.Split(':')[1]);
            if (problem is null && isForOthers && places.IsReadable(configuration, setting, reference))
                readable.Add(setting.Path);
            if (problem is null && isForOthers && places.IsOurs(setting) && SecretPlaces.IsGuessable(secret!))
                guessable.Add(setting.Path);
        }
        if (readable.Count > 0)
            yield return new(SettingArea.Secrets, $"{string.Join(", ", readable)}: written out in a file of settings or on the command "
                + $"line, where others read it; write env:NAME or file:/path instead.");
        if (guessable.Count > 0)
            yield return new(SettingArea.Secrets, $"{string.Join(", ", guessable)}: shorter than {SecretPlaces.MinLength} bytes, so it "
                + $"can be guessed; make a new one, as with 'openssl rand -base64 24'.");
        if (samples.Count == 0)
            yield break;
        yield return new(SettingArea.SampleSecrets,
            $"Teams:AppId is set, so others can reach the bot, but {string.Join(", ", samples)} still "
            + $"{(samples.Count == 1 ? "has a" : "have")} published sample "
            + $"{(samples.Count == 1 ? "secret" : "secrets")}: start with --environment Production, which leaves "
            + $"appsettings.Development.json out "
            + "(dotnet run starts in Development), or give every connection a secret of its own, as env:NAME or file:/path.");
    }

    private static IEnumerable<SettingError> FindSectionErrors(IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException section)
        {
            return GetErrors(section);
        }
        catch (AggregateException sections) when (sections.InnerExceptions.All(static one => one is OptionsValidationException))
        {
            return sections.InnerExceptions.Cast<OptionsValidationException>().SelectMany(GetErrors);
        }
    }

    private static IEnumerable<SettingError> GetErrors(OptionsValidationException section) =>
        section.Failures.Select(failure => new SettingError(GetArea(section.OptionsType), failure));

    private static SettingArea GetArea(Type section)
    {
        if (section == typeof(DraftingOptions))
            return SettingArea.Runbooks;
        return section == typeof(GatesOptions) ? SettingArea.Policies : SettingArea.Settings;
    }

    /// <summary>Settings that are secrets, or may be.</summary>
    internal static IEnumerable<IConfigurationSection> GetSecrets(IConfiguration configuration)
    {
        IEnumerable<IConfigurationSection> settings =
        [
            .. configuration.GetSection("Connections").GetChildren()
                .SelectMany(static connection => connection.GetSection("Settings").GetChildren()),
            configuration.GetSection("Teams:ClientSecret"),
            configuration.GetSection("Teams:CertificatePassword"),
            configuration.GetSection("Ledger:CheckpointContainerKey"),
            configuration.GetSection("Intelligence:ApiKey"),
            .. UsesCosmos(configuration) ? [configuration.GetSection("Storage:Cosmos:Key")] : Array.Empty<IConfigurationSection>(),
        ];
        return settings.Where(static setting => !string.IsNullOrWhiteSpace(setting.Value));
    }

    private static bool UsesCosmos(IConfiguration configuration) =>
        nameof(StorageProvider.Cosmos).Equals(configuration["Storage:Provider"], StringComparison.OrdinalIgnoreCase);

    private static (string? Secret, string? Problem) Resolve(SecretReference reference, ISecretSource secrets)
    {
        try
        {
            return (secrets.Read(reference), null);
        }
        catch (SecretUnavailableException missing)
        {
            return (null, missing.Message);
        }
    }

    private static string WayOut(SecretReference reference) => reference switch
    {
        { Variable: { } variable } => $"Set the environment variable {variable} for the bot's process, or change the setting.",
        { VaultName: not null } =>
            "Put the secret into the vault of Secrets:KeyVault, readable for the bot's identity, or change the setting.",
        _ => "Put the secret into that file, readable for the bot's account, or change the setting.",
    };
}
