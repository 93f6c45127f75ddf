using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Secrets;
using DevOpsAI.Connectors.Toolkit.Entra;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>A vendor whose manifest says how it is called. Whatever it is asked to do, it first reads the target and whose it is.</summary>
internal sealed class ManifestConnector(
    Manifest manifest, VendorClient vendor, VendorTokens tokens, EntraTokens entra, VendorBudgets budgets, ISecretSource secrets,
    TimeProvider clock)
    : IConnector, IConnectionCheck, IConnectionProbe, IConnectionVitals
{
    private readonly VendorCall call = new(manifest, vendor, tokens, entra, budgets, secrets, clock);

    public Manifest Manifest => manifest;

    public ManifestPolls Polls() =>
        new(manifest, new VendorCall(manifest, vendor, tokens, entra, budgets, secrets, clock) { Background = clock }, clock);

    public string Name => manifest.Name;

    public string Connector => manifest.Name;

    public bool IsSimulation => false;

    public IReadOnlyDictionary<string, ActionSpec> Actions { get; } =
        manifest.Actions.ToFrozenDictionary(static one => one.Key, static one => one.Value.Spec);

    /// <summary>Whether address and credentials are right, as the vendor says; a line for people.</summary>
    public async Task<CallOutcome<string>> CheckAsync(Connection connection, CancellationToken cancellationToken)
    {
        if (manifest.Health is not { } health)
            return new CallOutcome<string>.Done($"{manifest.Title} has no call that tells.");
        var outcome = await call.ReadAsync(connection, health, call.Given(connection), cancellationToken);
        if (outcome is not CallOutcome<JsonElement>.Done)
            return outcome.As<string>();
        var acting = await call.CheckToActAsync(connection, cancellationToken);
        return acting is CallOutcome<string>.Done
            ? new CallOutcome<string>.Done($"{manifest.Title} takes the credentials of {connection.Name}.")
            : acting;
    }

    public Task<IReadOnlyList<CallOutcome<string>>> TryListsAsync(Connection connection, CancellationToken cancellationToken) =>
        new ListTrials(manifest, call).RunAsync(connection, cancellationToken);

    public void Forget(string callKey) => call.Forget(callKey);

    /// <summary>What is left of the vendor's budget, and when the token ends that this instance holds.</summary>
    public ValueTask<ConnectionVitals> ReadVitalsAsync(Connection connection, CancellationToken cancellationToken)
    {
        if (!connection.Connector.Equals(Name, StringComparison.OrdinalIgnoreCase))
            return new(ConnectionVitals.Unknown);
        try
        {
            return new(new ConnectionVitals
            {
                Budget = budgets.Find(call.Caller(connection), manifest.Budget),
                Expiries = tokens.FindEnd(connection.CallKey) is { } end ? [new("access token", end, null, "")] : null,
            });
        }
        catch (SecretUnavailableException)
        {
            return new(ConnectionVitals.Unknown);
        }
    }

    /// <summary>Reads a record that a delivery names.</summary>
    public Task<CallOutcome<JsonElement>> ReadAsync(
        Connection connection, RequestTemplate request, IReadOnlyDictionary<string, string> given, CancellationToken cancellationToken) =>
        call.ReadAsync(connection, request, given, cancellationToken);

    /// <summary>Reads what a delivery gives the address of, at the vendor's own host alone.</summary>
    public Task<CallOutcome<JsonElement>> ReadLinkAsync(Connection connection, string link, CancellationToken cancellationToken) =>
        call.ReadLinkAsync(connection, link, cancellationToken);

    public async Task<CallOutcome<IReadOnlyList<Target>>> FindAsync(
        Connection connection, string kind, string name, CancellationToken cancellationToken)
    {
        if (!manifest.Targets.TryGetValue(kind, out var rule))
            return new CallOutcome<IReadOnlyList<Target>>.Done([]);
        var found = await FindAsync(connection, rule, rule.Find, name, cancellationToken);
        return rule.AlsoFind is { } also && found is CallOutcome<IReadOnlyList<Target>>.Done { Value.Count: 0 }
            ? await FindAsync(connection, rule, also, name, cancellationToken)
            : found;
    }

    private async Task<CallOutcome<IReadOnlyList<Target>>> FindAsync(
        Connection connection, TargetManifest rule, ListTemplate find, string name, CancellationToken cancellationToken)
    {
        var given = call.Given(connection);
        given["name"] = name;
        // A name that the vendor's query cannot hold is none that it has.
        if (find.Request.Path.Text(new(default, given)) is null)
            return new CallOutcome<IReadOnlyList<Target>>.Done([]);
        var outcome = await call.ListAsync(connection, find.Request, find.Items, find.Paging, given, cancellationToken);
        if (outcome is not CallOutcome<IReadOnlyList<JsonElement>>.Done(var items))
            return outcome.As<IReadOnlyList<Target>>();
        return new CallOutcome<IReadOnlyList<Target>>.Done(
            [.. items.Select(item => Find(connection, rule, item, name)).OfType<Target>().DistinctBy(static target => target.Id)]);
    }

    public async Task<CallOutcome<IReadOnlyDictionary<string, string>>> ObserveAsync(
        Connection connection, Target target, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(connection, target, cancellationToken);
        if (read is not CallOutcome<JsonElement>.Done(var record))
            return read.As<IReadOnlyDictionary<string, string>>();
        var given = Given(connection, target);
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var rule in manifest.Targets[target.Kind].Observations)
        {
            var outcome = await ItemsAsync(connection, target, rule, record, cancellationToken);
            if (outcome is CallOutcome<IReadOnlyList<JsonElement>>.Done(var items))
            {
                foreach (var item in items)
                    Add(seen, rule.Values, new(item, given));
            }
            else if (rule.IsOptional && outcome is CallOutcome<IReadOnlyList<JsonElement>>.Refused)
            {
                Add(seen, rule.Refused, new(default, given));
            }
            else
            {
                return outcome.As<IReadOnlyDictionary<string, string>>();
            }
        }
        return new CallOutcome<IReadOnlyDictionary<string, string>>.Done(seen);
    }

    public async Task<CallOutcome<ActionReceipt>> ActAsync(Connection connection, ActionCall action, CancellationToken cancellationToken)
    {
        if (!manifest.Actions.TryGetValue(action.Action, out var rule) || rule.Spec.TargetKind != action.Target.Kind)
            return new CallOutcome<ActionReceipt>.Refused(
                "no-such-action", $"{manifest.Title} has no action {action.Action} for a {action.Target.Kind}.");
        var read = await ReadAsync(connection, action.Target, cancellationToken);
        if (read is not CallOutcome<JsonElement>.Done(var record))
            return NothingDone<JsonElement, ActionReceipt>(read);
        if (!manifest.Targets[action.Target.Kind].Names.Any(name => IsName(name, record, action.Target.Name)))
            return new CallOutcome<ActionReceipt>.Refused(
                "renamed", $"{action.Target.Id} is not called {action.Target.Name} any more at {manifest.Title}: it may be another one.");
        var given = Given(connection, action);
        if (rule.Requires.FirstOrDefault(one => !one.When.All(condition => condition.Holds(new(record, given)))) is { } unmet)
        {
            return new CallOutcome<ActionReceipt>.Refused("precondition", VendorResponse.Short(
                $"{manifest.Title} was not asked: {unmet.Otherwise.Text(new(record, given)) ?? unmet.Otherwise.Source}."));
        }
        foreach (var lookup in rule.Lookups)
        {
            if (await new ActionLookups(manifest, call).FindAsync(connection, lookup, given, cancellationToken) is { } missing)
                return missing;
        }
        var outcome = await call.ActAsync(connection, rule.Call, given, rule.Spec.Timeout, cancellationToken);
        return outcome is CallOutcome<JsonElement>.Done(var answer)
            ? new CallOutcome<ActionReceipt>.Done(new(
                VendorResponse.Short(rule.Receipt?.Text(new(answer, given)) ?? $"{manifest.Title} took the request.")))
            : outcome.As<ActionReceipt>();
    }

    /// <summary>
    /// Asked of the vendor where the manifest says how, once the target was read and belongs; nothing else is looked for. Few vendors keep
    /// what we call an operation: what became of one is else told by reading the target again.
    /// </summary>
    public async Task<CallOutcome<OperationStatus>> LookUpAsync(
        Connection connection, ActionCall action, CancellationToken cancellationToken)
    {
        if (!manifest.Actions.TryGetValue(action.Action, out var rule) || rule is not { Reconcile: { } reconcile }
            || rule.Spec.TargetKind != action.Target.Kind)
            return new CallOutcome<OperationStatus>.Done(OperationStatus.CannotTell);
        var read = await ReadAsync(connection, action.Target, cancellationToken);
        return read is CallOutcome<JsonElement>.Done
            ? await new OperationReconciler(call).AskAsync(connection, reconcile, Given(connection, action), cancellationToken)
            : read.As<OperationStatus>();
    }

    /// <summary>Every mistake in the settings of a connection, beginning with the setting's name.</summary>
    public IEnumerable<string> Problems(Connection connection)
    {
        var known = string.Join(", ", manifest.Settings.Select(static one => one.Name));
        foreach (var name in connection.Settings.Keys.Where(
            name => name is not (VendorCredentials.AddressSetting or InboundCredentials.TokenInAddress) && !IsTickets(name)
                && !manifest.Settings.Any(setting => setting.Name.Equals(name, StringComparison.OrdinalIgnoreCase))))
            yield return $"{name}: {manifest.Title} has no such setting; known are {known}.";
        if (connection.Settings.GetValueOrDefault(TicketSetting.Name) is { Length: > 0 } use && TicketSetting.Read(use) is null)
            yield return $"{TicketSetting.Name}: '{use}' does not fit; one of {string.Join(", ", TicketSetting.Choices)}.";
        var isComplete = true;
        if (manifest.Authentication.EntraScope is not null)
        {
            foreach (var problem in EntraApplication.Problems(connection))
                yield return problem;
        }
        foreach (var setting in manifest.Settings.Where(one => !manifest.Authentication.IsEntras(one.Name)))
        {
            var value = connection.Settings.GetValueOrDefault(setting.Name)?.Trim();
            if (string.IsNullOrEmpty(value))
            {
                isComplete &= !setting.IsRequired;
                if (setting.IsRequired)
                    yield return $"{setting.Name}: missing; {Expected(setting, connection.Tenant)}";
            }
            else if (!setting.IsSecret && !Fits(setting, value))
            {
                yield return $"{setting.Name}: '{value}' does not fit; {Expected(setting, connection.Tenant)}";
            }
        }
        if (isComplete && call.Address(connection) is null)
        {
            yield return $"{AddressFrom(connection)}: the address of {manifest.Title} must be https (http on loopback only), "
                + "without user and query.";
        }
    }

    /// <summary>The setting that has the address, or that it is made of.</summary>
    private string AddressFrom(Connection connection) => connection.Settings.ContainsKey(VendorCredentials.AddressSetting)
        ? VendorCredentials.AddressSetting
        : manifest.Address.Given.FirstOrDefault()?["setting.".Length..] ?? VendorCredentials.AddressSetting;

    /// <summary>Of a vendor that takes notes, and whose own setting of the name it is not.</summary>
    private bool IsTickets(string name) =>
        name.Equals(TicketSetting.Name, StringComparison.OrdinalIgnoreCase) && manifest.Actions.ContainsKey(TicketSetting.Needs);

    private static bool Fits(SettingRule setting, string value) =>
        (setting.Values.Count == 0 || setting.Values.ContainsKey(value)) && setting.Pattern?.Accepts(value) is not false;

    private static string Expected(SettingRule setting, TenantId tenant)
    {
        if (setting.Values.Count > 0)
            return $"{setting.Title}: one of {string.Join(", ", setting.Values.Keys)}.";
        return setting.Example is { } example ? $"{setting.Title}, as in {SecretNames.GetExample(example, tenant)}." : $"{setting.Title}.";
    }

    /// <summary>The target as the vendor has it now, if it is this connection's and belongs to its client.</summary>
    private async Task<CallOutcome<JsonElement>> ReadAsync(Connection connection, Target target, CancellationToken cancellationToken)
    {
        if (target.Connection != connection.Name)
            return new CallOutcome<JsonElement>.Refused("foreign-target", $"{target.Name} was found through another connection.");
        if (!manifest.Targets.TryGetValue(target.Kind, out var rule))
            return new CallOutcome<JsonElement>.Refused("unknown-kind", $"{manifest.Title} knows no {target.Kind}.");
        var given = Given(connection, target);
        var outcome = await call.ReadAsync(connection, rule.Read, given, cancellationToken);
        if (outcome is not CallOutcome<JsonElement>.Done(var answer))
            return outcome;
        if (rule.ReadAt.Find(answer) is not { ValueKind: JsonValueKind.Object } record)
            return new CallOutcome<JsonElement>.Refused("gone", $"{manifest.Title} has no {target.Kind} {target.Id} any more.");
        var scope = new ValueScope(record, given);
        if (rule.Id.Text(scope) != target.Id || !rule.Belongs.All(one => one.Holds(scope)))
            return new CallOutcome<JsonElement>.Refused(
                "foreign-target", $"{manifest.Title} says that {target.Name} does not belong to the company of {connection.Name}.");
        return new CallOutcome<JsonElement>.Done(record);
    }

    private async Task<CallOutcome<IReadOnlyList<JsonElement>>> ItemsAsync(
        Connection connection, Target target, ObservationRule rule, JsonElement record, CancellationToken cancellationToken)
    {
        if (rule.Request is not { } request)
            return Items(rule, record);
        var given = Given(connection, target);
        if (rule is { Each: { } each, Paging: not null })
            return await call.ListAsync(connection, request, each, rule.Paging, given, cancellationToken);
        var outcome = await call.ReadAsync(connection, request, given, cancellationToken);
        return outcome is CallOutcome<JsonElement>.Done(var answer) ? Items(rule, answer) : outcome.As<IReadOnlyList<JsonElement>>();
    }

    private CallOutcome<IReadOnlyList<JsonElement>> Items(ObservationRule rule, JsonElement answer) => rule.Each?.Find(answer) switch
    {
        { ValueKind: JsonValueKind.Array } list => new CallOutcome<IReadOnlyList<JsonElement>>.Done([.. list.EnumerateArray()]),
        { ValueKind: JsonValueKind.Object } one => new CallOutcome<IReadOnlyList<JsonElement>>.Done([one]),
        null when rule.Each is null => new CallOutcome<IReadOnlyList<JsonElement>>.Done([answer]),
        null when rule.ListMayBeMissing => new CallOutcome<IReadOnlyList<JsonElement>>.Done([]),
        _ => call.NoList<IReadOnlyList<JsonElement>>(rule.Each!),
    };

    private static void Add(
        Dictionary<string, string> seen, IReadOnlyList<KeyValuePair<ValueTemplate, ValueRule>> values, ValueScope scope)
    {
        foreach (var (name, value) in values)
        {
            if (name.Text(scope) is { } observation && Value(value, scope) is { } text)
                seen[observation] = text;
        }
    }

    /// <summary>A value in the words of the vocabulary; null when there is none.</summary>
    internal static string? Value(ValueRule rule, in ValueScope scope)
    {
        if (rule.Of.Text(scope) is not { } text)
            return null;
        if (rule.Whole is { } whole)
        {
            return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var part)
                && decimal.TryParse(whole.Text(scope), NumberStyles.Float, CultureInfo.InvariantCulture, out var all)
                && all > 0 && part >= 0 && part <= all
                    ? (part / all * 100).ToString("0.#", CultureInfo.InvariantCulture)
                    : null;
        }
        if (rule.Map.Count == 0)
            return text;
        return rule.Map.TryGetValue(text, out var word)
            ? word
            : rule.Map.FirstOrDefault(one => one.Key.Equals(text, StringComparison.OrdinalIgnoreCase)).Value ?? rule.Otherwise;
    }

    private Target? Find(Connection connection, TargetManifest rule, JsonElement item, string name)
    {
        var scope = new ValueScope(item, call.Given(connection));
        if (rule.Id.Text(scope) is not { } id || !rule.Belongs.All(one => one.Holds(scope)))
            return null;
        return rule.Names.FirstOrDefault(one => IsName(one, item, name))?.Text(scope) is { } spelled
            ? new(connection.Name, rule.Kind, id, spelled, rule.Client?.Text(scope) ?? "")
            : null;
    }

    private static bool IsName(ValueTemplate name, JsonElement item, string given) =>
        name.Text(new(item, FrozenDictionary<string, string>.Empty)) is { } spelled
            && spelled.Equals(given, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reading that failed before anything was done.</summary>
    internal static CallOutcome<TOther> NothingDone<T, TOther>(CallOutcome<T> outcome) => outcome is CallOutcome<T>.Unknown(var message)
        ? new CallOutcome<TOther>.NotDone(message)
        : outcome.As<TOther>();

    private Dictionary<string, string> Given(Connection connection, ActionCall action)
    {
        var given = Given(connection, action.Target);
        given["operation"] = action.OperationId;
        foreach (var (name, value) in action.Arguments)
            given[$"argument.{name}"] = value;
        return given;
    }

    private Dictionary<string, string> Given(Connection connection, Target target)
    {
        var given = call.Given(connection);
        given["target.id"] = target.Id;
        given["target.name"] = target.Name;
        return given;
    }
}
