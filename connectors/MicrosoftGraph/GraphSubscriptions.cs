using System.Collections.Concurrent;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using Microsoft.Extensions.Logging;
using Microsoft.Graph.Models;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>One of our subscriptions, as Graph has it.</summary>
internal sealed record GraphSubscription(string Id, string? Resource, string? NotificationUrl, DateTimeOffset Until);

/// <summary>
/// Keeps the subscription to changes of users. Graph itself is the memory of it: what is there for the connection's address is renewed
/// halfway, what is missing is created, and what is there twice is deleted, or everything would be told twice. Graph does not tell the
/// state that one was made with: of that there is a mark beside the ledger, and one with another state is replaced.
/// </summary>
internal sealed class GraphSubscriptions(
    GraphCalls calls, ISecretSource secrets, GraphStates states, TimeProvider clock, ILogger<GraphSubscriptions> logger)
    : IConnectionVitals
{
    /// <summary>A little less than what Graph grants for users: https://learn.microsoft.com/graph/api/resources/subscription.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(28);

    /// <summary>It is renewed at half its life; with a quarter left a person is told.</summary>
    public static readonly TimeSpan WarnBefore = Lifetime / 4;

    private const string Users = "users";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly GraphRight Reading = new("subscribe to changes of users", "User.Read.All");

    /// <summary>Until when the subscription of each connection lasts, as this instance left it.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> untils = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>When the subscription ends, where this instance looks after it.</summary>
    public ValueTask<ConnectionVitals> ReadVitalsAsync(Connection connection, CancellationToken cancellationToken) =>
        new(GraphSettings.Text(connection, GraphSettings.Notifications) is null || !untils.TryGetValue(connection.Name, out var until)
            ? ConnectionVitals.Unknown
            : new ConnectionVitals
            {
                Expiries =
                [
                    new("subscription", until, WarnBefore, "The bot could not renew it; its log says why (event 3706)."),
                ],
            });

    /// <summary>Puts the subscription in order; what it is not for a reason is an outcome.</summary>
    /// <param name="renewNow">Graph said that it ends before its time unless it is renewed.</param>
    public async Task<CallOutcome<GraphSubscription>> KeepAsync(Connection connection, bool renewNow, CancellationToken cancellationToken)
    {
        var url = GraphSettings.Text(connection, GraphSettings.Notifications) ?? "";
        string state;
        try
        {
            if (InboundCredentials.Secret(connection, GraphSettings.State) is not { } reference)
                return new CallOutcome<GraphSubscription>.Refused("settings", $"{connection.Name} has no ClientState.");
            state = secrets.Read(reference);
        }
        catch (SecretUnavailableException missing)
        {
            return new CallOutcome<GraphSubscription>.NotDone(missing.Message);
        }
        var listed = await ListAsync(connection, cancellationToken);
        if (listed is not CallOutcome<IReadOnlyList<GraphSubscription>>.Done(var all))
            return listed.As<GraphSubscription>();
        List<GraphSubscription> own =
        [
            .. all.Where(one => url.Equals(one.NotificationUrl, StringComparison.OrdinalIgnoreCase)
                && Users.Equals(one.Resource?.Trim('/'), StringComparison.OrdinalIgnoreCase)).OrderByDescending(static one => one.Until),
        ];
        var kept = await states.FindAsync(connection, own, state, cancellationToken);
        // Known before it is renewed: one that cannot be renewed is what a person has to hear of.
        if (kept is not null)
            untils[connection.Name] = kept.Until;
        var outcome = kept switch
        {
            null => await CreateAsync(connection, url, state, cancellationToken),
            { } one when renewNow || one.Until - clock.GetUtcNow() < Lifetime / 2 => await RenewAsync(connection, one, cancellationToken),
            _ => new CallOutcome<GraphSubscription>.Done(kept),
        };
        // Ended between the listing and the renewal: there is none now.
        if (kept is not null && outcome is CallOutcome<GraphSubscription>.Refused("gone", _))
            outcome = await CreateAsync(connection, url, state, cancellationToken);
        if (outcome is not CallOutcome<GraphSubscription>.Done(var good))
            return outcome;
        untils[connection.Name] = good.Until;
        if (good != kept)
            logger.Subscribed(good.Id, connection.Name, good.Until);
        // The others go when this one is there, and not before: in between a change is told twice, which is better than not at all.
        foreach (var another in own.Where(one => one.Id != good.Id))
            await DeleteAsync(connection, another.Id, cancellationToken);
        return outcome;
    }

    private Task<CallOutcome<IReadOnlyList<GraphSubscription>>> ListAsync(Connection connection, CancellationToken cancellationToken) =>
        calls.ListAsync<SubscriptionCollectionResponse, GraphSubscription>(
            connection, Reading,
            static (graph, next, stop) => next is null
                ? graph.Subscriptions.GetAsync(cancellationToken: stop)
                : graph.Subscriptions.WithUrl(next).GetAsync(cancellationToken: stop),
            static page => ((page.Value ?? []).Select(Read).OfType<GraphSubscription>(), page.OdataNextLink),
            cancellationToken);

    private async Task<CallOutcome<GraphSubscription>> CreateAsync(
        Connection connection, string url, string state, CancellationToken cancellationToken)
    {
        var until = clock.GetUtcNow() + Lifetime;
        var outcome = await calls.ActAsync(
            connection, Reading, Timeout,
            (graph, stop) => graph.Subscriptions.PostAsync(
                new Subscription
                {
                    ChangeType = "updated,deleted", Resource = Users, NotificationUrl = url, LifecycleNotificationUrl = url,
                    ExpirationDateTime = until, ClientState = state,
                },
                cancellationToken: stop),
            static made => made is null ? null : Read(made), cancellationToken);
        if (outcome is CallOutcome<GraphSubscription>.Done(var made))
            await states.SaveAsync(connection, made, state, cancellationToken);
        return outcome;
    }

    private Task<CallOutcome<GraphSubscription>> RenewAsync(
        Connection connection, GraphSubscription subscription, CancellationToken cancellationToken)
    {
        var until = clock.GetUtcNow() + Lifetime;
        return calls.ActAsync(
            connection, Reading, Timeout,
            (graph, stop) => graph.Subscriptions[subscription.Id].PatchAsync(
                new Subscription { ExpirationDateTime = until }, cancellationToken: stop),
            renewed => subscription with { Until = renewed?.ExpirationDateTime ?? until }, cancellationToken);
    }

    private Task<CallOutcome<string>> DeleteAsync(Connection connection, string id, CancellationToken cancellationToken) =>
        calls.ActAsync<Stream, string>(
            connection, Reading, Timeout,
            async (graph, stop) =>
            {
                await graph.Subscriptions[id].DeleteAsync(cancellationToken: stop);
                return null;
            },
            _ => id, cancellationToken);

    private static GraphSubscription? Read(Subscription subscription) =>
        subscription is { Id: { Length: > 0 } id, ExpirationDateTime: { } until }
            ? new(id, subscription.Resource, subscription.NotificationUrl, until)
            : null;
}
