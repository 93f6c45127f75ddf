using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit;

/// <summary>Reads the words that senders use for severity and status.</summary>
public static class Severities
{
    /// <summary>
    /// The severity a word means; <see cref="Severity.Warning"/> when it is absent or unknown, so that nothing goes unseen.
    /// </summary>
    public static Severity Parse(string? word) => word?.Trim().ToLowerInvariant() switch
    {
        "critical" or "crit" or "page" or "fatal" or "emergency" or "emerg" or "disaster" or "p1" => Severity.Critical,
        "error" or "err" or "major" or "high" or "severe" or "p2" => Severity.Error,
        "info" or "information" or "informational" or "none" or "notice" or "debug" or "ok" => Severity.Info,
        _ => Severity.Warning,
    };

    /// <summary>The severity of this very name, whatever its case; null when none has it.</summary>
    internal static Severity? Named(string? word)
    {
        foreach (var severity in Enum.GetValues<Severity>())
        {
            if (severity.ToString().Equals(word, StringComparison.OrdinalIgnoreCase))
                return severity;
        }
        return null;
    }

    /// <summary>The word says that the alert has ended.</summary>
    public static bool IsEnd(string? word) => word?.Trim().ToLowerInvariant() is
        "resolved" or "ok" or "closed" or "cleared" or "recovered" or "ended" or "normal" or "inactive";
}
