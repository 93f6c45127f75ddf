using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using Microsoft.AspNetCore.Http;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>Events by manifests: who may send them, whose they are, and what becomes of members that are missing or odd.</summary>
public sealed class ManifestEventsTests : IDisposable
{
    private const string Ninja = """
        {'id':177210,'activityTime':1742391675.556,'deviceId':7,'seriesUid':'e6b0b0bd-5753-445d-9e4a-71c08983cbd5','activityType':'CONDITION',
         'statusCode':'TRIGGERED','status':'Triggered','sourceName':'_average_','message':'Memory is used up','type':'Condition',
         'severity':'MAJOR','data':{'message':{'code':'memory_ge','params':{'target':'_average_','threshold':80,'value':84.8}}},
         'device':{'id':7,'organizationId':2,'systemName':'SRV-1','references':{'organization':{'name':'Contoso Ltd','id':2}}}}
        """;

    private const string Datto = """
        {'eventType':'alert.raised','alertUid':'a-1','alertType':'Disk','alertCategory':'Monitor','alertPriority':'Critical',
         'alertMessage':'C is full','trigger':'','deviceUid':'d-1','hostname':'SRV-1','deviceOs':'Windows','siteUid':'s-1',
         'siteName':'Contoso Ltd'}
        """;

    private readonly ManifestHost host = new(Acme("proof: hmac, header: X-Acme-Signature, secret: Hook, algorithm: sha512"));

    public void Dispose() => host.Dispose();

    [Fact]
    public async Task Everything_that_NinjaOne_tells_of_a_condition_is_kept()
    {
        var alert = (await ReadAsync("ninjaone", Ninja)).ShouldHaveSingleItem();
        alert.ShouldBe(new ConnectorEvent(
            "177210/firing", EventStatus.Firing, Severity.Error, "memory_ge", "SRV-1", "Memory is used up on SRV-1", null,
            "e6b0b0bd-5753-445d-9e4a-71c08983cbd5", new(2025, 3, 19, 13, 41, 15, 556, TimeSpan.Zero), alert.Attributes)
            { IsTimedBySource = true });
        alert.Attributes.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => $"{one.Key}={one.Value}").ShouldBe(
        [
            "alert=e6b0b0bd-5753-445d-9e4a-71c08983cbd5", "condition=_average_", "deviceId=7", "organization=Contoso Ltd",
            "target=_average_", "threshold=80", "value=84.8",
        ]);
    }

    [Fact]
    public async Task Everything_that_Datto_RMM_tells_of_an_alert_is_kept()
    {
        var alert = (await ReadAsync("datto-rmm", Datto)).ShouldHaveSingleItem();
        alert.ShouldBe(new ConnectorEvent(
            "a-1/firing", EventStatus.Firing, Severity.Critical, "Disk", "SRV-1", "C is full on SRV-1", null, "a-1",
            Sources.Clock.GetUtcNow(), alert.Attributes) { KeyIsOccurrence = true });
        alert.Attributes.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => $"{one.Key}={one.Value}").ShouldBe(
            ["alert=a-1", "category=Monitor", "deviceUid=d-1", "os=Windows", "site=Contoso Ltd"]);
    }

    [Fact]
    public async Task What_is_delivered_again_is_the_same_event_and_its_end_is_another()
    {
        foreach (var (connector, body, beginning, end) in ((string, string, string, string)[])
            [("ninjaone", Ninja, "'TRIGGERED'", "'RESET'"), ("datto-rmm", Datto, "'alert.raised'", "'alert.resolved'")])
        {
            var first = (await ReadAsync(connector, body)).Single();
            var again = (await ReadAsync(connector, body.Replace("'SRV-1'", "'SRV-1' ", StringComparison.Ordinal))).Single();
            var ended = (await ReadAsync(connector, body.Replace(beginning, end, StringComparison.Ordinal))).Single();
            again.SourceId.ShouldBe(first.SourceId);
            (ended.AlertKey, ended.Status).ShouldBe((first.AlertKey, EventStatus.Resolved));
            ended.SourceId.ShouldNotBe(first.SourceId);
        }
    }

    [Theory]
    [InlineData("ninjaone", "X-Hook-Secret", "hook", Verdict.Accepted)]
    [InlineData("ninjaone", "x-hook-secret", "hook", Verdict.Accepted)]
    [InlineData("ninjaone", "X-Hook-Secret", "Hook", Verdict.Refused)]
    [InlineData("ninjaone", "X-Hook-Secret", "hook ", Verdict.Refused)]
    [InlineData("ninjaone", "X-Hook-Secret", "", Verdict.Refused)]
    [InlineData("ninjaone", "X-Webhook-Secret", "hook", Verdict.Refused)]
    [InlineData("ninjaone", "Authorization", "Bearer hook", Verdict.Refused)]
    [InlineData("datto-rmm", "X-Webhook-Secret", "hook", Verdict.Accepted)]
    [InlineData("datto-rmm", "X-Webhook-Secret", "hoo", Verdict.Refused)]
    [InlineData("datto-rmm", "X-Hook-Secret", "hook", Verdict.Refused)]
    public void Only_who_sends_the_secret_in_its_header_is_let_in(string connector, string header, string value, Verdict verdict)
    {
        Judge(connector, ConnectionTo(connector), (header, value)).ShouldBe(verdict);
        Judge(connector, ConnectionTo(connector)).ShouldBe(Verdict.Refused);
    }

    [Theory]
    [InlineData("ninjaone", "X-Hook-Secret")]
    [InlineData("datto-rmm", "X-Webhook-Secret")]
    public void A_connection_without_the_secret_lets_nobody_in(string connector, string header)
    {
        var connection = ConnectionTo(connector);
        var without = connection with { Settings = connection.Settings.Where(static one => one.Key != "WebhookSecret").ToDictionary() };
        host.Source(connector).GetCredentials(without).Any.ShouldBeFalse();
        Judge(connector, without, (header, "")).ShouldBe(Verdict.Refused);
        Judge(connector, without, (header, "hook")).ShouldBe(Verdict.Refused);
    }

    [Fact]
    public void A_secret_that_is_sent_twice_is_not_taken() => Judge(
        "ninjaone", ConnectionTo("ninjaone"), ("X-Hook-Secret", "hook"), ("X-Hook-Secret", "hook")).ShouldBe(Verdict.Refused);

    [Fact]
    public async Task A_signature_is_held_against_the_bytes_of_the_body_by_the_hash_that_the_manifest_names()
    {
        var body = "{\"id\":1}"u8.ToArray();
        var good = Convert.ToHexString(HMACSHA512.HashData("hook"u8.ToArray(), body));
        (await SignedAsync("X-Acme-Signature", good, body)).ShouldBeTrue();
        (await SignedAsync("X-Acme-Signature", $"sha512={good.ToLowerInvariant()}", body)).ShouldBeTrue();
        (await SignedAsync("X-Acme-Signature", Convert.ToBase64String(Convert.FromHexString(good)), body)).ShouldBeTrue();
        (await SignedAsync("X-Acme-Signature", good, "{\"id\": 1}"u8.ToArray())).ShouldBeFalse();
        (await SignedAsync("X-Acme-Signature", good[..^2], body)).ShouldBeFalse();
        (await SignedAsync("X-Acme-Signature", Convert.ToHexString(HMACSHA256.HashData("hook"u8.ToArray(), body)), body)).ShouldBeFalse();
        (await SignedAsync("X-Acme-Signature", Convert.ToHexString(HMACSHA512.HashData("other"u8.ToArray(), body)), body)).ShouldBeFalse();
        (await SignedAsync("X-Signature", good, body)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("proof: bearer, secret: Hook", "Authorization", "Bearer hook", true)]
    [InlineData("proof: bearer, secret: Hook", "Authorization", "Bearer hooks", false)]
    [InlineData("proof: bearer, secret: Hook", "Authorization", "Basic Omhvb2s=", false)]
    [InlineData("proof: basic, secret: Hook, username: User", "Authorization", "Basic bWU6aG9vaw==", true)]
    [InlineData("proof: basic, secret: Hook, username: User", "Authorization", "Basic Omhvb2s=", false)]
    [InlineData("proof: basic, secret: Hook, username: User", "Authorization", "Bearer hook", false)]
    public void A_sender_proves_itself_as_its_manifest_says(string sender, string header, string value, bool accepted)
    {
        using var acme = new ManifestHost(Acme(sender));
        var credentials = acme.Source("acme").GetCredentials(ConnectionTo("acme"));
        new InboundAuthentication(Secrets, TimeProvider.System).CheckHeaders(credentials, Request([], (header, value)))
            .ShouldBe(accepted ? Verdict.Accepted : Verdict.Refused);
    }

    [Theory]
    [InlineData("ninjaone", "'organizationId':2", "'organizationId':3", "device.organizationId")]
    [InlineData("ninjaone", "'organizationId':2", "'organizationId':'22'", "device.organizationId")]
    [InlineData("ninjaone", "'device':{", "'gadget':{", "device.organizationId")]
    [InlineData("ninjaone", "'device':{", "'device':[],'gadget':{", "device.organizationId")]
    [InlineData("datto-rmm", "'siteUid':'s-1'", "'siteUid':'s-2'", "siteUid")]
    [InlineData("datto-rmm", "'siteUid':'s-1'", "'siteUid':''", "siteUid")]
    [InlineData("datto-rmm", "'siteUid':'s-1'", "'siteUid':null", "siteUid")]
    [InlineData("datto-rmm", "'siteUid':'s-1'", "'siteUid':'[site_uid]'", "siteUid")]
    [InlineData("datto-rmm", "'siteUid':'s-1',", "", "siteUid")]
    public async Task An_event_of_another_company_or_of_nobody_is_refused(string connector, string told, string instead, string field)
    {
        var body = connector == "ninjaone" ? Ninja : Datto;
        body.ShouldContain(told);
        var refused = await Should.ThrowAsync<MalformedEventException>(
            ReadAsync(connector, body.Replace(told, instead, StringComparison.Ordinal)));
        refused.Field.ShouldBe(field);
        refused.Message.ShouldContain("is not this connection's");
    }

    [Theory]
    [InlineData("ninjaone", "'id':177210,", "", "id")]
    [InlineData("ninjaone", "'id':177210,", "'id':'  ',", "id")]
    [InlineData("ninjaone", "'id':177210,", "'id':{'x':1},", "id")]
    [InlineData("datto-rmm", "'alertUid':'a-1',", "", "alertUid")]
    [InlineData("datto-rmm", "'alertUid':'a-1',", "'alertUid':[],", "alertUid")]
    [InlineData("datto-rmm", "'alertType':'Disk',", "'alertType':'',", "alertType")]
    public async Task What_an_event_cannot_be_without_is_named(string connector, string told, string instead, string field)
    {
        var body = connector == "ninjaone" ? Ninja : Datto;
        body.ShouldContain(told);
        (await Should.ThrowAsync<MalformedEventException>(ReadAsync(connector, body.Replace(told, instead, StringComparison.Ordinal))))
            .Field.ShouldBe(field);
    }

    [Theory]
    [InlineData("ninjaone", "'message':'Memory is used up',", "")]
    [InlineData("ninjaone", "'severity':'MAJOR',", "'severity':{'x':1},")]
    [InlineData("ninjaone", "'severity':'MAJOR',", "'severity':-1,")]
    [InlineData("ninjaone", "'severity':'MAJOR',", "'severity':'Info,Critical',")]
    [InlineData("ninjaone", "'data':{", "'data':null,'other':{")]
    [InlineData("ninjaone", "'seriesUid':'e6b0b0bd-5753-445d-9e4a-71c08983cbd5',", "'seriesUid':null,")]
    [InlineData("ninjaone", "'activityTime':1742391675.556,", "'activityTime':'soon',")]
    [InlineData("ninjaone", "'activityTime':1742391675.556,", "'activityTime':1e999,")]
    [InlineData("ninjaone", "'activityTime':1742391675.556,", "'activityTime':-1,")]
    [InlineData("ninjaone", "'systemName':'SRV-1',", "'systemName':7,")]
    [InlineData("ninjaone", "'systemName':'SRV-1',", "")]
    [InlineData("datto-rmm", "'hostname':'SRV-1',", "'hostname':null,")]
    [InlineData("datto-rmm", "'alertMessage':'C is full',", "'alertMessage':'',")]
    [InlineData("datto-rmm", "'alertPriority':'Critical',", "'alertPriority':'[alert_priority]',")]
    [InlineData("datto-rmm", "'eventType':'alert.raised',", "")]
    public async Task What_is_odd_or_missing_besides_makes_the_alert_no_less_an_alert(string connector, string told, string instead)
    {
        var body = connector == "ninjaone" ? Ninja : Datto;
        body.ShouldContain(told);
        var alert = (await ReadAsync(connector, body.Replace(told, instead, StringComparison.Ordinal))).ShouldHaveSingleItem();
        alert.Status.ShouldBe(EventStatus.Firing);
        alert.Title.ShouldNotBeNullOrWhiteSpace();
        alert.AlertKey.ShouldNotBeNullOrWhiteSpace();
        Enum.IsDefined(alert.Severity).ShouldBeTrue();
        alert.OccurredAt.Year.ShouldBeInRange(2025, 2026);
    }

    [Theory]
    [InlineData("1742391675", "2025-03-19T13:41:15Z")]
    [InlineData("1742391675.556", "2025-03-19T13:41:15.556Z")]
    [InlineData("1742391675556", "2025-03-19T13:41:15.556Z")]
    [InlineData("'1742391675556'", "2025-03-19T13:41:15.556Z")]
    [InlineData("'2025-03-19T13:41:15Z'", "2025-03-19T13:41:15Z")]
    [InlineData("'2025-03-19T15:41:15.5+02:00'", "2025-03-19T13:41:15.5Z")]
    [InlineData("'2025-03-19 13:41:15'", "2025-03-19T13:41:15Z")]
    public async Task The_time_is_read_however_it_is_written(string time, string expected) =>
        (await ReadAsync("ninjaone", Ninja.Replace("1742391675.556", time, StringComparison.Ordinal))).Single().OccurredAt
            .ShouldBe(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{'device':")]
    [InlineData("{'id':1,'id':2}")]
    [InlineData("'\\ud83d'")]
    [InlineData("id=1")]
    public async Task A_body_that_is_no_event_is_refused(string body)
    {
        foreach (var connector in (string[])["ninjaone", "datto-rmm", "acme"])
            await Should.ThrowAsync<MalformedEventException>(ReadAsync(connector, body));
    }

    [Fact]
    public async Task A_list_of_events_is_read_in_its_order_and_one_foreign_event_refuses_all()
    {
        (await ReadAsync("acme", "{'alerts':[{'id':1,'company':1,'kind':'a'},{'id':2,'company':'1','kind':'b','level':'fatal'}]}"))
            .Select(static one => $"{one.SourceId} {one.Kind} {one.Severity}").ShouldBe(["1/firing a Warning", "2/firing b Critical"]);
        (await Should.ThrowAsync<MalformedEventException>(
            ReadAsync("acme", "{'alerts':[{'id':1,'company':1,'kind':'a'},{'id':2,'company':2,'kind':'b'}]}"))).Field
            .ShouldBe("alerts[1].company");
        (await ReadAsync("acme", "{'alerts':[]}")).ShouldBeEmpty();
        (await Should.ThrowAsync<MalformedEventException>(ReadAsync("acme", "{'alerts':{'id':1}}"))).Field.ShouldBe("alerts");
        (await Should.ThrowAsync<MalformedEventException>(ReadAsync("acme", "{'alerts':[null]}"))).Field.ShouldBe("alerts[0].company");
    }

    [Theory]
    [InlineData("'fatal'", Severity.Critical)]
    [InlineData("'ERROR'", Severity.Error)]
    [InlineData("'-1'", Severity.Warning)]
    [InlineData("-1", Severity.Warning)]
    [InlineData("3", Severity.Warning)]
    [InlineData("'info,error'", Severity.Warning)]
    [InlineData("''", Severity.Warning)]
    [InlineData("null", Severity.Warning)]
    [InlineData("['critical']", Severity.Warning)]
    public async Task A_word_for_severity_that_is_none_is_a_warning(string level, Severity severity) =>
        (await ReadAsync("acme", $"{{'alerts':[{{'id':1,'company':1,'kind':'a','level':{level}}}]}}")).Single().Severity.ShouldBe(severity);

    [Fact]
    public async Task What_is_to_be_ignored_is_taken_and_nothing_is_made_of_it() =>
        (await ReadAsync("acme", "{'type':'ping','alerts':[{'id':2,'company':2,'kind':'b'}]}")).ShouldBeEmpty();

    private static string Acme(string sender) => $$"""
        name: acme
        title: Acme
        settings:
          Hook: { title: secret, secret: true, example: env:ACME_HOOK }
          User: { title: user, example: me }
          Company: { title: company, example: "1" }
        address: https://api.acme.example
        webhook:
          sender: { {{sender}} }
          events:
            - when: ["{type} == ping"]
              ignore: true
            - each: alerts
              belongs: ["{company} == {$setting.Company}"]
              id: "{id}"
              severity: "{level}"
              kind: "{kind}"
              key: "{kind}"
        """;

    private static SecretSource Secrets { get; } = new(TimeProvider.System);

    private static Connection ConnectionTo(string connector) => connector switch
    {
        "ninjaone" => Connect("ninjaone", ("Organization", "2"), ("WebhookSecret", "hook")),
        "datto-rmm" => Connect("datto-rmm", ("Site", "s-1"), ("WebhookSecret", "hook")),
        _ => Connect("acme", ("Hook", "hook"), ("User", "me"), ("Company", "1")),
    };

    private static WebhookRequest Request(byte[] body, params (string Name, string Value)[] headers)
    {
        var all = new HeaderDictionary();
        foreach (var (name, value) in headers)
            all.Append(name, value);
        return new("application/json", all, null, body);
    }

    private Verdict Judge(string connector, Connection connection, params (string Name, string Value)[] headers) =>
        new InboundAuthentication(Secrets, TimeProvider.System).CheckHeaders(host.Source(connector).GetCredentials(connection), Request([], headers));

    private async Task<bool> SignedAsync(string header, string signature, byte[] body)
    {
        var credentials = host.Source("acme").GetCredentials(ConnectionTo("acme"));
        var request = Request(body, (header, signature));
        var authentication = new InboundAuthentication(Secrets, TimeProvider.System);
        return authentication.CheckHeaders(credentials, request) == Verdict.DependsOnBody
            && await authentication.CheckBodyAsync(credentials, request, Token);
    }

    private Task<IReadOnlyList<ConnectorEvent>> ReadAsync(string connector, string body) =>
        Sources.ReadAsync(host.Source(connector), ConnectionTo(connector), Encoding.UTF8.GetBytes(body.Replace('\'', '"')));
}
