using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Connections.Secrets;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.ConnectionChanges;

/// <summary>Puts a connection at its gate, once its settings are valid and the vendor takes them.</summary>
internal sealed class RequestConnectionHandler(
    IMediator mediator, TenantStates states, IAccess access, IConnectionDirectory connections, StoredSecrets secrets,
    InstalledConnectors installed, ILocalMode mode, ITenantDirectory tenants)
    : IRequestHandler<RequestConnection, RequestResult>
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    public async Task<RequestResult> Handle(RequestConnection request, CancellationToken cancellationToken)
    {
        var state = await states.GetAsync(request.Tenant, cancellationToken);
        if (ConnectionChangeRules.Authorize(state, access.GetRoles(state, request.By.ObjectId)) is { } stranger)
            return stranger;
        var name = ConnectionChangeRules.GetName(request.Tenant, request.Connector);
        var existing = state.Get<MadeConnections>().Find(request.Tenant, name);
        if (existing is null && await connections.FindAsync(name, cancellationToken) is not null)
        {
            return new(null, Refusal.NotPossible,
                $"{name} stands in the bot's settings, so it is changed there and not in chat.");
        }
        if (ConnectionChangeRules.CheckNothingWaits(state, name) is { } waiting)
            return waiting;
        var kept = GetKept(request, existing).ToDictionary(StringComparer.OrdinalIgnoreCase);
        List<string> errors =
        [
            .. ConnectionChangeRules.ValidationErrors(request, mode.IsLocal, tenants.All.Select(static one => one.Id)),
            .. existing is null ? [] : ConnectionChangeRules.CheckKept(request, existing, kept.Keys),
        ];
        if (errors.Count > 0)
            return new(null, Refusal.BadInput, string.Join('\n', errors));
        var stored = new List<SecretReference>();
        var isNeeded = false;
        try
        {
            var connection = await BuildAsync(request, name, kept, stored, cancellationToken);
            var result = await ProposeAsync(request, state, connection, [.. kept.Keys], existing, cancellationToken);
            // Where it may be on record the secrets are needed; whatever ends without them being used deletes them then.
            isNeeded = result.IsDone || result.Refusal == Refusal.RecordUnavailable;
            return result;
        }
        catch (SecretStoreUnavailableException unavailable)
        {
            return new(null, Refusal.NotPossible, $"{unavailable.Message} Nothing was asked for.");
        }
        catch (LedgerUnavailableException unavailable) when (unavailable is not TenantLockedException)
        {
            return new(null, Refusal.RecordUnavailable, "The record cannot be written at the moment, so nothing was asked for. Try again.");
        }
        finally
        {
            if (!isNeeded)
                await ForgetAsync(request.Tenant, stored);
        }
    }

    /// <summary>The references of the existing connection that stay, because nothing else was typed.</summary>
    private static IEnumerable<KeyValuePair<string, string>> GetKept(RequestConnection request, Connection? existing) =>
        (existing?.Settings ?? new Dictionary<string, string>()).Where(one => new SecretReference(one.Value).IsElsewhere
            && !request.Secrets.Keys.Contains(one.Key, StringComparer.OrdinalIgnoreCase));

    /// <summary>The connection as it would be, with the secrets that were typed kept away.</summary>
    private async Task<Connection> BuildAsync(
        RequestConnection request, string name, IReadOnlyDictionary<string, string> kept, List<SecretReference> stored,
        CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>(request.Settings, StringComparer.OrdinalIgnoreCase);
        foreach (var (setting, secret) in request.Secrets)
        {
            var reference = new SecretReference(secret);
            if (!reference.IsElsewhere)
                stored.Add(reference = await secrets.PutAsync(request.Tenant, secret, cancellationToken));
            settings[setting] = reference.Setting;
        }
        // By name, so that nothing becomes possible later that nobody has seen.
        var catalog = installed.GetActions(request.Connector);
        if (catalog.Count > 0)
        {
            var names = EnabledActions.Read(settings.GetValueOrDefault(EnabledActions.Setting) ?? EnabledActions.None);
            settings[EnabledActions.Setting] = EnabledActions.Write(names ?? catalog.Keys);
        }
        foreach (var (setting, reference) in kept)
            settings.TryAdd(setting, reference);
        return new(name, request.Tenant, request.Connector.ToLowerInvariant(), settings);
    }

    private async Task<RequestResult> ProposeAsync(
        RequestConnection request, TenantState state, Connection connection, IReadOnlyList<string> kept, Connection? existing,
        CancellationToken cancellationToken)
    {
        if (!installed.Knows(connection.Connector))
            return new(null, Refusal.BadInput, $"This bot has no connector '{connection.Connector}'.");
        if (installed.GetProblems(connection) is { Count: > 0 } problems)
            return new(null, Refusal.BadInput, string.Join('\n', problems));
        var asked = await AskAsync(request, connection, cancellationToken);
        if (asked is not CallOutcome<string>.Done(var check))
            return new(null, Refusal.NotPossible, asked.Reason);
        var change = new ConnectionChange(
            existing is null ? ConnectionChangeKind.Connect : ConnectionChangeKind.Change, connection.Name, connection.Connector,
            connection.Settings, check)
        {
            Kept = kept,
            Before = ConnectionChange.Fingerprint(existing),
        };
        var subject = ConnectionChange.NextSubject(state, change.Name);
        var propose = new Propose(
            request.Tenant, subject, request.By, Severity.Info, Plan.Empty, change.ToObserved(), request.Correlation)
        {
            Simulated = installed.IsSimulation(connection.Connector),
        };
        return await mediator.Send(propose, cancellationToken);
    }

    /// <summary>A secret that the person names and does not know goes nowhere before somebody else has seen where.</summary>
    private async Task<CallOutcome<string>> AskAsync(
        RequestConnection request, Connection connection, CancellationToken cancellationToken) =>
        request.Secrets.Values.Any(static secret => new SecretReference(secret).IsElsewhere)
            ? new CallOutcome<string>.Done("Not yet: its secret is named and not typed.")
            : await installed.TryOutAsync(connection, MaxWait, cancellationToken) ?? new CallOutcome<string>.Done("");

    private async Task ForgetAsync(TenantId tenant, IEnumerable<SecretReference> stored)
    {
        try
        {
            foreach (var reference in stored)
                await secrets.DeleteAsync(tenant, reference, CancellationToken.None);
        }
        catch (SecretStoreUnavailableException)
        {
            // They stay, named by nothing, until the daily sweep; what the person is told is why they were not needed.
        }
    }
}
