using System.Text;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>What vendors send when a webhook is set up, tested or switched off: no alert of the client's, and no loss either.</summary>
public sealed class SetUpMessageTests : IDisposable
{
    private const string Site = "5f0c1b2a-0000-4000-8000-000000000001";
    private readonly ManifestHost host = new();

    private static readonly Connection Datto = ManifestHost.Connect(
        "datto-rmm", ("Platform", "concord"), ("ApiKey", "k"), ("ApiSecret", "s"), ("Site", Site), ("WebhookSecret", "hook"));

    public static TheoryData<string> BuiltIn =>
        ["autotask", "connectwise", "datto-rmm", "halopsa", "ninjaone", "rest", "wazuh"];

    [Theory]
    [MemberData(nameof(BuiltIn))]
    public async Task A_ping_is_taken_and_nothing_is_recorded(string vendor)
    {
        var connection = ManifestHost.Connect(vendor);
        foreach (var ping in new[] { """{"event":"ping"}""", """{"type":"PING","id":1}""", """{"event":"test"}""" })
            (await ReadAsync(connection, ping)).ShouldBeEmpty(ping);
        await Should.ThrowAsync<MalformedEventException>(() => ReadAsync(connection, """{"event":"alert"}"""));
        await Should.ThrowAsync<MalformedEventException>(() => ReadAsync(connection, """{"event":"test","host":"srv","what":"down"}"""));
    }

    [Fact]
    public async Task A_template_that_was_sent_unrendered_is_information_and_says_so()
    {
        var told = (await ReadAsync(Datto, Body("[alert_uid]", "[device_hostname]", "[site_uid]"))).ShouldHaveSingleItem();
        (told.Severity, told.Device, told.Kind).ShouldBe((Severity.Info, null, "WebhookTest"));
        told.Title.ShouldContain("[alert_uid] is a placeholder and no alert");
        (await ReadAsync(Datto, Body("a-1", "SRV-01", Site))).ShouldHaveSingleItem().Device.ShouldBe("SRV-01");
    }

    [Theory]
    [InlineData("[device_hostname]")]
    [InlineData("{{ device.name }}")]
    [InlineData("${hostname}")]
    [InlineData("<no value>")]
    public async Task A_placeholder_in_place_of_the_device_is_refused_and_named(string device)
    {
        var refused = await Should.ThrowAsync<MalformedEventException>(() => ReadAsync(Datto, Body("a-1", device, Site)));
        (refused.Field, refused.Message).ShouldBe(
            ("hostname", $"hostname: is {device}: a placeholder that Datto RMM has not filled in, as in a test of its webhook."));
    }

    [Theory]
    [InlineData("Ticket")]
    [InlineData("Webhook")]
    public async Task A_webhook_that_autotask_switched_off_is_an_event_that_somebody_sees(string entity)
    {
        var connection = ManifestHost.Connect("autotask");
        var told = (await ReadAsync(connection, $$"""
            {"Action":"Deactivated","Guid":"4f6f1f0d","EntityType":"{{entity}}","Id":0,"EventTime":"2026-08-20T13:20:05Z"}
            """)).ShouldHaveSingleItem();
        (told.Severity, told.Status, told.Kind, told.Device).ShouldBe((Severity.Error, EventStatus.Firing, "WebhookDeactivated", null));
        told.Title.ShouldContain("switched its webhook off");
    }

    public void Dispose() => host.Dispose();

    private Task<IReadOnlyList<ConnectorEvent>> ReadAsync(Connection connection, string body) =>
        Sources.ReadAsync(host.Source(connection.Connector), connection, Encoding.UTF8.GetBytes(body));

    private static string Body(string uid, string device, string site) => $$"""
        {"eventType":"alert.raised","alertUid":"{{uid}}","alertType":"Component Monitor","alertPriority":"High","alertMessage":"It failed",
         "hostname":"{{device}}","siteUid":"{{site}}"}
        """;
}
