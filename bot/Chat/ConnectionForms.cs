using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Common;
using DevOpsAI.ConnectionChanges;
using DevOpsAI.Connections;
using DevOpsAI.Connectors;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Gates;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Bot.Chat;

/// <summary>The form for a connection: shown to administrators, and what comes back of it becomes a request.</summary>
internal sealed class ConnectionForms(
    IMediator mediator, Visibility visibility, IAccess access, ConnectorCatalog catalog, IConnectionDirectory connections,
    ILocalMode mode, ILogger<ConnectionForms> logger)
{
    private const string NotYours = "There is no such client, or you have no right to it.";

    public OutgoingMessage Show(TenantNow client, ConnectorDescription connector, Person person)
    {
        if (!IsAdministrator(client, person))
            return Reply.NotForThem($"Only administrators of {CardText.Name(client.Tenant.Name, 60)} may connect it to something.");
        return Reply.Card(ConnectionForm.Build(New(client, ForChat(connector)))) with { Evidence = new(client.Tenant.Id, "answer") };
    }

    public async Task<InvokeResponse> PressAsync(ChatTurn turn, CardAction action, CancellationToken cancellationToken)
    {
        var values = ClickData.ReadValues(action.Data);
        var known = values is null ? null : catalog.Find(values.GetValueOrDefault(ConnectionForm.Connector) ?? "");
        if (values is null || known is null || !TenantId.TryParse(values.GetValueOrDefault(ConnectionForm.Tenant), out var tenant))
            return InvokeResponse.Error(400, "BadRequest", "This form names no connector. Say connect for a new one.");
        var connector = ForChat(known);
        if (await visibility.TenantAsync(tenant.Value, turn.Person, cancellationToken) is not { } client
            || !await visibility.MayBeShownAsync(tenant, client.State, turn.Conversation, cancellationToken))
        {
            logger.Pressed(turn.Person.ObjectId, action.Verb, connector.Name, "refused, no right to it", turn.Correlation);
            return InvokeResponse.Message(NotYours);
        }
        var result = await mediator.Send(Read(turn, tenant, connector, values), cancellationToken);
        var ended = result.Refusal is { } refusal ? $"refused, {refusal}" : "done";
        var name = $"{tenant.Value}-{connector.Name}";
        logger.Pressed(turn.Person.ObjectId, action.Verb, name, ended, turn.Correlation);
        if (result.Refusal is Refusal.BadInput or Refusal.NotPossible)
            return InvokeResponse.Card(ConnectionForm.Build(Again(client, connector, values, result.Message)));
        if (result.Refusal == Refusal.RecordUnavailable)
            return InvokeResponse.Error(500, "RecordUnavailable", result.Message);
        var done = MessageCards.Notice(result.Message, result.IsDone, result.IsDone ? GetNextStep(client.Tenant, connector) : null);
        return InvokeResponse.Card(done);
    }

    /// <summary>With what may be said in a chat; on a laptop a vendor may be a stand-in at an address of its own.</summary>
    private ConnectorDescription ForChat(ConnectorDescription connector) => mode.IsLocal
        ? connector
        : connector with { Settings = [.. connector.Settings.Where(static one => !one.OnlyInSettings)] };

    private static RequestConnection Read(
        ChatTurn turn, TenantId tenant, ConnectorDescription connector, IReadOnlyDictionary<string, string> values)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        var secrets = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var setting in connector.Settings)
        {
            if (values.GetValueOrDefault(ConnectionForm.FieldPrefix + setting.Name)?.Trim() is { Length: > 0 } value)
                (setting.IsSecret ? secrets : settings)[setting.Name] = value;
        }
        if (connector.Actions.Count > 0)
            settings[EnabledActions.Setting] = EnabledActions.Write(Ticked(values));
        return new(tenant, turn.Person, connector.Name, settings, secrets, turn.Correlation);
    }

    /// <summary>Names of actions; a client that has no field for them ticks none.</summary>
    private static IReadOnlyList<string> Ticked(IReadOnlyDictionary<string, string> values) =>
        EnabledActions.Read(values.GetValueOrDefault(ConnectionForm.ActionsField) ?? "") ?? [EnabledActions.All];

    /// <summary>Of a connection that there is, what it may do; else what touches nothing at the client.</summary>
    private static IReadOnlyList<string> Ticked(ConnectorDescription connector, Connection? known) => known is null
        ? [.. connector.Actions.Where(static action => action.BlastRadius == BlastRadius.Nothing).Select(static action => action.Name)]
        : known.ActionNames ?? [.. connector.Actions.Select(static action => action.Name)];

    private ConnectionFormView New(TenantNow client, ConnectorDescription connector)
    {
        var existing = connections.Named($"{client.Tenant.Id.Value}-{connector.Name}") is { } named && named.Tenant == client.Tenant.Id
            ? named
            : null;
        var known = existing?.Settings ?? new Dictionary<string, string>();
        return new(
            client.Tenant, connector,
            connector.Settings.Where(setting => !setting.IsSecret && known.ContainsKey(setting.Name))
                .ToDictionary(static setting => setting.Name, setting => known[setting.Name], StringComparer.Ordinal),
            Ticked(connector, existing),
            connector.Settings.Where(setting => known.TryGetValue(setting.Name, out var value) && new SecretReference(value).IsElsewhere)
                .Select(static setting => setting.Name).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>With what was typed, but for secrets, and with what is wrong with it.</summary>
    private ConnectionFormView Again(
        TenantNow client, ConnectorDescription connector, IReadOnlyDictionary<string, string> values, string problem)
    {
        var typed = connector.Settings.Where(static setting => !setting.IsSecret)
            .Select(setting => (setting.Name, Value: values.GetValueOrDefault(ConnectionForm.FieldPrefix + setting.Name)))
            .Where(static one => !string.IsNullOrEmpty(one.Value))
            .ToDictionary(static one => one.Name, static one => one.Value!, StringComparer.Ordinal);
        return New(client, connector) with { Values = typed, Actions = Ticked(values), Problem = problem };
    }

    private static string? GetNextStep(Tenant tenant, ConnectorDescription connector) => connector.SendsEvents
        ? $"Meanwhile, have {connector.Title} send its events to /api/events/{tenant.Id.Value}-{connector.Name} of this bot."
        : null;

    private bool IsAdministrator(TenantNow client, Person person) =>
        access.GetRoles(client.State, person.ObjectId).Contains(Role.Administrator);
}
