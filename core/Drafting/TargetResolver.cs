using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Drafting;

/// <summary>
/// Finds the one thing that an event names, through the tenant's own connections only, and reads its state. Names must be equal
/// (ignoring case) as given or without domain; nothing is ever guessed from a similar name.
/// </summary>
internal sealed class TargetResolver(IConnections connections, ITenantDirectory tenants, ILogger<TargetResolver> log)
{
    /// <summary>Where a device is looked for when the source gave only an address, or nothing.</summary>
    private static readonly string[] DeviceAttributes = ["nodename", "hostname", "host", "computer", "computer_name", "device_name",
        "instance"];

    private static readonly string[] NamedAttributes = [.. DeviceAttributes.Where(static name => name != "instance")];

    /// <summary>
    /// Attributes in which sources say which client they mean. The credential decides that, so they can only contradict it.
    /// </summary>
    private static readonly string[] ClientAttributes = ["tenant", "tenantid", "tenant_id", "customer", "client",
        "organization", "company"];

    /// <summary>As many names as one thing may go by in an incident; each is asked for.</summary>
    private const int MaxNames = 3;

    public async Task<Resolution> ResolveAsync(
        TenantId tenant, Runbook runbook, IReadOnlyList<EventReceived> events, CancellationToken cancellationToken)
    {
        var client = tenants.Find(tenant)?.Name ?? tenant.Value;
        if (ForeignLabel(tenant, events) is { } label)
            return new Resolution.Problem($"The event's '{label}' names another client than {client}.");
        var texts = NamesIn(runbook.Target, events);
        if (texts.Count == 0)
            return new Resolution.Problem($"The event names no {runbook.Target.Kind}.");
        if (texts.Count > MaxNames)
            return new Resolution.Problem(Several(runbook.Target.Kind, texts));
        var able = connections.For(tenant)
            .Where(connection =>
                runbook.Steps.All(step => connections.GetConnector(connection).Actions.TryGetValue(step.Action, out var spec)
                                                           && spec.TargetKind == runbook.Target.Kind))
            .ToList();
        if (able.Count == 0)
            return new Resolution.Problem(
                $"No connection of {client} offers {QuotedText.List(runbook.Steps.Select(step => step.Action).Distinct())}.");
        Resolution? one = null;
        foreach (var text in texts)
        {
            var next = await ResolveAsync(tenant, client, runbook.Target.Kind, text, able, cancellationToken);
            if (texts.Count == 1 || next is Resolution.Unreachable)
                return next;
            // With and without its domain a device may have two names; two devices may not.
            if (next is not Resolution.Found found || (one is Resolution.Found before && before.Target != found.Target))
                return new Resolution.Problem(Several(runbook.Target.Kind, texts));
            one = next;
        }
        return one!;
    }

    private async Task<Resolution> ResolveAsync(
        TenantId tenant, string client, string kind, string text, List<Connection> able, CancellationToken cancellationToken)
    {
        if (TargetNames.From(text) is not { } names)
            return new Resolution.Problem($"'{QuotedText.Short(text)}' is no name of a {kind}.");
        if (kind == "device" && SelfNames.Is(names.Given))
            return new Resolution.Problem(
                $"The event names no {kind}: '{QuotedText.Short(names.Given)}' is what every machine calls itself.");
        return names.Domain.Any(part => IsOtherTenant(tenant, part))
            ? new Resolution.Problem($"'{QuotedText.Short(names.Given)}' carries the name of another client than {client}.")
            : await FindAsync(tenant, client, kind, names, able, cancellationToken);
    }

    private static string Several(string kind, IReadOnlyList<string> texts) =>
        $"The events name several {kind}s: {QuotedText.List(texts)}.";

    private async Task<Resolution> FindAsync(
        TenantId tenant, string client, string kind, TargetNames names, List<Connection> able, CancellationToken cancellationToken)
    {
        foreach (var name in new[] { names.Given, names.Short }.OfType<string>())
        {
            var found = new List<(Connection Connection, Target Target)>();
            foreach (var connection in able)
            {
                var result = await AskAsync(connection,
                    () => connections.GetConnector(connection).FindAsync(connection, kind, name, cancellationToken), cancellationToken);
                if (result is not CallOutcome<IReadOnlyList<Target>>.Done(var targets))
                    return NoAnswer(connection, result);
                found.AddRange(targets
                    .Where(target => target.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && target.Kind == kind
                        && target.Connection == connection.Name)
                    .Select(target => (connection, target)));
            }
            if (found is [var (through, one)])
                return await ObserveAsync(tenant, client, through, one, cancellationToken);
            if (found.Count > 1)
                return new Resolution.Problem(Several(client, kind, name, found));
        }
        return new Resolution.Problem(names.IsAddress
            ? $"{names.Given} is an IP address that no connection of {client} knows as a {kind}."
            : $"{client} has no {kind} named {QuotedText.Short(names.Short ?? names.Given)}.");
    }

    private async Task<Resolution> ObserveAsync(
        TenantId tenant, string client, Connection connection, Target target, CancellationToken cancellationToken)
    {
        if (IsOtherTenant(tenant, target.Client))
            return new Resolution.Problem($"The vendor says that {QuotedText.Short(target.Name)} belongs to another client than {client}.");
        var connector = connections.GetConnector(connection);
        var result = await AskAsync(connection, () => connector.ObserveAsync(connection, target, cancellationToken), cancellationToken);
        return result is CallOutcome<IReadOnlyDictionary<string, string>>.Done(var observations)
            ? new Resolution.Found(target, connector, observations)
            : NoAnswer(connection, result);
    }

    /// <summary>A connector that throws, or takes longer than the caller waits, has given no answer.</summary>
    private async Task<CallOutcome<T>> AskAsync<T>(
        Connection connection, Func<Task<CallOutcome<T>>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            log.ConnectorThrew(failure, connection.Name);
            return new CallOutcome<T>.Unknown($"{failure.GetType().Name} while asking");
        }
    }

    private static Resolution NoAnswer<T>(Connection connection, CallOutcome<T> result) => result switch
    {
        CallOutcome<T>.Refused(var code, var message) =>
            new Resolution.Problem($"{connection.Name} refused: {QuotedText.Short(message, 200)} ({QuotedText.Short(code)})."),
        CallOutcome<T>.NotDone(var message, var tryAgainIn) =>
            new Resolution.Unreachable($"{connection.Name}: {QuotedText.Short(message, 200)}", tryAgainIn),
        CallOutcome<T>.Unknown(var message) => new Resolution.Unreachable($"{connection.Name}: {QuotedText.Short(message, 200)}", null),
        _ => new Resolution.Unreachable($"{connection.Name} gave no usable answer", null),
    };

    private static string Several(string client, string kind, string name, List<(Connection Connection, Target Target)> found) =>
        $"{client} has {found.Count} {kind}s named {QuotedText.Short(name)}: {QuotedText.List(found.Select(one => $"{one.Target.Id} in "
        + $"{one.Connection.Name}"))}.";

    /// <summary>
    /// The names in the events, without repetitions: from the runbook's attributes, else the event's own device. Where that is missing or
    /// only an address, a device may also be named by its usual attributes.
    /// </summary>
    private static List<string> NamesIn(TargetRule rule, IReadOnlyList<EventReceived> events) =>
        [.. events.SelectMany(received => NamesIn(rule, received)).Distinct(StringComparer.OrdinalIgnoreCase)];

    private static IEnumerable<string> NamesIn(TargetRule rule, EventReceived received)
    {
        var name = Present(received, rule.From).FirstOrDefault() ?? received.Device?.Trim();
        if (rule.Kind != "device" || !(string.IsNullOrEmpty(name) || TargetNames.From(name) is { IsAddress: true }))
            return string.IsNullOrEmpty(name) ? [] : [name];
        // Attributes that contradict each other name several devices, and then a person must say which.
        // An exporter of others' figures leaves its own address, which names nothing that the alert is about.
        var where = RemoteExporters.IsAt(received.Kind, received.Attribute("instance"), received.Attribute("job"))
            ? NamedAttributes
            : DeviceAttributes;
        var usual = Present(received, where).Where(text => TargetNames.From(text) is { IsAddress: false })
            .DistinctBy(text => TargetNames.From(text)?.Short ?? TargetNames.From(text)?.Given, StringComparer.OrdinalIgnoreCase)
            .ToList();
        if (usual.Count > 0)
            return usual;
        return name is { Length: > 0 } ? [name] : Present(received, where).Take(1);
    }

    private static IEnumerable<string> Present(EventReceived received, IReadOnlyList<string> attributes) => attributes
        .Select(received.Attribute)
        .Where(text => !string.IsNullOrWhiteSpace(text))
        .Select(text => text!.Trim());

    private string? ForeignLabel(TenantId tenant, IReadOnlyList<EventReceived> events) =>
        ClientAttributes.FirstOrDefault(
            attribute => events.Any(received => received.Attribute(attribute) is { } text && IsOtherTenant(tenant, text)));

    private bool IsOtherTenant(TenantId tenant, string text) =>
        tenants.All.Concat(tenants.InOtherRegions.Select(elsewhere => elsewhere.Tenant)).Any(other => other.Id != tenant
            && Names(other, text))
        && !(tenants.Find(tenant) is { } own && Names(own, text));

    private static bool Names(Tenant tenant, string text) =>
        text.Trim().Equals(tenant.Id.Value, StringComparison.OrdinalIgnoreCase)
            || text.Trim().Equals(tenant.Name, StringComparison.OrdinalIgnoreCase);
}

internal static class EventAttributes
{
    /// <summary>An attribute by name, ignoring case; null when the event has none.</summary>
    public static string? Attribute(this EventReceived received, string name) => received.Attributes.Attribute(name);

    /// <inheritdoc cref="Attribute(EventReceived, string)"/>
    public static string? Attribute(this IReadOnlyDictionary<string, string> attributes, string name) =>
        attributes.TryGetValue(name, out var text)
            ? text
            : attributes.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
