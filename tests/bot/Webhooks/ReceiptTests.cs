using System.Security.Cryptography;
using DevOpsAI.Bot.Webhooks;
using DevOpsAI.Completeness;
using DevOpsAI.Incidents;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Bot.Webhooks;

/// <summary>Every delivery over a connection that exists leaves a trace on the ledger, and none leaves many.</summary>
public sealed class ReceiptTests
{
    [Fact]
    public async Task A_new_event_names_its_delivery_and_its_place_in_it()
    {
        await using var host = await WebhookHost.StartAsync();
        var batch = Samples.Quoted(
            "[{'specversion':'1.0','id':'1','source':'/s','type':'t'},{'specversion':'1.0','id':'2','source':'/s','type':'t'}]");
        (await host.PostAsync("contoso-cloudevents", batch, "application/cloudevents-batch+json")).Status.ShouldBe(202);
        var digest = Convert.ToHexStringLower(SHA256.HashData(batch));
        host.Ledger.Facts<EventReceived>(WebhookHost.Contoso).Select(received => received.Delivery)
            .ShouldBe([new DeliveryPlace(digest, 0, 2), new DeliveryPlace(digest, 1, 2)]);
    }

    [Fact]
    public async Task Duplicates_and_refusals_are_counted_for_each_connection()
    {
        await using var host = await WebhookHost.StartAsync();
        for (var time = 0; time < 3; time++)
            (await host.PostAsync("contoso-sandbox", Body.Alert)).Status.ShouldBe(202);
        (await host.PostAsync("contoso-sandbox", Body.Alert, authorization: "Bearer wrong")).Status.ShouldBe(401);
        (await host.PostAsync("contoso-sandbox", Samples.Quoted("{"))).Status.ShouldBe(400);
        (await host.PostAsync("contoso-sandbox", Body.Alert, "text/plain")).Status.ShouldBe(415);
        (await host.PostAsync("contoso-alertmanager", Body.Alert, authorization: null)).Status.ShouldBe(401);
        (await host.PostAsync("nobody", Body.Alert)).Status.ShouldBe(401);
        await host.RecordReceiptsAsync();
        await host.RecordReceiptsAsync();
        var receipts = host.Ledger.Facts<WebhookReceipts>(WebhookHost.Contoso).ToLookup(static one => one.Connection);
        receipts.Select(static one => one.Key).Order().ShouldBe(["contoso-alertmanager", "contoso-sandbox"]);
        var sandbox = receipts["contoso-sandbox"].ToList();
        (sandbox.Sum(static one => one.Accepted), sandbox.Sum(static one => one.New), sandbox.Sum(static one => one.Duplicates)).ShouldBe(
            (3, 1, 2));
        foreach (var status in new[] { "400", "401", "415" })
            sandbox.Sum(one => one.Refused.GetValueOrDefault(status)).ShouldBe(1, status);
        receipts["contoso-alertmanager"].ShouldHaveSingleItem().LastAccepted.ShouldBeNull();
    }

    [Fact]
    public async Task What_a_known_sender_cannot_get_rid_of_is_told_apart()
    {
        await using var host = await WebhookHost.StartAsync();
        var large = new byte[RequestBody.Limit + 1];
        (await host.PostAsync("contoso-alertmanager", large)).Status.ShouldBe(413);
        (await host.PostAsync("contoso-alertmanager", new StreamContent(new MemoryStream(large)), "application/json",
            WebhookHost.Bearer)).Status.ShouldBe(413);
        (await host.PostAsync("contoso-alertmanager", Samples.Quoted("{"))).Status.ShouldBe(400);
        (await host.PostAsync("contoso-alertmanager", Body.Alert, "text/plain")).Status.ShouldBe(415);
        // Strangers cannot make the bot say that something was lost, be it under a signature that cannot be looked at.
        (await host.PostAsync("contoso-alertmanager", large, authorization: "Bearer wrong")).Status.ShouldBe(401);
        (await host.PostAsync("contoso-signed", large, authorization: null, headers: ("X-Signature-256", new string('0', 64)))).Status
            .ShouldBe(413);
        await host.RecordReceiptsAsync();
        var receipts = host.Ledger.Facts<WebhookReceipts>(WebhookHost.Contoso).ToLookup(static one => one.Connection);
        long Lost(string status) => receipts["contoso-alertmanager"].Sum(one => one.NotTaken?.GetValueOrDefault(status) ?? 0);
        (Lost("400"), Lost("401"), Lost("413"), Lost("415")).ShouldBe((1, 0, 2, 1));
        receipts["contoso-alertmanager"].Sum(static one => one.Refused.GetValueOrDefault("401")).ShouldBe(1);
        receipts["contoso-signed"].ShouldHaveSingleItem().NotTaken.ShouldBeNull();
    }

    [Fact]
    public async Task What_came_while_the_ledger_was_away_is_on_record_afterwards()
    {
        await using var host = await WebhookHost.StartAsync();
        host.Ledger.Unavailable = true;
        (await host.PostAsync("contoso-sandbox", Body.Alert)).Status.ShouldBe(503);
        await host.RecordReceiptsAsync();
        host.Ledger.Unavailable = false;
        await host.RecordReceiptsAsync();
        host.Ledger.Facts<WebhookReceipts>(WebhookHost.Contoso).ShouldHaveSingleItem().Refused
            .ShouldBe(new Dictionary<string, long> { ["503"] = 1 });
    }
}
