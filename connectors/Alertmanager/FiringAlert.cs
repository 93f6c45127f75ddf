using System.Text.Json.Nodes;

namespace DevOpsAI.Connectors.Alertmanager;

/// <summary>An alert that Alertmanager has now.</summary>
/// <param name="State"><c>active</c>, <c>suppressed</c> or <c>unprocessed</c>.</param>
internal sealed record FiringAlert(string Fingerprint, IReadOnlyDictionary<string, string> Labels, string State, bool IsSilenced)
{
    public string Name => Labels.GetValueOrDefault("alertname") is { Length: > 0 } name ? name : Fingerprint;

    public static FiringAlert Read(JsonNode alert) => new(
        alert["fingerprint"]!.GetValue<string>(),
        alert["labels"]!.AsObject().ToDictionary(static label => label.Key, static label => label.Value!.GetValue<string>()),
        alert["status"]!["state"]!.GetValue<string>(), alert["status"]!["silencedBy"] is JsonArray { Count: > 0 });

    public bool IsCalled(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase) || Fingerprint == name;

    /// <summary>Whether it is one of the client's; all are where no label tells clients apart.</summary>
    public bool IsOnly(KeyValuePair<string, string>? only) => only is not { } label || Labels.GetValueOrDefault(label.Key) == label.Value;
}

/// <summary>A silence that Alertmanager keeps, also for days after it has ended.</summary>
internal sealed record KeptSilence(string Id, string By, string Comment, bool HasEnded, IReadOnlyDictionary<string, string> Matchers)
{
    public static KeptSilence Read(JsonNode silence) => new(
        silence["id"]!.GetValue<string>(), silence["createdBy"]?.GetValue<string>() ?? "", silence["comment"]?.GetValue<string>() ?? "",
        silence["status"]!["state"]!.GetValue<string>() == "expired",
        (silence["matchers"]?.AsArray() ?? []).GroupBy(static one => one!["name"]!.GetValue<string>())
            .ToDictionary(static one => one.Key, static one => one.First()!["value"]!.GetValue<string>()));

    /// <summary>Whether its comment names this operation, or this alert, as a word.</summary>
    public bool IsFor(string word) => Comment.Split(' ').Contains(word, StringComparer.Ordinal);

    /// <summary>Whether it is one of the client's; all are where no label tells clients apart.</summary>
    public bool IsOnly(KeyValuePair<string, string>? only) => only is not { } label || Matchers.GetValueOrDefault(label.Key) == label.Value;
}
