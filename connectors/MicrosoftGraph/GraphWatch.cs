namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>What a connection watches for events, as the setting <c>Watch</c> names it.</summary>
internal static class GraphWatch
{
    /// <summary>Alerts of Defender and its kin.</summary>
    public const string Alerts = "alerts";

    /// <summary>What Defender gathers alerts in.</summary>
    public const string Incidents = "incidents";

    /// <summary>Disturbances of Microsoft's own services.</summary>
    public const string Health = "health";

    /// <summary>Users that Entra ID Protection calls risky.</summary>
    public const string RiskyUsers = "risky-users";

    /// <summary>Changes of users, told by notifications.</summary>
    public const string Users = "users";

    private const string Nothing = "none";

    public static readonly IReadOnlyList<string> Words = [Alerts, Incidents, Health, RiskyUsers, Users];

    /// <summary>What is watched where the setting says nothing: what every directory has.</summary>
    public static readonly IReadOnlyList<string> Usual = [Alerts, Health];

    /// <summary>The words of a list with commas; null when one of them is none.</summary>
    public static IReadOnlyList<string>? Parse(string? list)
    {
        if (string.IsNullOrWhiteSpace(list))
            return Usual;
        var words = list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (words is [Nothing])
            return [];
        return words.All(static word => Words.Contains(word)) ? [.. words.Distinct(StringComparer.Ordinal)] : null;
    }
}
