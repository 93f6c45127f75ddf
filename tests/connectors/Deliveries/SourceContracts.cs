using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Alertmanager;
using DevOpsAI.Connectors.CloudEvents;
using DevOpsAI.Connectors.Sandbox;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using DevOpsAI.Tests.Connectors.MicrosoftGraph;
using DevOpsAI.Tests.Connectors.Toolkit;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Deliveries;

/// <summary>A source whose sender proves itself by a header.</summary>
public abstract class HeaderSourceContract : SourceContract
{
    internal abstract IWebhookSource Source { get; }

    internal abstract Connection Connection { get; }

    protected virtual string ContentType => "application/json";

    /// <summary>What stands in the header before the secret.</summary>
    protected virtual (string Name, string Before) Header => ("Authorization", "Bearer ");

    protected const string Secret = "of-this-sender";

    protected override Task<IReadOnlyList<ConnectorEvent>> ReadAsync(byte[] body) =>
        Sources.ReadAsync(Source, Connection, body, ContentType);

    protected override Task<bool> IsVerifiedAsync(byte[] body, Proof proof)
    {
        var (name, before) = Header;
        var given = proof switch
        {
            Proof.Right => Secret,
            Proof.Wrong => Secret[..^1] + "R",
            Proof.Longer => Secret + "r",
            _ => "",
        };
        return VendorSample.IsVerifiedAsync(Source, Connection, body, proof == Proof.None ? [] : [(name, before + given)]);
    }
}

public sealed class AlertmanagerSourceContract : HeaderSourceContract
{
    protected override byte[] Delivery => Samples.Bytes("alertmanager-webhook-firing-1.json");

    internal override IWebhookSource Source { get; } = new AlertmanagerSource();

    internal override Connection Connection => Connect("alertmanager", ("Bearer", Secret));
}

public sealed class CloudEventsSourceContract : HeaderSourceContract
{
    protected override byte[] Delivery => """
        {"specversion":"1.0","id":"177","source":"https://monitor.example.test","type":"disk.low","time":"2026-11-21T01:54:22Z",
         "subject":"srv-file01","datacontenttype":"application/json",
         "data":{"severity":"critical","host":"srv-file01","title":"Disk almost full","labels":{"team":"storage"}}}
        """u8.ToArray();

    protected override string ContentType => "application/cloudevents+json";

    internal override IWebhookSource Source { get; } = new CloudEventsSource();

    internal override Connection Connection => Connect("cloudevents", ("Bearer", Secret));
}

public sealed class SandboxSourceContract : HeaderSourceContract
{
    protected override byte[] Delivery =>
        """{"id":"a-7","kind":"service_stopped","device":"SRV-FILE01","severity":"error","title":"Spooler stopped","service":"Spooler"}"""u8
            .ToArray();

    internal override IWebhookSource Source { get; } = new SandboxEvents();

    internal override Connection Connection => Connect("sandbox", ("Token", Secret));
}

/// <summary>One that a manifest describes; the conformance kit puts all of them through the same.</summary>
public sealed class NinjaOneSourceContract : HeaderSourceContract, IDisposable
{
    private readonly ManifestHost host = new();

    protected override byte[] Delivery => """
        {"id":177210,"activityTime":1796083200.5,"seriesUid":"e6b0b0bd-5753-445d-9e4a-71c08983cbd5","activityType":"CONDITION",
         "statusCode":"TRIGGERED","message":"Windows service W3SVC has stopped","severity":"MAJOR","sourceName":"W3SVC",
         "data":{"message":{"code":"WindowsServiceStopped","params":{"target":"W3SVC"}}},
         "device":{"id":7,"organizationId":2,"systemName":"SRV-NINJA01"}}
        """u8.ToArray();

    protected override (string Name, string Before) Header => ("X-Hook-Secret", "");

    internal override IWebhookSource Source => host.Source("ninjaone");

    internal override Connection Connection => Connect("ninjaone", ("Organization", "2"), ("WebhookSecret", Secret));

    public void Dispose() => host.Dispose();
}

/// <summary>Microsoft Graph, whose notifications bear their proof in the body.</summary>
public sealed class GraphSourceContract : SourceContract, IAsyncLifetime
{
    private GraphHost host = null!;

    protected override byte[] Delivery => Encoding.UTF8.GetBytes(Sample().ToJsonString());

    public async ValueTask InitializeAsync() => host = await GraphHost.StartAsync(new ManualClock(new(2026, 8, 20, 13, 0, 0, TimeSpan.Zero)));

    public ValueTask DisposeAsync() => host.DisposeAsync();

    protected override Task<IReadOnlyList<ConnectorEvent>> ReadAsync(byte[] body) => host.ReadAsync(body);

    protected override Task<bool> IsVerifiedAsync(byte[] body, Proof proof)
    {
        var sample = Sample();
        var notification = sample["value"]![0]!.AsObject();
        var state = notification["clientState"]!.GetValue<string>();
        if (proof == Proof.None)
            notification.Remove("clientState");
        else
            notification["clientState"] = proof switch { Proof.Right => state, Proof.Wrong => state[..^1] + "_", Proof.Longer => state + "e", _ => "" };
        return VendorSample.IsVerifiedAsync(
            host.Services.GetServices<IWebhookSource>().ShouldHaveSingleItem(), host.Notified, Encoding.UTF8.GetBytes(sample.ToJsonString()), []);
    }

    private static JsonNode Sample() => JsonNode.Parse(Samples.Json("graph-notification-basic.json")["request"]!["rawBody"]!.ToString())!;
}
