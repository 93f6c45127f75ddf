using System.Collections.Frozen;
using System.Text;
using DevOpsAI.Common;
using DevOpsAI.Connectors;
using DevOpsAI.Connectors.Toolkit;
using Microsoft.Extensions.Configuration.CommandLine;

namespace DevOpsAI.Bot.Hosting.Settings;

/// <summary>Which settings are secrets that somebody here chose, and whether others could come by them.</summary>
internal sealed class SecretPlaces(ConnectorCatalog connectors)
{
    /// <summary>Bytes: at ten thousand guesses a second nobody comes near it, so that wrong ones need not be held back.</summary>
    public const int MinLength = 16;

    /// <summary>Names of settings that are secrets, of whichever connector.</summary>
    private readonly FrozenSet<string> ofConnections = Names(connectors, static setting => setting.IsSecret);

    private readonly FrozenSet<string> ofSenders = Names(connectors, static setting => setting.ProvesSender);

    /// <summary>A secret that somebody here chose, as opposed to what Azure or a vendor issues, which is long enough.</summary>
    public bool IsOurs(IConfigurationSection setting) => IsOfConnection(setting) && ofSenders.Contains(setting.Key);

    public static bool IsGuessable(string secret) => Encoding.UTF8.GetByteCount(secret) < MinLength;

    /// <summary>
    /// The secret itself stands in a file, which is backed up and shared, or on the command line, which every account here sees. The
    /// environment, or a vault that is a source of settings, keeps it as well as a reference would.
    /// </summary>
    public bool IsReadable(IConfiguration configuration, IConfigurationSection setting, SecretReference reference) =>
        !reference.IsElsewhere && IsSecret(setting) && configuration is IConfigurationRoot root
        && root.Providers.LastOrDefault(source => source.TryGet(setting.Path, out _))
            is FileConfigurationProvider or CommandLineConfigurationProvider;

    public bool IsSecret(IConfigurationSection setting) => !IsOfConnection(setting) || ofConnections.Contains(setting.Key);

    private static bool IsOfConnection(IConfigurationSection setting) =>
        setting.Path.StartsWith("Connections:", StringComparison.OrdinalIgnoreCase);

    private static FrozenSet<string> Names(ConnectorCatalog connectors, Func<SettingDescription, bool> are) => connectors.All
        .SelectMany(static one => one.Settings).Where(are).Select(static one => one.Name).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
