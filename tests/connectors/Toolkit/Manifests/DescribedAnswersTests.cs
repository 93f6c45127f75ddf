using DevOpsAI.Connectors.Toolkit.Manifests;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>
/// What a manifest reads from an answer is what the vendor's description says is in it. A stand-in cannot tell: whoever wrote it believed
/// what the manifest's author believed.
/// </summary>
public sealed class DescribedAnswersTests
{
    /// <summary>Answers that the vendor does not describe whole; these were seen in answers of real accounts.</summary>
    private static readonly string[] Seen =
    [
        "ninjaone: os.name, releaseName", "ninjaone: system.biosSerialNumber, system.serialNumber, serviceTag",
    ];

    [Theory]
    [InlineData("ninjaone", "ninjaone.judge.json", 20)]
    [InlineData("datto-rmm", "datto-rmm.judge.json", 16)]
    [InlineData("connectwise", "connectwise.json", 15)]
    [InlineData("autotask", "autotask.json", 10)]
    [InlineData("wazuh", "wazuh-4.14.7.judge.json", 8)]
    public void Whatever_is_read_from_an_answer_is_described(string name, string description, int atLeast)
    {
        if (VendorDescription.Find(description) is not { } vendor)
        {
            Assert.Skip($"the vendor's description {description} is not on this machine");
            return;
        }
        var reads = Reads(ManifestServices.BuiltIn().Single(one => one.Name == name)).ToList();
        reads.Count.ShouldBeGreaterThanOrEqualTo(atLeast);
        reads.Where(read => !Seen.Contains($"{name}: {string.Join(", ", read.Paths)}") && !read.Paths.Any(path => vendor.Describes(read.Request, path)))
            .Select(static read => $"{read.What}: {read.Request.Method} {read.Request.Path.Example()} has no {string.Join(", ", read.Paths)}")
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_member_that_is_not_described_is_noticed()
    {
        if (VendorDescription.Find("ninjaone.judge.json") is not { } vendor)
        {
            Assert.Skip("the vendor's description ninjaone.judge.json is not on this machine");
            return;
        }
        var services = new RequestTemplate(HttpMethod.Get, ValueTemplate.Parse("/v2/device/{$target.id}/windows-services?name=x"), null, false);
        vendor.Describes(services, "[0].name").ShouldBeTrue();
        vendor.Describes(services, "[0].serviceName").ShouldBeFalse();
        vendor.Describes(services, "name").ShouldBeFalse();
        vendor.Describes(services with { Method = HttpMethod.Put }, "[0].name").ShouldBeFalse();
        vendor.Describes(services with { Path = ValueTemplate.Parse("/v2/no-such-thing") }, "id").ShouldBeFalse();
    }

    private static IEnumerable<Read> Reads(Manifest manifest)
    {
        foreach (var target in manifest.Targets.Values)
        {
            List<ValueTemplate> record =
                [target.Id, .. target.Names, .. target.Client is { } client ? [client] : Array.Empty<ValueTemplate>(), .. target.Belongs.Select(static one => one.Left)];
            foreach (var read in Of(target.Find.Request, $"{target.Find.Items}[0]", record, $"find {target.Kind}"))
                yield return read;
            foreach (var read in Of(target.Read, $"{target.ReadAt}", record, $"read {target.Kind}"))
                yield return read;
            foreach (var rule in target.Observations)
            {
                var inAnswer = rule.Each is { } each ? $"{each}[0]" : "$";
                var at = rule.Request is null ? $"{target.ReadAt}" : inAnswer;
                List<ValueTemplate> values =
                    [.. rule.Values.SelectMany(static one => new[] { one.Key, one.Value.Of, one.Value.Whole }.OfType<ValueTemplate>())];
                foreach (var read in Of(rule.Request ?? target.Read, at, values, $"observe {target.Kind}"))
                    yield return read;
            }
        }
        foreach (var action in manifest.Actions.Values)
        {
            foreach (var lookup in action.Lookups)
            {
                List<ValueTemplate> values = [.. lookup.Where.SelectMany(static one => new[] { one.Left, one.Right }), .. lookup.Let.Values];
                foreach (var read in Of(lookup.List.Request, $"{lookup.List.Items}[0]", values, action.Spec.Name))
                    yield return read;
            }
            if (action.Receipt is { } receipt)
            {
                foreach (var read in Of(action.Call, "$", [receipt], action.Spec.Name))
                    yield return read;
            }
        }
    }

    private static IEnumerable<Read> Of(RequestTemplate request, string at, IEnumerable<ValueTemplate> values, string what) => values
        .SelectMany(static value => value.Paths)
        .Select(paths => new Read(what, request, [.. paths.Select(path => Join(at, path))]));

    private static string Join(string at, string path)
    {
        if (path == "$")
            return at;
        return at == "$" ? path : $"{at.Replace("$", "", StringComparison.Ordinal)}.{path}";
    }

    private sealed record Read(string What, RequestTemplate Request, IReadOnlyList<string> Paths);
}
