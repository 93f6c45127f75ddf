using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.MicrosoftGraph;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Connectors.MicrosoftGraph;

/// <summary>Change notifications: whose they are, what they name read again, and the subscription that brings them.</summary>
public sealed class GraphNotificationsTests : IAsyncLifetime
{
    private readonly ManualClock clock = new(new(2026, 8, 20, 13, 0, 0, TimeSpan.Zero));
    private GraphHost host = null!;

    private List<JsonObject> Subscriptions => host.World.All[(GraphHost.ContosoId, "subscriptions")];

    public async ValueTask InitializeAsync() => host = await GraphHost.StartAsync(clock);

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_user_that_changed_is_read_again_and_told_of()
    {
        var told = (await host.ReadAsync(Sample("graph-notification-basic.json"))).ShouldHaveSingleItem();
        (told.Kind, told.Device, told.AboutUser, told.Severity, told.Status).ShouldBe(
            ("UserChanged", GraphHost.Mia, true, Severity.Info, EventStatus.Firing));
        told.Title.ShouldBe($"The account {GraphHost.Mia} was changed");
        told.Attributes.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => $"{one.Key} = {one.Value}").ShouldBe(
            ["accountEnabled = true", "changeType = updated", $"userId = {GraphHost.MiaId}"]);
        (await host.ReadAsync(Sample("graph-notification-basic.json")))[0].SourceId.ShouldBe(told.SourceId, "delivered again it is the same");
        (await host.ReadAsync(Sample("graph-notification-basic.json", static one => one["resourceData"]!["sequenceNumber"] = 1)))[0].SourceId
            .ShouldNotBe(told.SourceId);
        host.Calls.ShouldAllBe(static one => one.Path == $"/users/{GraphHost.MiaId}");
        host.Vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task A_user_that_is_gone_is_told_of_as_deleted()
    {
        host.World.All[(GraphHost.ContosoId, "users")].Clear();
        var told = (await host.ReadAsync(Sample("graph-notification-basic.json"))).ShouldHaveSingleItem();
        (told.Kind, told.Device).ShouldBe(("UserDeleted", GraphHost.MiaId));
    }

    [Fact]
    public async Task What_cannot_be_read_in_time_is_told_as_it_was_notified()
    {
        var reached = new TaskCompletionSource();
        host.Vendor.Before = async (request, gone) =>
        {
            if (!request.Path.StartsWith("/users/", StringComparison.Ordinal))
                return;
            reached.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, gone);
        };
        var reading = host.ReadAsync(Sample("graph-notification-basic.json"));
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30), GraphHost.Token);
        clock.Advance(TimeSpan.FromSeconds(2));
        (await reading).ShouldHaveSingleItem().Attributes["readAgain"].ShouldBe("false");
    }

    [Theory]
    [InlineData("clientState", "another")]
    [InlineData("clientState", "")]
    [InlineData("clientState", null)]
    [InlineData("tenantId", GraphHost.FabrikamId)]
    [InlineData("tenantId", null)]
    public async Task A_notification_that_is_not_the_connections_own_is_dropped_and_the_others_are_not(string member, string? value)
    {
        var foreign = Sample("graph-notification-basic.json", one => one[member] = value);
        (await host.ReadAsync(foreign)).ShouldBeEmpty();
        var both = JsonNode.Parse(foreign)!;
        both["value"]!.AsArray().Add(JsonNode.Parse(Sample("graph-notification-basic.json"))!["value"]![0]!.DeepClone());
        (await host.ReadAsync(Encoding.UTF8.GetBytes(both.ToJsonString()))).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("../organization")]
    [InlineData("87d349ed-44d7-43e1-9a83-5f2406dee5bd/manager")]
    [InlineData("")]
    public async Task An_id_that_is_none_is_not_asked_for(string id)
    {
        (await host.ReadAsync(Sample("graph-notification-basic.json", one => one["resourceData"]!["id"] = id))).ShouldBeEmpty();
        host.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"value":{}}""", "value")]
    [InlineData("""{}""", "value")]
    [InlineData("""{"value":[1]}""", "value[0]")]
    [InlineData("""{"value":[{"clientState":7}]}""", "value[0].clientState")]
    public async Task A_delivery_that_cannot_be_read_says_where(string body, string field) =>
        (await Should.ThrowAsync<MalformedEventException>(() => host.ReadAsync(Encoding.UTF8.GetBytes(body)))).Field.ShouldBe(field);

    [Theory]
    [InlineData("7c1f2b9e-secret-client-state", true)]
    [InlineData("7c1f2b9e-secret-client-statE", false)]
    [InlineData("", false)]
    public async Task A_delivery_proves_itself_by_the_state_in_it(string state, bool isOwn)
    {
        var source = host.Services.GetServices<IWebhookSource>().ShouldHaveSingleItem();
        var authentication = host.Services.GetRequiredService<InboundAuthentication>();
        var credentials = source.GetCredentials(host.Notified);
        var request = new WebhookRequest(
            "application/json", new HeaderDictionary(), null, Sample("graph-notification-basic.json", one => one["clientState"] = state));
        authentication.CheckHeaders(credentials, request with { Body = default }).ShouldBe(Verdict.DependsOnBody);
        (await authentication.CheckBodyAsync(credentials, request, GraphHost.Token)).ShouldBe(isOwn);
        foreach (var broken in (string[])["", "{", "[]", """{"value":7}""", """{"value":[{"clientState":["7c1f2b9e-secret-client-state"]}]}"""])
        {
            (await authentication.CheckBodyAsync(credentials, request with { Body = Encoding.UTF8.GetBytes(broken) }, GraphHost.Token))
                .ShouldBeFalse(broken);
        }
        authentication.CheckHeaders(source.GetCredentials(host.Contoso), request).ShouldBe(Verdict.Refused, "it has no state");
    }

    [Fact]
    public async Task A_subscription_that_ends_before_its_time_is_looked_after_at_once()
    {
        var signals = host.Services.GetRequiredService<GraphSignals>();
        var waiting = signals.WaitAsync(host.Notified.Name, GraphHost.Token);
        waiting.IsCompleted.ShouldBeFalse();
        (await host.ReadAsync(Sample("graph-notification-lifecycle-reauthorize.json"))).ShouldBeEmpty();
        await waiting.WaitAsync(TimeSpan.FromSeconds(30), GraphHost.Token);
        (await host.ReadAsync(Sample("graph-notification-lifecycle-reauthorize.json", static one => one["lifecycleEvent"] = "missed")))
            .ShouldHaveSingleItem().Kind.ShouldBe("NotificationsMissed");
    }

    [Fact]
    public async Task A_second_gap_is_told_although_Graph_tells_it_in_the_same_words_and_one_that_is_told_again_is_not()
    {
        var missed = Sample("graph-notification-lifecycle-reauthorize.json", static one => one["lifecycleEvent"] = "missed");
        var first = (await host.ReadAsync(missed)).ShouldHaveSingleItem().SourceId;
        clock.Advance(TimeSpan.FromSeconds(30));
        (await host.ReadAsync(missed)).ShouldHaveSingleItem().SourceId.ShouldBe(first);
        clock.Advance(TimeSpan.FromMinutes(11));
        (await host.ReadAsync(missed)).ShouldHaveSingleItem().SourceId.ShouldNotBe(first);
    }

    [Fact]
    public async Task With_another_state_it_is_made_anew_and_the_old_one_goes_once_the_new_one_is_there()
    {
        var old = await KeepAsync();
        var usual = host.Vendor.Answers;
        host.Vendor.Answers = request => request is { Method: "POST", Path: "/subscriptions" } ? GraphHost.Error(400, "No") : usual(request);
        (await SubscribeAsync(Other)).ShouldBeOfType<CallOutcome<GraphSubscription>.Refused>();
        Subscriptions.ShouldHaveSingleItem()["id"]!.ToString().ShouldBe(old.Id, "nothing has taken its place");

        host.Vendor.Answers = usual;
        var made = (await SubscribeAsync(Other)).ShouldBeOfType<CallOutcome<GraphSubscription>.Done>().Value;
        Subscriptions.ShouldHaveSingleItem()["id"]!.ToString().ShouldBe(made.Id);
        made.Id.ShouldNotBe(old.Id);
        host.World.Effects[^2..].ShouldBe(["POST /subscriptions users", $"DELETE /subscriptions/{old.Id}"]);
        (await SubscribeAsync(Other)).ShouldBeOfType<CallOutcome<GraphSubscription>.Done>().Value.Id.ShouldBe(made.Id);
        host.Vendor.MustHaveBeenAccepted();
    }

    private Connection Other => host.Connect(
        "contoso", GraphHost.ContosoId, [.. host.Notified.Settings.Where(static one => one.Key != "ClientState")
            .Select(static one => (one.Key, one.Value)), ("ClientState", "another-secret-client-state")]);

    private Task<CallOutcome<GraphSubscription>> SubscribeAsync(Connection connection) =>
        host.Services.GetRequiredService<GraphSubscriptions>().KeepAsync(connection, false, GraphHost.Token);

    [Fact]
    public async Task What_is_missing_is_subscribed_to_and_renewed_halfway()
    {
        var made = await KeepAsync();
        made.Until.ShouldBe(clock.GetUtcNow() + GraphSubscriptions.Lifetime);
        host.Calls.Single(static one => one.Method == "POST").Body.ShouldBe(
            """{"changeType":"updated,deleted","clientState":"7c1f2b9e-secret-client-state","expirationDateTime":"2026-09-17T13:00:00+00:00","lifecycleNotificationUrl":"https://bot.northmsp.example/api/events/contoso-graph","notificationUrl":"https://bot.northmsp.example/api/events/contoso-graph","resource":"users"}""");
        (await KeepAsync()).Id.ShouldBe(made.Id);
        var end = (await host.VitalsAsync(host.Notified)).Expiries.ShouldNotBeNull().ShouldHaveSingleItem();
        (end.What, end.At).ShouldBe(("subscription", made.Until));
        end.IsDue(made.Until - (GraphSubscriptions.Lifetime / 2)).ShouldBeFalse("it is renewed then");
        end.IsDue(made.Until - TimeSpan.FromDays(6)).ShouldBeTrue();
        clock.Advance(GraphSubscriptions.Lifetime / 2 + TimeSpan.FromMinutes(1));
        (await KeepAsync()).Until.ShouldBe(clock.GetUtcNow() + GraphSubscriptions.Lifetime);
        (await KeepAsync(renewNow: true)).Id.ShouldBe(made.Id);
        host.Calls.Count(static one => one.Method == "POST").ShouldBe(1);
        host.Calls.Count(static one => one.Method == "PATCH").ShouldBe(2);
        Subscriptions.Count.ShouldBe(1);
        host.Vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task What_is_there_twice_is_deleted_and_others_are_left_alone()
    {
        await KeepAsync();
        var twice = Subscriptions[0].DeepClone().AsObject();
        (twice["id"], twice["expirationDateTime"]) = ("11111111-0000-4000-8000-000000000000", "2026-09-01T00:00:00Z");
        var foreign = Subscriptions[0].DeepClone().AsObject();
        (foreign["id"], foreign["notificationUrl"]) = ("22222222-0000-4000-8000-000000000000", "https://another.example/api/events/contoso-graph");
        Subscriptions.AddRange([twice, foreign]);
        await KeepAsync();
        Subscriptions.ShouldNotContain(twice);
        Subscriptions.ShouldContain(foreign);
        Subscriptions.Count.ShouldBe(2);
        host.Vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task One_that_is_gone_when_it_is_to_be_renewed_is_made_anew()
    {
        await KeepAsync();
        var usual = host.Vendor.Answers;
        host.Vendor.Answers = request => request.Method == "PATCH" ? GraphHost.Error(404, "ResourceNotFound") : usual(request);
        await KeepAsync(renewNow: true);
        host.Calls.Count(static one => one.Method == "POST").ShouldBe(2);
    }

    [Fact]
    public async Task An_address_that_Graph_cannot_reach_is_told()
    {
        var usual = host.Vendor.Answers;
        host.Vendor.Answers = request => request is { Method: "POST", Path: "/subscriptions" }
            ? GraphHost.Error(400, "ValidationError", "Subscription validation request failed. Notification endpoint must respond with 200 OK.")
            : usual(request);
        (await host.Services.GetRequiredService<GraphSubscriptions>().KeepAsync(host.Notified, false, GraphHost.Token))
            .ShouldBeOfType<CallOutcome<GraphSubscription>.Refused>().Message.ShouldContain("must respond with 200 OK");
    }

    [Fact]
    public async Task The_watch_begins_with_the_connection_and_ends_with_it()
    {
        var directory = new Connections { All = [] };
        using var watcher = new GraphWatcher(
            directory, new(new NorthwindAlone(), new NorthwindAlone(), host.Ledger), host.Services.GetRequiredService<GraphPoll>(),
            host.Services.GetRequiredService<GraphSubscriptions>(), host.Services.GetRequiredService<GraphSignals>(), new Started(), clock,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<GraphWatcher>.Instance);
        await watcher.StartAsync(GraphHost.Token);
        await UntilAsync(() => clock.Sleepers == 1);
        host.Vendor.Requests.ShouldBeEmpty();
        directory.All = [host.Connect("contoso", GraphHost.ContosoId, [.. host.Notified.Settings.Select(static one => (one.Key, one.Value)), ("Watch", "alerts,users")])];
        clock.Advance(TimeSpan.FromMinutes(1));
        await UntilAsync(() => Subscriptions.Count == 1 && host.Recorded.All.Count == 1);
        directory.All = [];
        await UntilAsync(() => clock.Sleepers == 3);
        clock.Advance(TimeSpan.FromMinutes(1));
        await UntilAsync(() => clock.Sleepers == 1);
        await watcher.StopAsync(GraphHost.Token);
    }

    private async Task<GraphSubscription> KeepAsync(bool renewNow = false) =>
        (await host.Services.GetRequiredService<GraphSubscriptions>().KeepAsync(host.Notified, renewNow, GraphHost.Token))
            .ShouldBeOfType<CallOutcome<GraphSubscription>.Done>().Value;

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(GraphHost.Token);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        while (!holds())
            await Task.Delay(20, bound.Token);
    }

    private static byte[] Sample(string name, Action<JsonObject>? change = null)
    {
        var delivery = JsonNode.Parse(Samples.Json(name)["request"]!["rawBody"]!.ToString())!;
        change?.Invoke(delivery["value"]![0]!.AsObject());
        return Encoding.UTF8.GetBytes(delivery.ToJsonString());
    }

    private sealed class Connections : IConnectionDirectory
    {
        public IReadOnlyList<Connection> All { get; set; } = [];

        public Connection? Named(string name) => All.FirstOrDefault(one => one.Name == name);

        public ValueTask<Connection?> FindAsync(string name, CancellationToken cancellationToken) => new(Named(name));
    }
}
