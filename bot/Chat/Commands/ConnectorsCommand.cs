using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connectors;

namespace DevOpsAI.Bot.Chat.Commands;

/// <summary>A client's connections, and how they do.</summary>
internal sealed class ConnectorsCommand(
    ClientResolver clients, IConnectionDirectory connections, ConnectorCatalog catalog, InstalledConnectors installed,
    VitalsReader vitals, TimeProvider clock)
    : ChatCommand<ConnectorsCommand.Arguments>
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(12);

    /// <param name="Client">As typed; null for the conversation's own, or all.</param>
    /// <param name="AsksVendors">Each vendor is asked whether it takes the credentials.</param>
    internal sealed record Arguments(string? Client, bool AsksVendors);

    public override string Name => "connectors";

    public override IReadOnlyList<string> Synonyms => ["connections"];

    public override IReadOnlyList<HelpLine> Help { get; } =
    [
        new("connectors [client]", "the connections to vendors, and when each was last heard"),
        new("connectors health <client>", "ask each vendor whether its connection works"),
    ];

    public override ChatRequest Read(CommandText text)
    {
        var words = text.Words.Where(static word => !TypedText.IsJoining(word)).ToList();
        var asks = words.RemoveAll(static word => word.Equals("health", StringComparison.OrdinalIgnoreCase)) > 0;
        return For(new(text.ClientIn(words), asks));
    }

    protected override async Task<OutgoingMessage> AnswerAsync(Arguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        var (asked, refused) = await clients.AllAsync(turn, arguments.Client, cancellationToken);
        if (refused is not null)
            return refused;
        var views = new List<ConnectionsView>(asked.Count);
        foreach (var client in asked)
            views.Add(await ViewAsync(client, arguments.AsksVendors, cancellationToken));
        return Reply.Card(ConnectionsCard.Build(views));
    }

    private async Task<ConnectionsView> ViewAsync(TenantNow client, bool asks, CancellationToken cancellationToken)
    {
        var own = connections.All.Where(connection => connection.Tenant == client.Tenant.Id);
        var lines = await Task.WhenAll(own.Select(connection => LineAsync(client, connection, asks, cancellationToken)));
        return new(client.Tenant, lines);
    }

    private async Task<ConnectionLine> LineAsync(
        TenantNow client, Connection connection, bool asks, CancellationToken cancellationToken)
    {
        var vendor = catalog.Find(connection.Connector);
        var pulse = client.State.Watch.Pulses.GetValueOrDefault(connection.Name);
        // What a connection lives on is known best once its vendor was asked.
        var health = asks ? await installed.AskAsync(connection, MaxWait, cancellationToken) : null;
        var known = asks ? await vitals.ReadAsync(connection, cancellationToken) : ConnectionVitals.Unknown;
        var now = clock.GetUtcNow();
        return new(
            connection, vendor?.Title ?? connection.Connector, vendor?.IsSimulation == true, MayDo(connection), vendor?.SendsEvents == true,
            pulse?.LastHeard, pulse?.Silent is not null, pulse?.FailingBecause, health)
        {
            Vitals = known,
            Due = [.. (known.Expiries ?? []).Where(expiry => expiry.IsDue(now)).OrderBy(static expiry => expiry.At)],
        };
    }

    private EnabledCount? MayDo(Connection connection)
    {
        var actions = installed.GetActions(connection.Connector);
        return actions.Count == 0
            ? null
            : new([.. EnabledActions.Of(actions, connection.ActionNames).Select(static action => action.Name)], actions.Count)
            {
                Lack = installed.FindLack(connection),
            };
    }
}
