using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.CloudEvents;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using DevOpsAI.Tests.Connectors.Toolkit;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace DevOpsAI.Tests.Connectors.CloudEvents;

public sealed class CloudEventsTests
{
    private const string Structured = "application/cloudevents+json; charset=utf-8";
    private const string Batch = "application/cloudevents-batch+json";
    private const string Minimal = "'specversion':'1.0','id':'1','source':'/s','type':'com.contoso.DiskSpaceLow.fired.v1'";
    private static readonly CloudEventsSource Source = new();

    [Fact]
    public async Task The_recorded_event_is_the_same_in_structured_and_binary_mode()
    {
        var structured = (await Sources.ReadAsync(
            Source, Encoding.UTF8.GetBytes((string)Samples.Json("cloudevents-structured.json")["body"]!), Structured)).Single();
        var recorded = Samples.Json("cloudevents-binary.json");
        var headers = recorded["headers"]!.AsObject().Select(pair => (pair.Key, (string)pair.Value!)).ToArray();
        var binary =
            (await Sources.ReadAsync(Source, Encoding.UTF8.GetBytes((string)recorded["body"]!), "application/json", headers)).Single();

        foreach (var read in new[] { structured, binary })
        {
            (read.Device, read.Severity, read.Status, read.Title)
                .ShouldBe(("srv-file01", Severity.Critical, EventStatus.Firing, "Disk /data almost full on srv-file01 – 3 % free €"));
            read.SourceId.ShouldBe("https://monitoring.example.test/tenants/contoso\n7f5b0c1e-1");
            read.OccurredAt.ShouldBe(new(2026, 11, 21, 1, 54, 22, 665, TimeSpan.Zero));
            read.Attributes["tenantid"].ShouldBe("contoso");
        }
        binary.AlertKey.ShouldBe(structured.AlertKey);
    }

    [Theory]
    [InlineData("'device':'srv1','kind':'Disk C: 93% full'", "'device':'srv1','kind':'Disk C: 41 % full','status':'resolved'", true)]
    [InlineData("'device':'srv1','kind':'Disk C: 93% full'", "'device':'srv1','kind':'Disk D: 93% full','status':'resolved'", false)]
    [InlineData("'device':'srv1','kind':'Port 8080 closed'", "'device':'srv1','kind':'Port 8081 closed','status':'resolved'", false)]
    [InlineData("'kind':'Disk 93% full'", "'kind':'Disk 41% full','status':'resolved'", false)]
    public async Task An_end_with_another_reading_in_its_name_ends_the_same_alert(string fired, string ended, bool same)
    {
        var began = (await Sources.ReadAsync(Source, Samples.Quoted($"{{{Minimal},'data':{{{fired}}}}}"), Structured)).Single();
        var over = (await Sources.ReadAsync(Source, Samples.Quoted($"{{{Minimal},'data':{{{ended}}}}}"), Structured)).Single();
        over.Status.ShouldBe(EventStatus.Resolved);
        (began.AlertKey == over.AlertKey).ShouldBe(same);
    }

    [Fact]
    public async Task A_batch_may_hold_several_events_or_none()
    {
        (await Sources.ReadAsync(Source, Samples.Quoted("[]"), Batch)).ShouldBeEmpty();
        var batch = await Sources.ReadAsync(Source, Samples.Quoted($"[{{{Minimal}}},{{{Minimal.Replace("'1',", "'2',")}}}]"), Batch);
        batch.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("'data':{'alertname':'BackupFailed','host':'srv1:9100'}", "BackupFailed", "srv1", EventStatus.Firing)]
    [InlineData("'data':{'kind':'BackupFailed','status':'resolved'}", "BackupFailed", null, EventStatus.Resolved)]
    [InlineData("'subject':'device/srv2'", "DiskSpaceLow", "srv2", EventStatus.Firing)]
    [InlineData("'subject':'SRV-FILE01'", "DiskSpaceLow", "SRV-FILE01", EventStatus.Firing)]
    [InlineData("'subject':'users/anna.lopez@contoso.com'", "DiskSpaceLow", "anna.lopez@contoso.com", EventStatus.Firing)]
    [InlineData("'subject':'device/'", "DiskSpaceLow", null, EventStatus.Firing)]
    [InlineData("'subject':' users// '", "DiskSpaceLow", null, EventStatus.Firing)]
    [InlineData("'subject':'invoices/42'", "DiskSpaceLow", null, EventStatus.Firing)]
    [InlineData("'data':{'labels':{'device':'srv3'}}", "DiskSpaceLow", "srv3", EventStatus.Firing)]
    [InlineData("'data_base64':'eyJkZXZpY2UiOiJzcnY0In0='", "DiskSpaceLow", "srv4", EventStatus.Firing)]
    [InlineData("'data':'just text'", "DiskSpaceLow", null, EventStatus.Firing)]
    [InlineData("'data':[1,2]", "DiskSpaceLow", null, EventStatus.Firing)]
    [InlineData("'data':null,'subject':null,'count':3,'urgent':true", "DiskSpaceLow", null, EventStatus.Firing)]
    public async Task Kind_and_subject_are_found_where_senders_put_them(string more, string kind, string? device, EventStatus status)
    {
        var read = (await Sources.ReadAsync(Source, Samples.Quoted($"{{{Minimal},{more}}}"), Structured)).Single();
        (read.Kind, read.Device, read.Status).ShouldBe((kind, device, status));
    }

    [Theory]
    [InlineData("com.contoso.DiskSpaceLow.resolved.v1", "DiskSpaceLow", true)]
    [InlineData("DiskSpaceLow.cleared", "DiskSpaceLow", true)]
    [InlineData("com.contoso.disk-full", "disk-full", false)]
    [InlineData("v1", "v1", false)]
    [InlineData("...", "...", false)]
    public void A_type_says_what_and_whether_it_ended(string type, string kind, bool ended) =>
        CloudEventMapping.ReadType(type).ShouldBe((kind, ended));

    [Fact]
    public async Task The_end_of_an_alert_has_the_key_of_its_beginning()
    {
        var began = (await Sources.ReadAsync(Source, Samples.Quoted($"{{{Minimal},'subject':'device/srv1'}}"), Structured)).Single();
        var ended = (await Sources.ReadAsync(Source, Samples.Quoted(
            $"{{{Minimal.Replace("fired", "resolved").Replace("'1',", "'2',")},'subject':'device/srv1'}}"), Structured)).Single();
        (ended.Status, ended.AlertKey).ShouldBe((EventStatus.Resolved, began.AlertKey));
    }

    [Theory]
    [InlineData("{}", "specversion")]
    [InlineData("{'specversion':'0.3','id':'1','source':'/s','type':'t'}", "specversion")]
    [InlineData("{'specversion':1.0,'id':'1','source':'/s','type':'t'}", "specversion")]
    [InlineData("{'specversion':'1.0','source':'/s','type':'t'}", "id")]
    [InlineData("{'specversion':'1.0','id':'','source':'/s','type':'t'}", "id")]
    [InlineData("{'specversion':'1.0','id':'1','type':'t'}", "source")]
    [InlineData("{'specversion':'1.0','id':'1','source':'a b','type':'t'}", "source")]
    [InlineData("{'specversion':'1.0','id':'1','source':'/s'}", "type")]
    [InlineData("{'specversion':'1.0','id':'1','source':'/s','type':'t','Upper':'x'}", "Upper")]
    [InlineData("{'specversion':'1.0','id':'1','source':'/s','type':'t','ext':{}}", "ext")]
    [InlineData("{'specversion':'1.0','id':'1','source':'/s','type':'t','ext':1.5}", "ext")]
    [InlineData("{'specversion':'1.0','id':'1','source':'/s','type':'t','time':'now'}", "time")]
    [InlineData("{'specversion':'1.0','id':'1','source':'/s','type':'t','dataschema':'x'}", "dataschema")]
    [InlineData("{'specversion':'1.0','id':'1','source':'/s','type':'t','subject':''}", "subject")]
    [InlineData("{'specversion':'1.0','id':'1','source':'/s','type':'t','data':1,'data_base64':''}", "data_base64")]
    [InlineData("{'specversion':'1.0','id':'1','source':'/s','type':'t','data_base64':'%'}", "data_base64")]
    [InlineData("[]", "body")]
    public async Task A_structured_event_that_breaks_a_rule_is_refused_by_the_field(string body, string field)
    {
        (await Sources.MalformedFieldAsync(Source, body, Structured)).ShouldBe(field);
        (await Sources.MalformedFieldAsync(Source, $"[{{{Minimal}}},{body}]", Batch)).ShouldBe(field == "body" ? "[1]" : $"[1].{field}");
    }

    [Fact]
    public async Task What_the_published_schema_refuses_is_refused_here_too()
    {
        var schema = new SchemaFile(Encoding.UTF8.GetString(Samples.Bytes("cloudevents-1.0.schema.json")));
        var valid = JsonNode.Parse(Samples.Quoted(
            $"{{{Minimal},'subject':'s','time':'2026-01-01T00:00:00Z','datacontenttype':'application/json','dataschema':'https://s/x','data':{{}}}}"))!.AsObject();
        JsonNode?[] values = [null, "", 1, true, new JsonArray(), new JsonObject(), "x"];
        foreach (var name in valid.Select(pair => pair.Key).Where(name => name != "data").ToList())
        {
            foreach (var value in values.Append(JsonValue.Create("absent")))
            {
                var changed = valid.DeepClone().AsObject();
                changed.Remove(name);
                if (value?.ToString() != "absent")
                    changed[name] = value?.DeepClone();
                var body = changed.ToJsonString();
                if (!schema.IsValid(JsonElement.Parse(body)))
                    await Should.ThrowAsync<MalformedEventException>(
                        () => Sources.ReadAsync(Source, Encoding.UTF8.GetBytes(body), Structured), body);
            }
        }
    }

    [Theory]
    [InlineData("ce-specversion", "ce-id,ce-source,ce-type")]
    [InlineData("ce-id", "ce-specversion,ce-source,ce-type")]
    [InlineData("ce-bad-name", "ce-specversion,ce-id,ce-source,ce-type,ce-bad-name")]
    public async Task A_binary_event_that_breaks_a_rule_is_refused_by_the_header(string field, string present)
    {
        var headers = present.Split(',').Select(name => (name, name == "ce-specversion" ? "1.0" : "x")).ToArray();
        (await Sources.MalformedFieldAsync(Source, "{}", "application/json", headers)).ShouldBe(field);
    }

    [Theory]
    [InlineData("caf%C3%A9", "café")]
    [InlineData("cafÃ©", "café")]
    [InlineData("café", "café")]
    [InlineData("100%25", "100%")]
    [InlineData("100%", "100%")]
    [InlineData("%E9", "%E9")]
    [InlineData("€", "€")]
    public void A_header_in_any_encoding_is_read_as_well_as_can_be(string header, string text) =>
        NormalizeBinaryCloudEventHandler.Decode(header).ShouldBe(text);

    [Theory]
    [InlineData("application/cloudevents+xml", null, false)]
    [InlineData("application/cloudevents-batch+avro", null, false)]
    [InlineData("application/json", null, false)]
    [InlineData("application/cloudevents+json; charset=utf-16", null, false)]
    [InlineData("application/cloudevents+json", null, true)]
    [InlineData("text/plain", "ce-specversion", true)]
    [InlineData(null, "CE-SpecVersion", true)]
    public void The_content_mode_is_told_by_content_type_and_headers(string? contentType, string? header, bool understood)
    {
        var headers = new HeaderDictionary();
        if (header is not null)
            headers[header] = "1.0";
        Source.Understands(new(contentType, headers, null, default)).ShouldBe(understood);
    }
}
