using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Connectors.Toolkit.Entra;
using DevOpsAI.Incidents;
using MediatR;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>Reads a delivery of change notifications.</summary>
internal sealed record NormalizeGraphNotifications(Connection Connection, ReadOnlyMemory<byte> Body) : IRequest<NormalizedEvents>;

/// <summary>
/// One delivery may hold notifications of several subscriptions and directories: those that are not this connection's are dropped. Graph
/// wants its answer within three seconds, so a user that cannot be read again by then is told of as the notification has it.
/// </summary>
internal sealed class NormalizeGraphNotificationsHandler(
    GraphUsers users, InboundAuthentication authentication, GraphSignals signals, TimeProvider clock,
    ILogger<NormalizeGraphNotificationsHandler> logger) : IRequestHandler<NormalizeGraphNotifications, NormalizedEvents>
{
    private const int ReadAtOnce = 8;
    private static readonly TimeSpan ReadWithin = TimeSpan.FromSeconds(2);

    public async Task<NormalizedEvents> Handle(NormalizeGraphNotifications request, CancellationToken cancellationToken)
    {
        var connection = request.Connection;
        using var document = InboundJson.Parse(request.Body);
        var own = document.Root().Get("value").Items().Where(one => IsOwn(connection, one)).Select(GraphNotification.Read).ToList();
        var all = document.RootElement.GetProperty("value").GetArrayLength();
        if (own.Count < all)
            logger.NotificationsDropped(connection.Name, all - own.Count);
        if (own.Exists(static one => one.NeedsSubscription))
            signals.Hurry(connection.Name);
        var changed = own.Where(static one => one.UserId is not null).ToList();
        var read = await ReadAsync(connection, changed, cancellationToken);
        return new(
        [
            .. own.Where(static one => one.IsMissed).Select(one => one.Missed(clock.GetUtcNow())),
            .. changed.Select(one => one.Changed(read.GetValueOrDefault(one.UserId!), clock.GetUtcNow())),
        ]);
    }

    /// <summary>It bears the state that we gave, and is about the directory that the connection is for.</summary>
    private bool IsOwn(Connection connection, JsonField notification) =>
        InboundCredentials.Secret(connection, GraphSettings.State) is { } state
        && notification.FindText("clientState") is { } given && authentication.IsIn([given], state)
        && string.Equals(
            notification.FindText("tenantId"), GraphSettings.Text(connection, EntraApplication.Directory),
            StringComparison.OrdinalIgnoreCase);

    /// <summary>By id: the user, or that it is gone. Those that could not be read in time are not there.</summary>
    private async Task<IReadOnlyDictionary<string, CallOutcome<GraphUser>>> ReadAsync(
        Connection connection, IEnumerable<GraphNotification> changed, CancellationToken cancellationToken)
    {
        var read = new ConcurrentDictionary<string, CallOutcome<GraphUser>>(StringComparer.OrdinalIgnoreCase);
        using var deadline = new CancellationTokenSource(ReadWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await Parallel.ForEachAsync(
                changed.Select(static one => one.UserId!).Distinct(StringComparer.OrdinalIgnoreCase),
                new ParallelOptions { MaxDegreeOfParallelism = ReadAtOnce, CancellationToken = either.Token },
                async (id, stop) => read[id] = await users.ReadAsync(connection, id, stop));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            logger.NotReadInTime(connection.Name);
        }
        return read;
    }
}

/// <summary>One notification that is this connection's own.</summary>
/// <param name="UserId">The user that changed; null when it is about something else.</param>
/// <param name="Lifecycle">What became of the subscription; null when it is about a change.</param>
/// <param name="Digest">Of the whole: the same when it is delivered again.</param>
internal sealed record GraphNotification(string ChangeType, string? UserId, string? Lifecycle, string Digest)
{
    /// <summary>The subscription ends, or has ended, before its time.</summary>
    public bool NeedsSubscription => Lifecycle is "reauthorizationRequired" or "subscriptionRemoved";

    public bool IsMissed => Lifecycle is "missed" or "subscriptionRemoved";

    public static GraphNotification Read(JsonField notification)
    {
        var data = notification.Find("resourceData");
        var id = data?.FindText("id");
        var isUser = string.Equals(data?.FindText("@odata.type"), "#Microsoft.Graph.User", StringComparison.OrdinalIgnoreCase)
            && Guid.TryParseExact(id, "D", out _);
        var lifecycle = notification.FindText("lifecycleEvent");
        var parts = new[]
        {
            notification.FindText("subscriptionId"), notification.FindText("changeType"), lifecycle, id,
            data?.Find("sequenceNumber")?.AsScalar(), notification.FindText("subscriptionExpirationDateTime"),
        };
        return new(
            notification.FindText("changeType") is "deleted" ? "deleted" : "updated", isUser && lifecycle is null ? id : null, lifecycle,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))).AsSpan(0, 16)));
    }

    /// <summary>An event for digests: that something about a user changed is no alert.</summary>
    /// <param name="read">The user as it was read again; null when it could not be read in time.</param>
    public ConnectorEvent Changed(CallOutcome<GraphUser>? read, DateTimeOffset now)
    {
        var user = (read as CallOutcome<GraphUser>.Done)?.Value;
        var isGone = ChangeType == "deleted" || read is CallOutcome<GraphUser>.Refused("gone", _);
        var name = user?.Upn ?? UserId!;
        var attributes = new Dictionary<string, string> { ["userId"] = UserId!, ["changeType"] = ChangeType };
        if (user?.IsEnabled is { } enabled)
            attributes["accountEnabled"] = enabled ? "true" : "false";
        if (user is null && !isGone)
            attributes["readAgain"] = "false";
        return new(
            $"notification/{Digest}", EventStatus.Firing, Severity.Info, isGone ? "UserDeleted" : "UserChanged", name,
            isGone ? $"The account {name} was deleted" : $"The account {name} was changed", null, $"user/{UserId}", now, attributes,
            AboutUser: true);
    }

    /// <summary>
    /// Graph tells of a second gap in the same words as of the first: what it says within ten minutes is one, as when it delivers again.
    /// </summary>
    public ConnectorEvent Missed(DateTimeOffset now) => new(
        $"notification/{Digest}/{now.ToUnixTimeSeconds() / 600}", EventStatus.Firing, Severity.Info, "NotificationsMissed", null,
        "Microsoft Graph could not deliver all changes of users", null, "notifications", now,
        new Dictionary<string, string> { ["lifecycleEvent"] = Lifecycle! });
}
