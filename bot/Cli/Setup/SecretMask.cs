using DevOpsAI.Bot.Hosting.Settings;
using DevOpsAI.Common;
using DevOpsAI.Connectors;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>
/// Takes the secrets of the settings out of what is written. No check puts one into its words; what others answer, and quote, is not ours.
/// </summary>
internal sealed class SecretMask(IReadOnlyCollection<string> secrets)
{
    /// <summary>Shorter ones are refused as secrets, and taking them out would garble other words.</summary>
    private const int MinLength = 6;

    public static SecretMask For(IServiceProvider services)
    {
        var source = services.GetRequiredService<ISecretSource>();
        var places = new SecretPlaces(services.GetRequiredService<ConnectorCatalog>());
        return new([.. SettingsCheck.GetSecrets(services.GetRequiredService<IConfiguration>())
            .Where(places.IsSecret).Select(setting => Read(setting.Value!, source)).OfType<string>()
            .Where(static secret => secret.Length >= MinLength)
            // One may hold another.
            .OrderByDescending(static secret => secret.Length)]);
    }

    public string Hide(string text) => secrets.Aggregate(
        text, static (shown, secret) => shown.Replace(secret, "(secret)", StringComparison.Ordinal));

    private static string? Read(string setting, ISecretSource source)
    {
        try
        {
            return source.Read(new(setting)).Trim();
        }
        catch (SecretUnavailableException)
        {
            return null; // a check of its own tells that
        }
    }
}
