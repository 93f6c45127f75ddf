using System.Collections.Frozen;

namespace DevOpsAI.Bot.Hosting.Settings;

/// <summary>The secrets that <c>appsettings.Development.json</c> publishes, so that a newcomer needs none: everybody knows them.</summary>
internal static class SampleSecrets
{
    private static readonly FrozenSet<string> Published = FrozenSet.ToFrozenSet(
    [
        "sandbox-contoso-dev", "alertmanager-contoso-dev", "cloudevents-contoso-dev",
        "sandbox-fabrikam-dev", "alertmanager-fabrikam-dev", "cloudevents-fabrikam-dev",
    ]);

    public static bool Contains(string secret) => Published.Contains(secret.Trim());
}
