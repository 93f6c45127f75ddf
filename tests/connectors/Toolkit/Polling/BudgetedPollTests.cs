using System.Globalization;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Polling;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Polling;

/// <summary>Lists that are longer than what the vendor may be asked at once, with one key for all clients.</summary>
public sealed class BudgetedPollTests : IAsyncLifetime
{
    private const int Pages = 9;

    /// <summary>What the budget leaves to lists.</summary>
    private const int Room = 8;

    private readonly TaskCompletionSource usedUp = new();

    private const string Yaml = """
        name: acme
        title: Acme
        settings:
          Key: { title: key, secret: true, example: env:ACME_KEY }
          Company: { title: company, example: "17" }
        address: https://acme.example
        authentication:
          headers: { X-Key: "{$secret.Key}" }
        budget: { requests: 10, perSeconds: 1 }
        health: GET /me
        targets:
          device:
            find: { request: "GET /devices?name={$name}", items: devices }
            id: "{id}"
            names: ["{name}"]
            belongs: ["{company} == {$setting.Company}"]
            read: GET /devices/{$target.id}
            observe:
              - values: { device.online: "{online}" }
        poll:
          - request: GET /alerts?company={$setting.Company}
            items: alerts
            paging: { style: number, parameter: page, size: 1 }
            events:
              - belongs: ["{company} == {$setting.Company}"]
                id: "{id}"
                kind: disk
                key: "{id}"
        """;

    private JudgedVendor vendor = null!;
    private ManifestHost host = null!;

    public async ValueTask InitializeAsync()
    {
        Environment.SetEnvironmentVariable("ACME_BUDGET_KEY", "the key");
        vendor = await JudgedVendor.StartAsync("none", "/none", Answer);
        host = new(Yaml);
    }

    public async ValueTask DisposeAsync()
    {
        host.Dispose();
        await vendor.DisposeAsync();
    }

    [Fact]
    public async Task Clients_that_share_a_key_are_all_read_to_the_end_and_none_begins_again()
    {
        var read = await Task.WhenAll(new[] { "17", "18", "19" }.Select(ReadAsync));
        read.ShouldAllBe(static one => one.Events.Count == Pages - 1);
        vendor.Requests.Count.ShouldBe(3 * Pages);
    }

    [Fact]
    public async Task People_are_answered_while_a_list_waits_for_room()
    {
        using var slow = new ManifestHost(Yaml.Replace("perSeconds: 1 ", "perSeconds: 3600 ", StringComparison.Ordinal));
        using var over = new CancellationTokenSource();
        var source = slow.Polled("acme");
        var reading = source.ReadAsync(Connect("17"), source.Lists.ShouldHaveSingleItem().Key, null, over.Token);
        await usedUp.Task.WaitAsync(Token);
        for (var n = 0; n < 2; n++)
            await DoneAsync(slow.Connector("acme").FindAsync(Connect("17"), "device", "SRV-1", Token));
        reading.IsCompleted.ShouldBeFalse();
        await over.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => reading);
    }

    private Task<PolledEvents> ReadAsync(string company)
    {
        var source = host.Polled("acme");
        return DoneAsync(source.ReadAsync(Connect(company), source.Lists.ShouldHaveSingleItem().Key, null, Token));
    }

    private Connection Connect(string company) => ManifestHost.Connect(
        "acme", ("Key", "env:ACME_BUDGET_KEY"), ("Company", company), ("Address", vendor.Address.ToString()));

    private VendorReply Answer(VendorRequest request)
    {
        if (request.Path == "/devices")
            return VendorReply.Ok("""{"devices":[]}""");
        var page = int.Parse(request.Query["page"], CultureInfo.InvariantCulture);
        if (page == Room)
            usedUp.TrySetResult();
        var company = request.Query["company"];
        return VendorReply.Ok(page == Pages ? """{"alerts":[]}""" : $$"""{"alerts":[{"id":"{{company}}-{{page}}","company":"{{company}}"}]}""");
    }
}
