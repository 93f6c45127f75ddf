using DevOpsAI.Connections;
using DevOpsAI.Connectors.Sandbox;
using DevOpsAI.Incidents;
using DevOpsAI.Tests.Connectors.Toolkit;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Connectors.Sandbox;

public sealed class SandboxEventsTests
{
    private static readonly SandboxEvents Source = new();

    [Fact]
    public async Task An_alert_is_one_small_object()
    {
        var alert = (await Sources.ReadAsync(Source, Samples.Quoted(
            "{'kind':'DiskSpaceLow','device':'SRV-FILE01','severity':'critical','title':'C: is full','volume':'C','freePercent':6}")))
            .Single();
        (alert.Kind, alert.Device, alert.Severity, alert.Title, alert.AlertKey)
            .ShouldBe(("DiskSpaceLow", "SRV-FILE01", Severity.Critical, "C: is full", "diskspacelow|srv-file01"));
        (alert.Attributes["volume"], alert.Attributes["freePercent"]).ShouldBe(("C", "6"));
        alert.KeyIsCoarse.ShouldBeTrue();
        alert.OccurredAt.ShouldBe(Sources.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Without_an_id_two_deliveries_are_two_alerts_and_with_one_they_are_one()
    {
        var body = Samples.Quoted("{'kind':'K','device':'D'}");
        (await Sources.ReadAsync(Source, body)).Single().SourceId.ShouldNotBe((await Sources.ReadAsync(Source, body)).Single().SourceId);
        body = Samples.Quoted("{'kind':'K','device':'D','id':'7'}");
        (await Sources.ReadAsync(Source, body)).Single().SourceId.ShouldBe((await Sources.ReadAsync(Source, body)).Single().SourceId);
        var end = (await Sources.ReadAsync(Source, Samples.Quoted("{'kind':'K','device':'D','id':'7','status':'resolved'}"))).Single();
        (end.Status, end.AlertKey, end.SourceId).ShouldBe((EventStatus.Resolved, "k|d", "7/resolved"));
    }

    [Theory]
    [InlineData("{}", "kind")]
    [InlineData("{'kind':''}", "kind")]
    [InlineData("{'kind':'K','device':5}", "device")]
    [InlineData("{'kind':'K','status':'gone'}", "status")]
    [InlineData("{'kind':'K','more':{}}", "more")]
    [InlineData("{'kind':'K','time':'x'}", "time")]
    public async Task What_is_wrong_is_named(string body, string field) =>
        (await Sources.MalformedFieldAsync(Source, body)).ShouldBe(field);
}
