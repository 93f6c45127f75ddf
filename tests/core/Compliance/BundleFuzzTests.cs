using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Compliance;
using DevOpsAI.Compliance.Bundles;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Proposals;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Compliance;

/// <summary>
/// Whoever has a key of their own can make everything in a bundle fit. Whatever they put into it, the check ends with a verdict.
/// </summary>
public sealed class BundleFuzzTests : IDisposable
{
    private static readonly JsonSerializerOptions Relaxed =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 4096 };

    private readonly BundleScene scene = new();

    public void Dispose() => scene.Dispose();

    [Theory]
    [InlineData("removed")]
    [InlineData("null")]
    [InlineData("other")]
    [InlineData("huge")]
    [InlineData("deep")]
    [InlineData("number")]
    [InlineData("empty")]
    [InlineData("long")]
    [InlineData("twice")]
    public async Task Every_member_of_every_kind_of_entry_may_be_anything_and_the_check_still_ends_with_a_verdict(string how)
    {
        var (files, bodies) = await SignedAsync();
        var (tried, intact) = (0, 0);
        foreach (var (place, body) in bodies.Index().DistinctBy(static one => JsonNode.Parse(one.Item)!["type"]!.GetValue<string>()))
        {
            foreach (var path in MutatedEntry.Paths(JsonNode.Parse(body)!))
            {
                // What is large or deep is read by the same code wherever it stands.
                if (how is "huge" or "deep" or "long" && path is not ["data", _] and not ["actor", _] and not [_])
                    continue;
                var changed = bodies.ToArray();
                changed[place] = Changed(body, path, how);
                var path2 = scene.ForgeSigned(files, changed);
                var verdict = await BundleScene.CheckAsync(path2);
                File.Delete(path2);
                tried++;
                intact += verdict.State == BundleState.Intact ? 1 : 0;
                verdict.State.ShouldBe(BundleState.Changed, $"{how} {string.Join('.', path)} of entry {place + 1}: {verdict.Problem}");
                if (!verdict.Problem.ShouldNotBeNull().Contains("does not follow from the entries", StringComparison.Ordinal))
                    verdict.Problem.ShouldContain($"{place + 1}", Case.Sensitive, $"{how} {string.Join('.', path)}");
            }
        }
        intact.ShouldBe(0);
        tried.ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task Bodies_that_their_signer_has_changed_are_held_against_the_tree_before_they_are_read()
    {
        var (files, bodies) = await SignedAsync();
        var changed = bodies.ToArray();
        var place = changed.Index()
            .First(static one => Encoding.UTF8.GetString(one.Item).Contains("\"proposal.staged\"", StringComparison.Ordinal)).Index;
        changed[place] = Changed(changed[place], ["data", "plan"], "removed");
        var whole = BundleScene.Unpack(scene.ForgeSigned(files, changed));
        whole[BundleFormat.Checkpoint] = files[BundleFormat.Checkpoint];
        whole[BundleFormat.Manifest] = files[BundleFormat.Manifest];
        (await BundleScene.CheckAsync(scene.Forge(whole))).Problem.ShouldBe(
            "The entries are not those that the checkpoint was signed for.");
    }

    private async Task<(Dictionary<string, byte[]> Files, byte[][] Bodies)> SignedAsync()
    {
        var story = scene.Story;
        await story.UndoneAsync();
        var glass = await story.OpenAsync("Disk C: almost full");
        await story.StageAsync(glass, 1, GateLevel.L2);
        await story.DecideAsync(glass, 1, DecisionKind.Approve, EvidenceScene.Ana, owed: 1);
        await story.RunAsync(glass, 1, ExecutionOutcome.Verified);
        await story.ReviewAsync(glass, EvidenceScene.Bo, confirms: true, complete: true);
        await story.ExpiredAsync();
        await story.SayAsync(DevOpsAI.Ledger.StreamId.Freeze, new FreezeSet("stop"), EvidenceScene.Ana.AsActor());
        await story.SayAsync(DevOpsAI.Ledger.StreamId.Freeze, new FreezeLifted(null), EvidenceScene.Bo.AsActor());
        await story.OutOfBandAsync("service.stop", closed: true);
        var files = BundleScene.Unpack(await scene.ExportAsync(await scene.RequestAsync()));
        var bodies = Encoding.UTF8.GetString(files[BundleFormat.Entries]).Split('\n')[..^1]
            .Select(static line => Encoding.UTF8.GetBytes(JsonNode.Parse(line)!["body"]!.GetValue<string>())).ToArray();
        (await BundleScene.CheckAsync(scene.ForgeSigned(files, bodies))).Problem.ShouldNotBeNull().ShouldContain("oscal/");
        return (files, bodies);
    }

    /// <summary>The other types of entry, which no story above has, and the documents themselves: made, or not read at all.</summary>
    [Fact]
    public async Task Every_member_of_every_type_may_be_anything_and_the_documents_are_made_or_the_entry_is_refused()
    {
        scene.Keys.For(EvidenceScene.Contoso).Add(DataKey.Create("subject"));
        foreach (var fact in EveryFact.All)
            await scene.Story.SayAsync(EveryFact.AsEntry(fact).Stream, fact, EvidenceScene.Ana.AsActor());
        var stored = await scene.Archive.ReadAsync(EvidenceScene.Contoso, 1, long.MaxValue, CancellationToken.None)
            .ToListAsync(TestContext.Current.CancellationToken);
        stored.Count.ShouldBe(CoreFeatures.Catalog.Entries.Select(static entry => entry.Name).Count());
        var honest =
            stored.ConvertAll(
                one => new EvidenceEntries(CoreFeatures.Catalog).Decode(EvidenceScene.Contoso, one.Seq, one.Body, one.Leaf.ToArray())
                    .ShouldNotBeNull());
        await DeriveAsync(honest);
        var (made, refused) = (0, 0);
        foreach (var (index, one) in stored.Index())
        {
            var whole = JsonNode.Parse(one.Body.Span)!;
            foreach (var path in MutatedEntry.Paths(whole).ToList())
            {
                foreach (var way in MutatedEntry.Ways.Where(way => way != "long" || path.Length <= 2))
                {
                    var body = MutatedEntry.Change(whole, path, way);
                    if (new EvidenceEntries(CoreFeatures.Catalog).Decode(EvidenceScene.Contoso, one.Seq, body, MerkleTree.HashLeaf(body))
                        is not { } read)
                    {
                        refused++;
                        continue;
                    }
                    made++;
                    await Should.NotThrowAsync(() => DeriveAsync([.. honest[..index], read, .. honest[(index + 1)..]]),
                        $"{read.Type} {string.Join('.', path)} {way}");
                }
            }
        }
        (made > 500, refused > 500).ShouldBe((true, true), $"{made} made, {refused} refused");
    }

    private static async Task DeriveAsync(List<LedgerEntry> entries)
    {
        using var texts = new TextFile();
        using var assessment = new Assessment(OscalOf.Subject(entries), CoreFeatures.Catalog, texts);
        var source = new EntriesAtHand(entries);
        await foreach (var entry in source.ReadAsync(CancellationToken.None))
            assessment.Take(entry);
        var checkpoint = new EvidenceCheckpoint("ledger.example/contoso", entries.Count, new byte[32], "note");
        foreach (var document in BundleDocuments.For(assessment, checkpoint, Hash256.OfText("entries"), source))
            await document.WriteAsync(Stream.Null, CancellationToken.None);
    }

    private static byte[] Changed(byte[] body, string[] path, string how)
    {
        if (how is "number" or "empty" or "long" or "twice")
            return MutatedEntry.Change(JsonNode.Parse(body)!, path, how);
        var root = JsonNode.Parse(body)!;
        var above = path[..^1].Aggregate(
            root, static (node, name) => node is JsonArray items
                ? items[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]!
                : node[name]!).AsObject();
        var name = path[^1];
        var was = above[name];
        if (how == "removed")
            above.Remove(name);
        else if (how == "null")
            above[name] = null;
        else if (how == "other")
            above[name] = was is JsonValue text && text.GetValueKind() == JsonValueKind.String
                ? JsonNode.Parse("-9223372036854775808")
                : JsonValue.Create("other");
        else if (how == "huge")
            above[name] = JsonValue.Create(new string('h', 700_000));
        else
            above[name] = JsonNode.Parse(string.Concat(Enumerable.Repeat("{\"a\":[", 500)) + string.Concat(Enumerable.Repeat("]}", 500)),
                null, new() { MaxDepth = 4096 });
        return Encoding.UTF8.GetBytes(root.ToJsonString(Relaxed));
    }
}
