using System.Text;
using DevOpsAI.Compliance.Bundles;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Core.Compliance;

/// <summary>A decision in somebody's name and a broken glass are not told as plain approvals.</summary>
public sealed class BrokenGlassTests : IDisposable
{
    private static readonly Person Cy = new(Who("00000000-0000-4000-8000-00000000000c"), "Cy Confirmer");
    private readonly BundleScene scene = new();

    public void Dispose() => scene.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_decision_in_somebodys_name_says_in_whose(bool names)
    {
        var id = await OpenAsync();
        await DecideAsync(id, inTheNameOf: EvidenceScene.Bo.AsActor());
        var files = await ExportAsync(names);
        var message = names
            ? "Ana Approver approved in the name of Bo Both: it burns."
            : $"Person {EvidenceScene.Ana.ObjectId} approved in the name of person {EvidenceScene.Bo.ObjectId} (the reason is encrypted).";
        Text(files, BundleFormat.Report).ShouldContain(message);
        Text(files, "oscal/assessment-results.json")
            .ShouldContain($"Approved in the name of {(names ? "Bo Both" : $"person {EvidenceScene.Bo.ObjectId}")} for {id}");
        Text(files, "oscal/assessment-results.json").ShouldContain("Gate decided in the name of somebody absent");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broken_glass_says_who_was_alone_and_what_became_of_it(bool names)
    {
        var owed = await OpenAsync();
        await DecideAsync(owed, owed: 2);
        var confirmed = await OpenAsync();
        await DecideAsync(confirmed, owed: 1);
        await scene.Story.ReviewAsync(confirmed, EvidenceScene.Bo, confirms: true, complete: true);
        var objected = await OpenAsync();
        await DecideAsync(objected, owed: 1);
        await scene.Story.ReviewAsync(objected, Cy, confirms: false, complete: false);
        await scene.Story.SayAsync(StreamId.Proposal(objected), new BreakGlassEscalated(objected, 1, Role.Manager, "Somebody objected."),
            Cy.AsActor());
        var files = await ExportAsync(names);
        var (report, results) = (Text(files, BundleFormat.Report), Text(files, "oscal/assessment-results.json"));
        var ana = names ? "Ana Approver" : $"Person {EvidenceScene.Ana.ObjectId}";
        var (bo, cy) = names ? ("Bo Both", "Cy Confirmer") : ($"Person {EvidenceScene.Bo.ObjectId}", $"Person {Cy.ObjectId}");
        foreach (var text in (string[])[report, results])
        {
            text.ShouldContain(
                $"{ana} broke the glass and approved alone, 2 confirmations by others owed until 2026-03-03 09:00:00 "
                + $"UTC{(names ? ": it burns" : " (the reason is encrypted)")}.");
            text.ShouldContain("The broken glass is not confirmed: 2 confirmations by others owed until 2026-03-03 09:00:00 UTC.");
            text.ShouldContain($"{bo} confirmed that it was right to break the glass.");
            text.ShouldContain("The broken glass is confirmed: nothing more is owed.");
            text.ShouldContain($"{cy} objected to the glass being broken{(names ? ": it did not" : " (the reason is encrypted)")}.");
            text.ShouldContain("Others were told of the broken glass");
            text.ShouldNotContain($"{ana} approved");
        }
        foreach (var state in (string[])["owed", "confirmed", "objected"])
            results.ShouldContain($"\"value\":\"{state}\"");
        results.ShouldContain($"Approved alone, by breaking the glass, for {owed}");
        if (!names)
        {
            foreach (var (name, content) in files)
            {
                foreach (var secret in (string[])["Ana Approver", "Bo Both", "Cy Confirmer", "it burns", "it did not"])
                    Encoding.UTF8.GetString(content).ShouldNotContain(secret, customMessage: name);
            }
        }
    }

    [Fact]
    public async Task A_broken_glass_that_policy_allows_and_others_confirm_is_settled()
    {
        var id = await OpenAsync();
        await DecideAsync(id, owed: 1);
        await scene.Story.RunAsync(id, 1, ExecutionOutcome.Verified);
        await scene.Story.SayAsync(StreamId.Incident(id), new DevOpsAI.Incidents.IncidentClosed(id, "verified"), EvidenceScene.Execution);
        var before = await ExportAsync(names: false, "before.zip");
        Text(before, "oscal/poam.json").ShouldContain("decided by fewer people than policy asks");
        Text(before, "oscal/assessment-results.json").ShouldNotContain("carried out when it was prohibited");
        await scene.Story.ReviewAsync(id, EvidenceScene.Bo, confirms: true, complete: true);
        var after = await ExportAsync(names: false);
        after.ShouldNotContainKey("oscal/poam.json");
        Text(after, "oscal/assessment-results.json").ShouldNotContain("\"risks\"");
    }

    [Fact]
    public async Task Documents_with_different_content_have_different_identifiers_and_the_same_ones_the_same()
    {
        var id = await OpenAsync();
        await DecideAsync(id, owed: 1);
        var checkpoint = await scene.SignAsync();
        var request = await scene.RequestAsync(checkpoint: checkpoint);
        BundleRequest[] requests =
        [
            request, await scene.RequestAsync(checkpoint: checkpoint, names: true),
            await scene.RequestAsync(checkpoint: checkpoint, redacted: Redaction.Parse(["2"])),
            await scene.RequestAsync(checkpoint: checkpoint, redacted: Redaction.Parse(["3"])),
            request with { TenantName = "Contoso GmbH" }, request with { Provider = "Another MSP" },
            await scene.RequestAsync(last: 4, checkpoint: checkpoint), await scene.RequestAsync(),
        ];
        var byUuid = new Dictionary<string, string>();
        foreach (var (number, one) in requests.Append(request).Index())
        {
            foreach (var (name, bytes) in BundleScene.Unpack(await scene.ExportAsync(one, $"{number}.zip"))
                .Where(static file => file.Key.StartsWith("oscal/", StringComparison.Ordinal)))
            {
                var text = Encoding.UTF8.GetString(bytes);
                var uuid = System.Text.Json.JsonElement.Parse(bytes).EnumerateObject().Single().Value.GetProperty("uuid").GetString()!;
                byUuid.TryAdd(uuid, text);
                byUuid[uuid].ShouldBe(text, $"{name} of export {number}");
            }
        }
    }

    private async Task<IncidentId> OpenAsync()
    {
        var id = await scene.Story.OpenAsync("Fire");
        await scene.Story.StageAsync(id, 1, GateLevel.L2);
        return id;
    }

    private Task DecideAsync(IncidentId id, Actor? inTheNameOf = null, int? owed = null) =>
        scene.Story.DecideAsync(id, 1, DecisionKind.Approve, EvidenceScene.Ana, "it burns", inTheNameOf: inTheNameOf, owed: owed);

    private async Task<Dictionary<string, byte[]>> ExportAsync(bool names, string name = "bundle.zip")
    {
        var path = await scene.ExportAsync(await scene.RequestAsync(names: names), name);
        (await BundleScene.CheckAsync(path, scene.Key)).Problem.ShouldBeNull();
        (await BundleScene.PythonAsync(path)).Code.ShouldBe(0);
        return BundleScene.Unpack(path);
    }

    private static string Text(Dictionary<string, byte[]> files, string name) => Encoding.UTF8.GetString(files[name]);
}
