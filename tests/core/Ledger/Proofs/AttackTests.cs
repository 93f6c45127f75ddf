using System.Text;
using System.Text.Json;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Ledger.Proofs;

/// <summary>
/// The attack table's fourteen scenarios. Two of them leave a consistent tree behind and are found by what the entries say of themselves;
/// the same two are played on our own entries in <see cref="TamperingTests"/>.
/// </summary>
public sealed class AttackTests
{
    private static readonly JsonElement Table = Vectors.Read("ledger-attacks.json");
    private static readonly TenantId Tenant = TenantId.Parse(Table.GetProperty("tenant").GetString()!);
    private static readonly VerifierKey Key = VerifierKey.Parse(Table.GetProperty("vkey").GetString()!);

    public static TheoryData<string> Scenarios =>
        [.. Table.GetProperty("scenarios").EnumerateArray().Select(one => one.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Each_scenario_is_judged_as_the_table_says(string name)
    {
        var scenario = Table.GetProperty("scenarios").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);
        var bodies = scenario.GetProperty("entries").EnumerateArray().Select(entry => Encoding.UTF8.GetBytes(entry.GetString()!)).ToList();
        var problems = GetProblems(scenario, bodies).Concat(ProblemsWithin(bodies)).ToList();
        (problems.Count == 0).ShouldBe(scenario.GetProperty("expectAccept").GetBoolean(), string.Join('\n', problems));
    }

    [Fact]
    public void All_fourteen_are_there_and_twelve_are_found_without_reading_entries()
    {
        Scenarios.Count.ShouldBe(14);
        var found = Table.GetProperty("scenarios").EnumerateArray()
            .Where(one =>
                GetProblems(one,
                    [.. one.GetProperty("entries").EnumerateArray().Select(entry => Encoding.UTF8.GetBytes(entry.GetString()!))]).Any())
            .Select(one => one.GetProperty("name").GetString()!).ToList();
        Table.GetProperty("scenarios").EnumerateArray().Where(one => !one.GetProperty("expectAccept").GetBoolean())
            .Select(one => one.GetProperty("name").GetString()!).Except(found)
            .ShouldBe(["backdated-entry-appended", "replayed-entry-id"]);
    }

    /// <summary>What checkpoints tell: through the code behind 'ledger verify'.</summary>
    private static IEnumerable<string> GetProblems(JsonElement scenario, List<byte[]> bodies)
    {
        List<FoundCheckpoint> found = [];
        foreach (var name in new[] { "latestCheckpoint", "witnessed", "otherView" })
        {
            if (scenario.TryGetProperty(name, out var note))
                found.Add(new(name, SignedCheckpoint.Parse(note.GetString()!)));
        }
        var leaves = bodies.ConvertAll(body => MerkleTree.HashLeaf(body));
        var check = new CheckpointCheck(
            Tenant, leaves.Count, size => MerkleTree.Root(leaves.Take((int)size)), _ => [Key], DateTimeOffset.UnixEpoch);
        foreach (var finding in check.Judge(found))
        {
            if (finding.Problem is { } problem)
                yield return $"{finding.Checkpoint.Where}: {problem}";
        }
        if (!scenario.TryGetProperty("consistencyFromWitnessed", out var path))
            yield break;
        var (old, head) = (found[1].Signed.Checkpoint, found[0].Signed.Checkpoint);
        if (!MerkleProofs.CheckConsistency(
            old.Size, head.Size, old.Root, head.Root, [.. path.EnumerateArray().Select(hash => Convert.FromHexString(hash.GetString()!))]))
            yield return "the consistency proof from the witnessed checkpoint fails";
    }

    /// <summary>What the entries of the table's own format say of themselves: tenant, position, time, id.</summary>
    private static IEnumerable<string> ProblemsWithin(List<byte[]> bodies)
    {
        var (ids, last) = (new HashSet<string>(), "");
        for (var i = 0; i < bodies.Count; i++)
        {
            var entry = JsonElement.Parse(bodies[i]);
            if (entry.GetProperty("seq").GetInt64() != i)
                yield return $"entry {i} stands elsewhere";
            if (entry.GetProperty("tenant").GetString() != Tenant.Value)
                yield return $"entry {i} is of another tenant";
            if (string.CompareOrdinal(entry.GetProperty("ts").GetString(), last) < 0)
                yield return $"entry {i} is earlier than the one before";
            if (!ids.Add(entry.GetProperty("id").GetString()!))
                yield return $"entry {i} is there twice";
            last = entry.GetProperty("ts").GetString()!;
        }
    }
}
