using System.Globalization;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>An event that was read from Graph.</summary>
/// <param name="Updated">When what it tells of changed last, by Graph's clock.</param>
internal sealed record GraphFound(ConnectorEvent Event, DateTimeOffset Updated)
{
    /// <summary>The same however often this state is read.</summary>
    public string Key => $"{Event.SourceId}\0{Updated.UtcTicks}";

    /// <summary>
    /// Graph names four grades, and so do we. One that nobody here knows is a warning, so that nothing goes unseen.
    /// </summary>
    /// <param name="word">As <c>medium</c>; null when there is none.</param>
    public static Severity Severity(string? word) => word?.ToLowerInvariant() switch
    {
        "high" => Connections.Severity.Critical,
        "medium" => Connections.Severity.Error,
        "informational" => Connections.Severity.Info,
        _ => Connections.Severity.Warning,
    };

    /// <summary>Those that have a value.</summary>
    public static Dictionary<string, string> Attributes(params IEnumerable<(string Name, string? Value)> all) => all
        .Where(static one => !string.IsNullOrWhiteSpace(one.Value)).ToDictionary(static one => one.Name, static one => one.Value!.Trim());

    public static string? Time(DateTimeOffset? time) =>
        time?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
