using System.Security.Cryptography;
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
        var batch = Samples.Quoted("[{'specversion':'1.0','id':'1','source':'/s','type':'t'},{'specversion':'1.0','id':'2','source':'/s','type':'t'}]");
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
        var receipts = host.Ledger.Facts<WebhookReceipts>(WebhookHost.Contoso).ToDictionary(one => one.Connection);
        receipts.Keys.Order().ShouldBe(["contoso-alertmanager", "contoso-sandbox"]);
        (receipts["contoso-sandbox"].Accepted, receipts["contoso-sandbox"].New, receipts["contoso-sandbox"].Duplicates).ShouldBe((3, 1, 2));
        receipts["contoso-sandbox"].Refused.ShouldBe(new Dictionary<string, long> { ["400"] = 1, ["401"] = 1, ["415"] = 1 }, ignoreOrder: true);
        receipts["contoso-alertmanager"].LastAccepted.ShouldBeNull();
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
        host.Ledger.Facts<WebhookReceipts>(WebhookHost.Contoso).ShouldHaveSingleItem().Refused.ShouldBe(new Dictionary<string, long> { ["503"] = 1 });
    }
}
