using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
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

/// <summary>
/// The dialog for a connection: offered to administrators, opened for them, and what comes back of it becomes a request. Who may do it is
/// looked at each time anew.
/// </summary>
internal sealed class ConnectionForms(
    IMediator mediator, Visibility visibility, IAccess access, ConnectorCatalog catalog, IConnectionDirectory connections,
    ILocalMode mode, ILogger<ConnectionForms> logger)
{
    private const string NotYours = "There is no such client, or you have no right to it.";

    /// <summary>The card whose button opens the dialog.</summary>
    public OutgoingMessage Offer(TenantNow client, ConnectorDescription connector, Person person) => IsAdministrator(client, person)
        ? Offer(New(client, ForChat(connector)))
        : Reply.NotForThem(OnlyAdministrators(client));

    /// <param name="values">What the button sends.</param>
    public async Task<DialogResponse> OpenAsync(
        ChatTurn turn, IReadOnlyDictionary<string, string> values, CancellationToken cancellationToken)
    {
        var (client, connector, refused) = await FindAsync(turn, values, cancellationToken);
        if (refused is not null)
            return refused;
        if (!IsAdministrator(client!, turn.Person))
        {
            Log(turn, client!.Tenant.Id, connector!, $"refused, {Refusal.NotAllowed}");
            return Say(OnlyAdministrators(client));
        }
        return Form(values.ContainsKey(ConnectionForm.ActionsField) ? Again(client!, connector!, values, null) : New(client!, connector!));
    }

    /// <param name="values">What was filled in.</param>
    public async Task<DialogResponse> SubmitAsync(
        ChatTurn turn, IReadOnlyDictionary<string, string> values, CancellationToken cancellationToken)
    {
        var (client, connector, refused) = await FindAsync(turn, values, cancellationToken);
        if (refused is not null)
            return refused;
        var tenant = client!.Tenant;
        var result = await mediator.Send(Read(turn, tenant.Id, connector!, values), cancellationToken);
        Log(turn, tenant.Id, connector!, result.Refusal is { } refusal ? $"refused, {refusal}" : "done");
        if (result.IsDone)
        {
            var done = Reply.Notice(result.Message, good: true, detail: GetNextStep(tenant, connector!));
            var evidence = new Evidence(tenant.Id, "answer", result.Incident?.Proposal.Subject);
            await turn.Context.ReplyAsync(done with { Evidence = evidence }, cancellationToken);
            return new DialogResponse.Closed();
        }
        if (result.Refusal is Refusal.BadInput or Refusal.NotPossible or Refusal.RecordUnavailable)
        {
            var again = Again(client, connector!, values, result.Message);
            return Form(again) with { Late = Offer(again) };
        }
        return Say(result.Message) with { Late = Reply.For(result, turn.Correlation, tenant.Id) };
    }

    /// <summary>The client and the connector that a form names; otherwise why there is none to be seen by this person here.</summary>
    private async Task<(TenantNow? Client, ConnectorDescription? Connector, DialogResponse? Refused)> FindAsync(
        ChatTurn turn, IReadOnlyDictionary<string, string> values, CancellationToken cancellationToken)
    {
        if (catalog.Find(values.GetValueOrDefault(ConnectionForm.Connector) ?? "") is not { } known
            || !TenantId.TryParse(values.GetValueOrDefault(ConnectionForm.Tenant), out var tenant))
            return (null, null, Say("This form names no connector. Say connect for a new one."));
        if (await visibility.TenantAsync(tenant.Value, turn.Person, cancellationToken) is { } client
            && await visibility.MayBeShownAsync(tenant, client.State, turn.Conversation, cancellationToken))
            return (client, ForChat(known), null);
        Log(turn, tenant, known, "refused, no right to it");
        return (null, null, Say(NotYours) with { Late = Reply.NotForThem(NotYours) });
    }

    private void Log(ChatTurn turn, TenantId tenant, ConnectorDescription connector, string ended)
    {
        var name = $"{tenant.Value}-{connector.Name}";
        logger.Pressed(turn.Person.ObjectId, Verb.Connect, name, ended, turn.Correlation);
    }

    private static OutgoingMessage Offer(ConnectionFormView view) =>
        Reply.Card(ConnectCard.Build(view)) with { Evidence = new(view.Tenant.Id, "answer") };

    private static DialogResponse.Message Say(string message) => new(CardText.Plain(message, 600));

    private static DialogResponse.Form Form(ConnectionFormView view) => new(ConnectionForm.GetTitle(view), ConnectionForm.Build(view));

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
        TenantNow client, ConnectorDescription connector, IReadOnlyDictionary<string, string> values, string? problem)
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

    private static string OnlyAdministrators(TenantNow client) =>
        $"Only administrators of {CardText.Name(client.Tenant.Name, 60)} may connect it to something.";

    private bool IsAdministrator(TenantNow client, Person person) =>
        access.GetRoles(client.State, person.ObjectId).Contains(Role.Administrator);
}
