using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Drafting;
using DevOpsAI.Gates;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Common.Yaml;

/// <summary>
/// The schemas that editors use say what the readers say: of the files that are shipped, and of a file with any key left out or filled
/// wrongly.
/// </summary>
public sealed class SchemaTests
{
    private const string Comment = "# yaml-language-server: $schema=";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private const string Runbook = """
        {
          "name": "restart-agent", "version": 1, "title": "Restart the agent", "risk": "low",
          "target": { "kind": "device", "from": ["host"] },
          "match": {
            "names": ["AgentSick"], "ambiguous": ["Sick"], "words": [["agent", "sick"]], "not": ["kube"], "also": ["automatic"],
            "alone": false, "reach": true
          },
          "parameters": {
            "service": {
              "title": "Service", "from": ["service", "device?"], "form": "service", "pattern": "[A-Za-z]+", "default": "agent",
              "seen": "service.{service}.state", "choose": ["service.{service}.state == stopped"]
            }
          },
          "needs": ["device.online == true"],
          "steps": [
            {
              "title": "Restart {service}", "action": "service.restart", "arguments": { "service": "{service}" }, "editable": ["service"],
              "preconditions": [{ "that": "service.{service}.state == stopped", "when": ["sick"], "otherwise": "it runs" }],
              "verifications": ["service.{service}.state == running"], "optional": true
            }
          ],
          "until": { "minutes": "ups.minutesLeft", "margin": 5 },
          "summary": "Restart {service}.", "analysis": "It is {=service.{service}.state}."
        }
        """;

    private const string Policy = """
        {
          "defaults": {
            "approver": "approver", "approvals": 1, "notTheRequester": true, "expiry": "8h", "criticalExpiry": "60m", "escalateAfter": "1d",
            "escalateTo": "manager", "mentionFrom": "error", "delegate": "nobody"
          },
          "chain": { "window": "1h", "weight": 5 },
          "maintenance": [
            { "name": "night", "days": ["tue"], "from": "22:00", "to": "24:00", "timeZone": "UTC" },
            { "name": "move", "begins": "2026-12-05 20:00", "ends": "2026-12-06 06:00", "timeZone": "UTC" }
          ],
          "freezes": [{ "name": "year end", "begins": "2026-12-23 18:00", "ends": "2027-01-02 06:00", "timeZone": "UTC" }],
          "breakGlass": { "role": "administrator", "confirmations": 2, "within": "4h" },
          "limits": { "steps": 5, "redrafts": 0 },
          "quotas": [{ "actions": ["device.*"], "calls": 3, "within": "24h" }],
          "freezeOnOutOfBand": "always", "freezeOnBrokenSeal": false,
          "rules": [
            {
              "name": "all", "area": "operations", "actions": ["*"], "severity": ["critical"], "blastRadius": ["oneDevice"],
              "when": { "days": ["mon", "sun"], "from": "08:00", "to": "18:00", "timeZone": "UTC" }, "level": "L2", "approver": "approver",
              "approvals": 5, "notTheRequester": false, "expiry": "30d", "escalateAfter": "1m", "escalateTo": "auditor"
            }
          ]
        }
        """;

    private static readonly Format Runbooks = new(
        "runbook", Runbook, static (text, errors) => RunbookReader.Read("x.yaml", text, isBuiltIn: false, errors));

    private static readonly Format Policies = new(
        "gate-policy", Policy, static (text, errors) => GatePolicyReader.Read("x.yaml", text, errors));

    /// <summary>
    /// What these must be the schema does not know: a condition, a template over known names, a time zone, the areas that are built in.
    /// </summary>
    private static readonly HashSet<string> BeyondTheSchema =
    [
        "seen", "choose", "needs", "preconditions", "verifications", "that", "pattern", "default", "arguments", "editable", "parameters",
        "service", "minutes", "timeZone", "begins", "ends", "names", "ambiguous", "area",
    ];

    public static TheoryData<string, string> ShippedFiles()
    {
        var files = new TheoryData<string, string> { { "core/Gates/operations.yaml", "gate-policy" } };
        foreach (var path in Directory.EnumerateFiles(Path.Combine(Repository.Root, "core/Drafting/Runbooks"), "*.yaml"))
            files.Add(Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'), "runbook");
        return files;
    }

    [Theory]
    [MemberData(nameof(ShippedFiles))]
    public void Every_shipped_file_is_valid_by_the_schema_that_it_names(string file, string schema)
    {
        var path = Path.Combine(Repository.Root, file);
        var text = File.ReadAllText(path);
        var first = text[..text.IndexOf('\n', StringComparison.Ordinal)];
        first.ShouldStartWith(Comment);
        var named = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, first[Comment.Length..]));
        named.ShouldBe(Path.Combine(Repository.Root, "docs", "schemas", $"{schema}.schema.json"));
        SchemaFile.Read(named).Problems(YamlAsJson.Read(text)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("docs/runbooks.md", "runbook")]
    [InlineData("docs/gates.md", "gate-policy")]
    public void The_documented_example_is_valid(string page, string schema)
    {
        var example = File.ReadAllText(Path.Combine(Repository.Root, page)).Split("```yaml\n")[1].Split("```")[0];
        var format = schema == "runbook" ? Runbooks : Policies;
        format.Errors(example).ShouldBeEmpty();
        format.Schema.Problems(YamlAsJson.Read(example)).ShouldBeEmpty();
    }

    [Fact]
    public void Reader_and_schema_agree_on_runbooks_whatever_is_changed() => MustAgree(Runbooks);

    [Fact]
    public void Reader_and_schema_agree_on_policies_whatever_is_changed() => MustAgree(Policies);

    [Theory]
    [InlineData("'name': 'restart-agent'", "'name': 'Restart Agent'")]
    [InlineData("'name': 'restart-agent'", "'name': ' '")]
    [InlineData("'risk': 'low'", "'risk': 'Low'")]
    [InlineData("'version': 1", "'version': '1'")]
    [InlineData("'version': 1", "'version': 2147483648")]
    [InlineData("'service': {", "'ser vice': {")]
    [InlineData("'service': {", "'target': {")]
    [InlineData("'steps': [", "'stepps': [")]
    [InlineData("'reach': true", "'reach': 'true'")]
    public void A_runbook_that_the_schema_refuses_is_refused_by_the_reader(string instead, string of) =>
        MustBeRefused(Runbooks, instead, of);

    [Theory]
    [InlineData("'approver': 'approver'", "'approver': 'Approver'")]
    [InlineData("'approvals': 1", "'approvals': '1'")]
    [InlineData("'approvals': 1", "'approvals': 6")]
    [InlineData("'notTheRequester': true", "'notTheRequester': 'true'")]
    [InlineData("'expiry': '8h'", "'expiry': '08h'")]
    [InlineData("'expiry': '8h'", "'expiry': '8 h'")]
    [InlineData("'expiry': '8h'", "'expiry': '721h'")]
    [InlineData("'criticalExpiry': '60m'", "'criticalExpiry': '43201m'")]
    [InlineData("'expiry': '30d'", "'expiry': '31d'")]
    [InlineData("'within': '24h'", "'within': '25h'")]
    [InlineData("'within': '24h'", "'within': '1441m'")]
    [InlineData("'within': '24h'", "'within': '2d'")]
    [InlineData("'from': '22:00'", "'from': '24:01'")]
    [InlineData("'from': '22:00'", "'from': '9:00'")]
    [InlineData("'begins': '2026-12-05 20:00'", "'begins': '2026-13-05 20:00'")]
    [InlineData("'begins': '2026-12-05 20:00', ", "")]
    [InlineData("'days': ['tue']", "'days': ['tuesday']")]
    [InlineData("'actions': ['*']", "'actions': ['rm -rf']")]
    [InlineData("'level': 'L2'", "'level': 'l2'")]
    [InlineData("'area': 'operations'", "'area': 'The moon'")]
    public void A_policy_that_the_schema_refuses_is_refused_by_the_reader(string instead, string of) =>
        MustBeRefused(Policies, instead, of);

    [Theory]
    [InlineData("'expiry': '8h'", "'expiry': '720h'")]
    [InlineData("'expiry': '8h'", "'expiry': '43200m'")]
    [InlineData("'within': '24h'", "'within': '1440m'")]
    [InlineData("'within': '24h'", "'within': '1d'")]
    [InlineData("'name': 'night'", "'name': 7")]
    [InlineData("'maintenance': [", "'maintenance': [], 'freezes_': [")]
    public void At_the_edge_they_agree_too(string instead, string of)
    {
        var text = Changed(Policies, instead, of);
        var errors = Policies.Errors(text);
        Policies.Schema.IsValid(JsonElement.Parse(text)).ShouldBe(errors.Count == 0, string.Join('\n', errors));
    }

    private static void MustBeRefused(Format format, string instead, string of)
    {
        var text = Changed(format, instead, of);
        format.Errors(text).ShouldNotBeEmpty();
        format.Schema.Problems(JsonElement.Parse(text)).ShouldNotBeEmpty();
    }

    private static string Changed(Format format, string instead, string of)
    {
        var text = format.Valid.Replace(instead.Replace('\'', '"'), of.Replace('\'', '"'), StringComparison.Ordinal);
        text.ShouldNotBe(format.Valid);
        return text;
    }

    /// <summary>JSON is YAML, so both judge the same text.</summary>
    private static void MustAgree(Format format)
    {
        format.Errors(format.Valid).ShouldBeEmpty();
        format.Schema.Problems(JsonElement.Parse(format.Valid)).ShouldBeEmpty();
        var (disagreements, refused) = (new List<string>(), 0);
        foreach (var (what, isBeyond, changed) in Mutations(JsonNode.Parse(format.Valid)!.AsObject()))
        {
            var text = changed.ToJsonString(Indented);
            var (errors, isValid) = (format.Errors(text), format.Schema.IsValid(JsonElement.Parse(text)));
            refused += isValid ? 0 : 1;
            var told = string.Join("; ", errors.DefaultIfEmpty("valid"));
            if ((errors.Count == 0) != isValid && !(isValid && isBeyond))
                disagreements.Add($"{what}: the schema says {(isValid ? "valid" : "invalid")}, the reader {told}");
        }
        disagreements.ShouldBeEmpty();
        refused.ShouldBeGreaterThan(100);
    }

    /// <summary>
    /// Every member and item of the document removed, or replaced by something of every kind; every mapping with one key too many.
    /// </summary>
    private static IEnumerable<(string What, bool IsBeyond, JsonNode Changed)> Mutations(JsonObject valid)
    {
        JsonNode?[] others =
        [
            null, true, 5, 0, "x", "", " ", new JsonArray(), new JsonArray("x"), new JsonArray(5), new JsonObject(),
            new JsonObject { ["x"] = 1 },
        ];
        foreach (var path in Paths(valid, []).ToList())
        {
            var isBeyond = path.Any(part => part is string name && BeyondTheSchema.Contains(name));
            var where = string.Join('/', path);
            foreach (var other in others)
            {
                var changed = valid.DeepClone();
                Replace(changed, path, other?.DeepClone());
                yield return ($"{where} = {other?.ToJsonString() ?? "null"}", isBeyond, changed);
            }
            var without = valid.DeepClone();
            Remove(without, path);
            yield return ($"{where} removed", isBeyond, without);
            if (At(valid, path) is JsonObject)
            {
                var more = valid.DeepClone();
                At(more, path)!.AsObject()["more"] = "x";
                yield return ($"{where} with more", isBeyond || where == "steps/0/arguments", more);
            }
        }
    }

    private static IEnumerable<List<object>> Paths(JsonNode? node, List<object> here)
    {
        IEnumerable<(object Part, JsonNode? Value)> parts = node switch
        {
            JsonObject members => members.Select(static member => ((object)member.Key, member.Value)),
            JsonArray items => items.Select(static (item, index) => ((object)index, item)),
            _ => [],
        };
        foreach (var (part, value) in parts)
        {
            List<object> path = [.. here, part];
            yield return path;
            foreach (var below in Paths(value, path))
                yield return below;
        }
    }

    private static JsonNode? At(JsonNode node, IEnumerable<object> path) =>
        path.Aggregate((JsonNode?)node, static (at, part) => part is int index ? at![index] : at![(string)part]);

    private static void Replace(JsonNode node, List<object> path, JsonNode? value)
    {
        var parent = At(node, path.SkipLast(1))!;
        if (path[^1] is int index)
            parent[index] = value;
        else
            parent[(string)path[^1]] = value;
    }

    private static void Remove(JsonNode node, List<object> path)
    {
        var parent = At(node, path.SkipLast(1))!;
        if (path[^1] is int index)
            parent.AsArray().RemoveAt(index);
        else
            parent.AsObject().Remove((string)path[^1]);
    }

    private sealed record Format(string Name, string Valid, Func<string, List<string>, object?> Read)
    {
        public SchemaFile Schema { get; } = SchemaFile.Read(Path.Combine(Repository.Root, "docs", "schemas", $"{Name}.schema.json"));

        public List<string> Errors(string text)
        {
            var errors = new List<string>();
            (Read(text, errors) is null).ShouldBe(errors.Count > 0);
            return errors;
        }
    }
}
