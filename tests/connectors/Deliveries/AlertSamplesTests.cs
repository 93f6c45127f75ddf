using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Alertmanager;
using DevOpsAI.Connectors.CloudEvents;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Tests.Connectors.Toolkit;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Deliveries;

/// <summary>Alerts as monitoring tools send them, whole: what becomes of each is held against what was approved.</summary>
public sealed class AlertSamplesTests : IDisposable
{
    private static readonly Connection Alertmanager = Connect("alertmanager", ("Bearer", "of-alertmanager"));
    private static readonly Connection CloudEvents = Connect("cloudevents", ("Bearer", "of-cloudevents"));
    private static readonly Connection Ninja = Connect("ninjaone", ("Organization", "2"), ("WebhookSecret", "of-ninjaone"));
    private static readonly Connection Datto = Connect(
        "datto-rmm", ("Site", "11111111-2222-3333-4444-555555555555"), ("WebhookSecret", "of-datto"));
    private static readonly Connection Wazuh = Connect("wazuh", ("Group", "contoso"), ("Token", "of-wazuh"));
    private readonly ManifestHost host = new();

    public void Dispose() => host.Dispose();

    [Theory]
    [InlineData("alertmanager-webhook-firing-1")]
    [InlineData("alertmanager-webhook-firing-group-of-2")]
    [InlineData("alertmanager-webhook-resolved")]
    [InlineData("alertmanager-webhook-truncated")]
    public async Task Alertmanager_posts_a_group(string name)
    {
        var sample = VendorSample.Find(name);
        await ReadAsync(sample, new AlertmanagerSource(), Alertmanager, Bytes(sample.Json), ("Authorization", "Bearer of-alertmanager"));
    }

    [Theory]
    [InlineData("cloudevents-structured")]
    [InlineData("cloudevents-binary")]
    public async Task CloudEvents_come_in_two_modes(string name)
    {
        var sample = VendorSample.Find(name);
        var headers = sample.Json["headers"]!.AsObject().Where(static one => one.Key != "content-length")
            .Select(static one => (one.Key, one.Value!.ToString())).Append(("Authorization", "Bearer of-cloudevents")).ToArray();
        await ReadAsync(
            sample, new CloudEventsSource(), CloudEvents, Encoding.UTF8.GetBytes(sample.Json["body"]!.GetValue<string>()), headers);
    }

    [Fact]
    public async Task NinjaOne_tells_of_a_condition()
    {
        var sample = VendorSample.Find("ninjaone-webhook-condition-triggered");
        await ReadAsync(sample, host.Source("ninjaone"), Ninja, Bytes(sample.Json), ("X-Hook-Secret", "of-ninjaone"));
    }

    [Fact]
    public async Task Datto_RMM_fills_in_its_template()
    {
        var sample = VendorSample.Find("datto-rmm-webhook-template-and-rendered");
        await ReadAsync(
            sample, host.Source("datto-rmm"), Datto, Bytes(sample.Json["rendered_example"]!), ("X-Webhook-Secret", "of-datto"));
    }

    [Theory]
    [InlineData("wazuh-alert-19014-sca")]
    [InlineData("wazuh-alert-510-rootcheck")]
    [InlineData("wazuh-alert-550-fim-modified")]
    [InlineData("wazuh-alert-554-fim-file-added")]
    [InlineData("wazuh-alert-5710-ssh-invalid-user")]
    [InlineData("wazuh-alert-60602-windows-app-error")]
    [InlineData("wazuh-integration-shuffle-post")]
    public async Task Wazuh_posts_an_alert_which_is_the_clients_by_a_label_of_the_agent(string name)
    {
        var sample = VendorSample.Find(name);
        var body = sample.Json["body"] ?? sample.Json;
        var malformed = await Should.ThrowAsync<MalformedEventException>(
            () => Sources.ReadAsync(host.Source("wazuh"), Wazuh, Bytes(body)));
        malformed.Message.ShouldEndWith(
            "agent.labels.client: is not this connection's: Wazuh sends another company's events to it, or does not say whose they are.");
        (body["all_fields"] ?? body)["agent"]!["labels"] = new JsonObject { ["client"] = "contoso" };
        await ReadAsync(sample, host.Source("wazuh"), Wazuh, Bytes(body), ("Authorization", "Bearer of-wazuh"));
    }

    /// <summary>A delivery proves itself, is what was approved, and is refused without its proof and when it ends too early.</summary>
    private static async Task ReadAsync(
        VendorSample sample, IWebhookSource source, Connection connection, byte[] body, params (string Name, string Value)[] headers)
    {
        (await VendorSample.IsVerifiedAsync(source, connection, body, headers)).ShouldBeTrue();
        (await VendorSample.IsVerifiedAsync(source, connection, body, [(headers[^1].Name, headers[^1].Value + "x")])).ShouldBeFalse();
        var type = headers.FirstOrDefault(static one => one.Name == "content-type").Value ?? "application/json";
        await sample.MustBecomeAsync(await Sources.ReadAsync(source, connection, body, type, headers));
        var malformed = await Should.ThrowAsync<MalformedEventException>(
            () => Sources.ReadAsync(source, connection, body[..(body.Length / 2)], type, headers));
        malformed.Message.ShouldContain("JSON");
    }

    private static byte[] Bytes(JsonNode body) => Encoding.UTF8.GetBytes(body.ToJsonString());
}
