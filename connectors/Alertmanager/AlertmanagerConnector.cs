using System.Globalization;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Alertmanager;

/// <summary>
/// Silences of alerts. A target is one alert that Alertmanager has now, by its fingerprint; its silence names every one of its labels
/// exactly, so that no other alert is muted with it. A silence ends by itself.
/// </summary>
internal sealed class AlertmanagerConnector(AlertmanagerApi api, TimeProvider clock) : IConnector, IConnectionProbe
{
    private const string Author = "DevOps AI Bot";

    public string Name => AlertmanagerCatalog.Name;

    public string Connector => AlertmanagerCatalog.Name;

    public bool IsSimulation => false;

    public IReadOnlyDictionary<string, ActionSpec> Actions => AlertmanagerCatalog.Actions;

    public string? FindLack(Connection connection) => AlertmanagerApi.IsSet(connection) ? null : AlertmanagerApi.UrlSetting;

    public async Task<CallOutcome<string>> CheckAsync(Connection connection, CancellationToken cancellationToken) =>
        AlertmanagerApi.IsSet(connection)
            ? await api.ReadAsync(
                connection, "status",
                answer => $"Alertmanager {answer["versionInfo"]!["version"]!.GetValue<string>()} answers {connection.Name}.",
                cancellationToken)
            : new CallOutcome<string>.Done($"{connection.Name} has no Url: it is sent events, and nothing is asked of Alertmanager.");

    public void Forget(string callKey) => api.Forget(callKey);

    /// <summary>Alerts by fingerprint or <c>alertname</c>.</summary>
    public async Task<CallOutcome<IReadOnlyList<Target>>> FindAsync(
        Connection connection, string kind, string name, CancellationToken cancellationToken)
    {
        if (kind != AlertmanagerCatalog.Alert || !AlertmanagerApi.IsSet(connection))
            return new CallOutcome<IReadOnlyList<Target>>.Done([]);
        var outcome = await ListAsync(connection, cancellationToken);
        return outcome is CallOutcome<IReadOnlyList<FiringAlert>>.Done(var alerts)
            ? new CallOutcome<IReadOnlyList<Target>>.Done([.. alerts.Where(alert => alert.IsCalled(name))
                .Select(alert => new Target(
                    connection.Name, kind, alert.Fingerprint, alert.Name, AlertmanagerApi.Only(connection)?.Value ?? ""))])
            : outcome.As<IReadOnlyList<Target>>();
    }

    public async Task<CallOutcome<IReadOnlyDictionary<string, string>>> ObserveAsync(
        Connection connection, Target target, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(connection, target, cancellationToken);
        return read is CallOutcome<FiringAlert>.Done(var alert)
            ? new CallOutcome<IReadOnlyDictionary<string, string>>.Done(new Dictionary<string, string>
            {
                ["alert.state"] = alert.State, ["alert.silenced"] = alert.IsSilenced ? "true" : "false",
            })
            : read.As<IReadOnlyDictionary<string, string>>();
    }

    public async Task<CallOutcome<ActionReceipt>> ActAsync(Connection connection, ActionCall call, CancellationToken cancellationToken)
    {
        if (!Actions.TryGetValue(call.Action, out var spec) || spec.TargetKind != call.Target.Kind)
            return new CallOutcome<ActionReceipt>.Refused(
                "no-such-action", $"Alertmanager has no action {call.Action} for a {call.Target.Kind}.");
        return call.Action == AlertmanagerCatalog.Silence
            ? await SilenceAsync(connection, call, cancellationToken)
            : await UnsilenceAsync(connection, call.Target, cancellationToken);
    }

    /// <summary>
    /// Our operation stands in the comment of the silence, which Alertmanager keeps for days after it has ended. That none is kept says
    /// nothing: it may be gone.
    /// </summary>
    public async Task<CallOutcome<OperationStatus>> LookUpAsync(
        Connection connection, ActionCall call, CancellationToken cancellationToken)
    {
        if (Check(connection, call.Target) is { } foreign)
            return foreign.As<OperationStatus>();
        var outcome = await SilencesAsync(connection, cancellationToken);
        if (outcome is not CallOutcome<IReadOnlyList<KeptSilence>>.Done(var all))
            return outcome.As<OperationStatus>();
        var only = AlertmanagerApi.Only(connection);
        var isKept = all.Any(one => one.By == Author && one.IsFor(call.OperationId) && one.IsFor(call.Target.Id) && one.IsOnly(only));
        return new CallOutcome<OperationStatus>.Done(isKept ? OperationStatus.Applied : OperationStatus.CannotTell);
    }

    private async Task<CallOutcome<ActionReceipt>> SilenceAsync(Connection connection, ActionCall call, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(connection, call.Target, cancellationToken);
        if (read is not CallOutcome<FiringAlert>.Done(var alert))
            return NothingDone<FiringAlert, ActionReceipt>(read);
        var kept = await SilencesAsync(connection, cancellationToken);
        if (kept is not CallOutcome<IReadOnlyList<KeptSilence>>.Done(var all))
            return NothingDone<IReadOnlyList<KeptSilence>, ActionReceipt>(kept);
        if (all.FirstOrDefault(one => !one.HasEnded && one.IsFor(call.OperationId)) is { } already)
            return new CallOutcome<ActionReceipt>.Done(new($"Silence {already.Id} is there already."));
        // Without a label it would mute whatever there is.
        if (alert.Labels.Count == 0)
            return new CallOutcome<ActionReceipt>.Refused("no-labels", "The alert has no labels: its silence would mute every alert.");
        var now = clock.GetUtcNow();
        var ends = now.AddMinutes(int.Parse(call.Arguments["minutes"], CultureInfo.InvariantCulture));
        return await api.PostAsync(
            connection, "silences",
            new()
            {
                ["matchers"] = new JsonArray([.. alert.Labels.OrderBy(static label => label.Key, StringComparer.Ordinal).Select(
                    static label => new JsonObject
                    {
                        ["name"] = label.Key, ["value"] = label.Value, ["isRegex"] = false, ["isEqual"] = true,
                    })]),
                ["startsAt"] = Rfc3339(now),
                ["endsAt"] = Rfc3339(ends),
                ["createdBy"] = Author,
                ["comment"] = $"{Author} {call.OperationId} {alert.Fingerprint}",
            },
            answer => new ActionReceipt($"Silence {answer["silenceID"]!.GetValue<string>()} until {Rfc3339(ends)}."), cancellationToken);
    }

    /// <summary>Ends the silences of this alert that are ours; one that somebody else made stays.</summary>
    private async Task<CallOutcome<ActionReceipt>> UnsilenceAsync(
        Connection connection, Target target, CancellationToken cancellationToken)
    {
        if (Check(connection, target) is { } foreign)
            return foreign.As<ActionReceipt>();
        var kept = await SilencesAsync(connection, cancellationToken);
        if (kept is not CallOutcome<IReadOnlyList<KeptSilence>>.Done(var all))
            return NothingDone<IReadOnlyList<KeptSilence>, ActionReceipt>(kept);
        var only = AlertmanagerApi.Only(connection);
        var ours = all.Where(one => !one.HasEnded && one.By == Author && one.IsFor(target.Id) && one.IsOnly(only)).ToList();
        foreach (var silence in ours)
        {
            var outcome = await api.DeleteAsync(connection, $"silence/{Uri.EscapeDataString(silence.Id)}", cancellationToken);
            if (outcome is not CallOutcome<bool>.Done)
                return outcome.As<ActionReceipt>();
        }
        return new CallOutcome<ActionReceipt>.Done(new(ours.Count == 0
            ? "No silence of ours mutes the alert any more."
            : $"Ended silence {string.Join(" and ", ours.Select(static one => one.Id))}."));
    }

    private async Task<CallOutcome<FiringAlert>> ReadAsync(Connection connection, Target target, CancellationToken cancellationToken)
    {
        if (Check(connection, target) is { } foreign)
            return foreign;
        var outcome = await ListAsync(connection, cancellationToken);
        if (outcome is not CallOutcome<IReadOnlyList<FiringAlert>>.Done(var alerts))
            return outcome.As<FiringAlert>();
        return alerts.FirstOrDefault(alert => alert.Fingerprint == target.Id) is { } found
            ? new CallOutcome<FiringAlert>.Done(found)
            : new CallOutcome<FiringAlert>.Refused("gone", $"Alertmanager has no alert {target.Name} of this client's any more.");
    }

    private static CallOutcome<FiringAlert>.Refused? Check(Connection connection, Target target) => target switch
    {
        _ when target.Connection != connection.Name => new("foreign-target", $"{target.Name} was found through another connection."),
        { Kind: not AlertmanagerCatalog.Alert } => new("unknown-kind", $"Alertmanager knows no {target.Kind}."),
        _ => null,
    };

    private Task<CallOutcome<IReadOnlyList<FiringAlert>>> ListAsync(Connection connection, CancellationToken cancellationToken) =>
        api.ReadAsync<IReadOnlyList<FiringAlert>>(
            connection, "alerts",
            answer => [.. answer.AsArray().Select(static one => FiringAlert.Read(one!))
                .Where(alert => alert.IsOnly(AlertmanagerApi.Only(connection)))],
            cancellationToken);

    private Task<CallOutcome<IReadOnlyList<KeptSilence>>> SilencesAsync(Connection connection, CancellationToken cancellationToken) =>
        api.ReadAsync<IReadOnlyList<KeptSilence>>(
            connection, "silences", static answer => [.. answer.AsArray().Select(static one => KeptSilence.Read(one!))], cancellationToken);

    /// <summary>Reading that failed before anything was done.</summary>
    private static CallOutcome<TOther> NothingDone<T, TOther>(CallOutcome<T> outcome) => outcome is CallOutcome<T>.Unknown(var message)
        ? new CallOutcome<TOther>.NotDone(message)
        : outcome.As<TOther>();

    private static string Rfc3339(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
