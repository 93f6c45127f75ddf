using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit;

/// <summary>What a sender may prove itself with; those that are null are not accepted.</summary>
public sealed record InboundCredentials(SecretReference? Bearer, string? Username, SecretReference? Password, SecretReference? HmacSecret)
{
    public bool Any => Bearer is not null || Password is not null || HmacSecret is not null;

    /// <summary>A setting as a secret; null when it is absent or empty.</summary>
    public static SecretReference? Secret(Connection connection, string setting) =>
        connection.Settings.TryGetValue(setting, out var value) && !string.IsNullOrWhiteSpace(value) ? new(value) : null;

    /// <summary>For <c>WWW-Authenticate</c>: whatever any connection may take, so that the answer does not tell one from another.</summary>
    public static IReadOnlyList<string> AllChallenges { get; } = ["Bearer realm=\"events\"", "Basic realm=\"events\", charset=\"UTF-8\""];
}
