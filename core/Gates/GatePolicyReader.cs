using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DevOpsAI.Gates;

/// <summary>Reads a gate policy from YAML, strictly.</summary>
public static partial class GatePolicyReader
{
    private static readonly Role[] Approvers = [Role.Approver, Role.Administrator];

    /// <summary>Null when there are mistakes, which are added as <c>file:line: what is wrong</c>, all of them at once.</summary>
    public static GatePolicy? Read(string file, string yaml, ICollection<string> mistakes)
    {
        var before = mistakes.Count;
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode root)
            {
                var policy = Policy(new(file, root, mistakes), VersionOf(root));
                return mistakes.Count == before ? policy : null;
            }
            mistakes.Add($"{file}:1: a policy is one mapping with the keys chain, defaults, freezes, maintenance and rules");
        }
        catch (YamlException wrong)
        {
            mistakes.Add($"{file}:{Math.Max(1, wrong.Start.Line)}: not YAML: {wrong.Message}");
        }
        return null;
    }

    private static GatePolicy Policy(PolicyFields fields, string version)
    {
        var policy = new GatePolicy(
            version,
            Defaults(fields.Mapping("defaults")),
            Chain(fields.Mapping("chain")),
            fields.Has("maintenance") ? [.. fields.Each("maintenance").Select(Maintenance)] : [],
            [.. fields.Each("rules").Select(Rule)])
        {
            Freezes = fields.Has("freezes") ? [.. fields.Each("freezes").Select(Freeze)] : [],
            BreakGlass = fields.Has("breakGlass") ? Glass(fields.Mapping("breakGlass")) : null,
            Limits = fields.Has("limits") ? Limits(fields.Mapping("limits")) : new(25, 3),
            Quotas = fields.Has("quotas") ? [.. fields.Each("quotas").Select(Quota)] : [],
            FreezeOnOutOfBand = fields.Has("freezeOnOutOfBand") ? fields.Choice("freezeOnOutOfBand", Enum.GetValues<FreezeOnOutOfBand>()) : FreezeOnOutOfBand.OurCredentials,
            FreezeOnBrokenSeal = !fields.Has("freezeOnBrokenSeal") || fields.Flag("freezeOnBrokenSeal"),
        };
        fields.NothingElse();
        return policy;
    }

    private static GateDefaults Defaults(PolicyFields fields)
    {
        var defaults = new GateDefaults(
            fields.Choice("approver", Approvers),
            fields.Number("approvals", 1, 5),
            fields.Flag("notTheRequester"),
            fields.Time("expiry"),
            fields.Time("criticalExpiry"),
            fields.Time("escalateAfter"),
            fields.Has("escalateTo") ? fields.Choice("escalateTo", Enum.GetValues<Role>()) : null)
        {
            MentionFrom = fields.Has("mentionFrom") ? fields.Choice("mentionFrom", Enum.GetValues<Severity>()) : null,
            Delegate = fields.Has("delegate") ? fields.Choice("delegate", Enum.GetValues<DelegateTo>()) : DelegateTo.Technician,
        };
        fields.NothingElse();
        return defaults;
    }

    private static BreakGlass Glass(PolicyFields fields)
    {
        var glass = new BreakGlass(fields.Choice("role", Approvers), fields.Number("confirmations", 1, 5), fields.Time("within"));
        fields.NothingElse();
        return glass;
    }

    private static ChainLimit Chain(PolicyFields fields)
    {
        var chain = new ChainLimit(fields.Time("window"), fields.Number("weight", 0, 1000));
        fields.NothingElse();
        return chain;
    }

    private static PlanLimits Limits(PolicyFields fields)
    {
        var limits = new PlanLimits(fields.Number("steps", 1, 100), fields.Number("redrafts", 0, 20));
        fields.NothingElse();
        return limits;
    }

    private static CallQuota Quota(PolicyFields fields)
    {
        var quota = new CallQuota(Actions(fields), fields.Number("calls", 0, 100_000), fields.Time("within"));
        if (quota.Actions.IsEmpty)
            fields.Wrong("actions", "a list of action names, with * for any characters", 0);
        if (quota.Within > CallTimes.KeptFor)
            fields.Wrong("within", "at most 24h", 0);
        fields.NothingElse();
        return quota;
    }

    private static MaintenanceWindow Maintenance(PolicyFields fields)
    {
        var name = fields.Text("name");
        var window = fields.Has("begins") || fields.Has("ends") ? new MaintenanceWindow(name, null, Once(fields)) : new(name, Window(fields));
        fields.NothingElse();
        return window;
    }

    private static PlannedFreeze Freeze(PolicyFields fields)
    {
        var freeze = new PlannedFreeze(fields.Text("name"), Once(fields));
        fields.NothingElse();
        return freeze;
    }

    private static Period Once(PolicyFields fields)
    {
        var (begins, ends, zone) = (fields.WallClock("begins"), fields.WallClock("ends"), fields.Zone("timeZone"));
        return Period.Of(begins, ends, zone) ?? fields.Wrong("ends", "after 'begins', and both times that the clock does not skip", new Period(default, default));
    }

    private static TimeWindow Window(PolicyFields fields) => new(
        [.. fields.Choices("days", Enum.GetValues<WeekDay>()).Select(day => (DayOfWeek)day)],
        fields.TimeOfDay("from"),
        fields.TimeOfDay("to"),
        fields.Zone("timeZone"));

    private static GateRule Rule(PolicyFields fields)
    {
        var rule = new GateRule(
            fields.Text("name"),
            fields.Has("area") ? Area(fields) : null,
            Actions(fields),
            fields.Choices("severity", Enum.GetValues<Severity>()),
            fields.Choices("blastRadius", Enum.GetValues<BlastRadius>()),
            fields.Has("when") ? When(fields.Mapping("when")) : null,
            fields.Choice("level", Enum.GetValues<GateLevel>()),
            fields.Has("approver") ? fields.Choice("approver", Approvers) : null,
            fields.Has("approvals") ? fields.Number("approvals", 1, 5) : null,
            fields.Has("notTheRequester") ? fields.Flag("notTheRequester") : null,
            fields.Has("expiry") ? fields.Time("expiry") : null,
            fields.Has("escalateAfter") ? fields.Time("escalateAfter") : null,
            fields.Has("escalateTo") ? fields.Choice("escalateTo", Enum.GetValues<Role>()) : null);
        fields.NothingElse();
        return rule;
    }

    private static TimeWindow When(PolicyFields fields)
    {
        var window = Window(fields);
        fields.NothingElse();
        return window;
    }

    private static string Area(PolicyFields fields)
    {
        var area = fields.Text("area");
        return GateArea.All.Contains(area) ? area : fields.Wrong("area", $"one of {string.Join(", ", GateArea.All)}", area);
    }

    private static ImmutableArray<string> Actions(PolicyFields fields)
    {
        var actions = fields.Texts("actions");
        return actions.All(action => ActionPattern().IsMatch(action))
            ? actions
            : fields.Wrong("actions", "a list of action names, with * for any characters", actions);
    }

    /// <summary>Comments, layout and the order of keys do not count.</summary>
    private static string VersionOf(YamlNode root) =>
        $"{GateArea.Operations}@{Jcs.Digest(JsonSerializer.SerializeToUtf8Bytes(Json(root), PolicyJson.Default.JsonNode))[..12]}";

    private static JsonNode Json(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key.ToString(), Json(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
        _ => JsonValue.Create(node.ToString(), PolicyJson.Default.String)!,
    };

    private enum WeekDay { Sun = DayOfWeek.Sunday, Mon, Tue, Wed, Thu, Fri, Sat }

    [GeneratedRegex(@"^[A-Za-z0-9*][A-Za-z0-9.*_-]{0,99}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ActionPattern();
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonNode))]
[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class PolicyJson : System.Text.Json.Serialization.JsonSerializerContext;
