using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DevOpsAI.Common.Yaml;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>Reads a gate policy from YAML, strictly.</summary>
public static partial class GatePolicyReader
{
    private const string Shape = "a policy is one mapping with the keys chain, defaults, freezes, maintenance and rules";
    private static readonly Role[] Approvers = [Role.Approver, Role.Administrator];

    /// <summary>Returns null when the file has validation errors, which are added as <c>file:line: what</c>, all of them at once.</summary>
    /// <param name="areas">
    /// The areas that rules may speak of, as <see cref="ProposalAreas.GateAreas"/> has them; the built-in ones when null.
    /// </param>
    public static GatePolicy? Read(string file, string yaml, ICollection<string> errors, IReadOnlyCollection<string>? areas = null)
    {
        YamlFields? root = null;
        var policy = YamlFile.Read(file, yaml, Shape, fields => Policy(root = fields, areas ?? GateArea.BuiltIn), errors);
        return policy is null ? null : policy with { Version = GetVersion(root!) };
    }

    private static GatePolicy Policy(YamlFields fields, IReadOnlyCollection<string> areas)
    {
        var policy = new GatePolicy(
            "",
            Defaults(fields.Mapping("defaults")),
            Chain(fields.Mapping("chain")),
            [.. fields.Each("maintenance").Select(Maintenance)],
            Rules(fields, areas))
        {
            Freezes = [.. fields.Each("freezes").Select(Freeze)],
            BreakGlass = fields.OptionalMapping("breakGlass") is { } glass ? Glass(glass) : null,
            Limits = fields.OptionalMapping("limits") is { } limits ? Limits(limits) : new(25, 3),
            Quotas = [.. fields.Each("quotas").Select(Quota)],
            FreezeOnOutOfBand = fields.OptionalChoice<FreezeOnOutOfBand>("freezeOnOutOfBand") ?? FreezeOnOutOfBand.OurCredentials,
            FreezeOnBrokenSeal = fields.Flag("freezeOnBrokenSeal", true),
        };
        fields.NothingElse();
        return policy;
    }

    private static ImmutableArray<GateRule> Rules(YamlFields fields, IReadOnlyCollection<string> areas) => fields.Has("rules")
        ? [.. fields.Each("rules").Select(rule => Rule(rule, areas))]
        : fields.Wrong<ImmutableArray<GateRule>>("rules", "a list", []);

    private static GateDefaults Defaults(YamlFields fields)
    {
        var defaults = new GateDefaults(
            fields.Choice("approver", Approvers),
            fields.Number("approvals", 1, 5),
            fields.Flag("notTheRequester"),
            fields.Duration("expiry"),
            fields.Duration("criticalExpiry"),
            fields.Duration("escalateAfter"),
            fields.OptionalChoice<Role>("escalateTo"))
        {
            MentionFrom = fields.OptionalChoice<Severity>("mentionFrom"),
            Delegate = fields.OptionalChoice<DelegateTo>("delegate") ?? DelegateTo.Technician,
        };
        fields.NothingElse();
        return defaults;
    }

    private static BreakGlass Glass(YamlFields fields)
    {
        var glass = new BreakGlass(fields.Choice("role", Approvers), fields.Number("confirmations", 1, 5), fields.Duration("within"));
        fields.NothingElse();
        return glass;
    }

    private static ChainLimit Chain(YamlFields fields)
    {
        var chain = new ChainLimit(fields.Duration("window"), fields.Number("weight", 0, 1000));
        fields.NothingElse();
        return chain;
    }

    private static PlanLimits Limits(YamlFields fields)
    {
        var limits = new PlanLimits(fields.Number("steps", 1, 100), fields.Number("redrafts", 0, 20));
        fields.NothingElse();
        return limits;
    }

    private static CallQuota Quota(YamlFields fields)
    {
        var quota = new CallQuota(Actions(fields), fields.Number("calls", 0, 100_000), fields.Duration("within"));
        if (quota.Actions.IsEmpty)
            fields.Wrong("actions", "a list of action names, with * for any characters", 0);
        if (quota.Within > CallTimes.KeptFor)
            fields.Wrong("within", "at most 24h", 0);
        fields.NothingElse();
        return quota;
    }

    private static MaintenanceWindow Maintenance(YamlFields fields)
    {
        var name = fields.Text("name");
        var isThereOnce = fields.Has("begins") || fields.Has("ends");
        var window = isThereOnce ? new MaintenanceWindow(name, null, Once(fields)) : new(name, Window(fields));
        fields.NothingElse();
        return window;
    }

    private static PlannedFreeze Freeze(YamlFields fields)
    {
        var freeze = new PlannedFreeze(fields.Text("name"), Once(fields));
        fields.NothingElse();
        return freeze;
    }

    private static Period Once(YamlFields fields)
    {
        var (begins, ends, zone) = (fields.WallClock("begins"), fields.WallClock("ends"), fields.Zone("timeZone"));
        return Period.Create(begins, ends, zone)
            ?? fields.Wrong("ends", "after 'begins', and both times that the clock does not skip", new Period(default, default));
    }

    private static TimeWindow Window(YamlFields fields) => new(
        [.. fields.Choices<WeekDay>("days").Select(day => (DayOfWeek)day)],
        fields.TimeOfDay("from"),
        fields.TimeOfDay("to"),
        fields.Zone("timeZone"));

    private static GateRule Rule(YamlFields fields, IReadOnlyCollection<string> areas)
    {
        var rule = new GateRule(
            fields.Text("name"),
            fields.Has("area") ? Area(fields, areas) : null,
            Actions(fields),
            fields.Choices<Severity>("severity"),
            fields.Choices<BlastRadius>("blastRadius"),
            fields.OptionalMapping("when") is { } when ? When(when) : null,
            fields.Choice<GateLevel>("level"),
            fields.OptionalChoice("approver", Approvers),
            fields.Has("approvals") ? fields.Number("approvals", 1, 5) : null,
            fields.Has("notTheRequester") ? fields.Flag("notTheRequester") : null,
            fields.Has("expiry") ? fields.Duration("expiry") : null,
            fields.Has("escalateAfter") ? fields.Duration("escalateAfter") : null,
            fields.OptionalChoice<Role>("escalateTo"));
        fields.NothingElse();
        return rule;
    }

    private static TimeWindow When(YamlFields fields)
    {
        var window = Window(fields);
        fields.NothingElse();
        return window;
    }

    private static string Area(YamlFields fields, IReadOnlyCollection<string> areas)
    {
        var area = fields.Text("area");
        return areas.Contains(area) ? area : fields.Wrong("area", $"one of {string.Join(", ", areas)}", area);
    }

    private static ImmutableArray<string> Actions(YamlFields fields)
    {
        var actions = fields.TextsIfAny("actions");
        return actions.All(action => ActionPattern().IsMatch(action))
            ? actions
            : fields.Wrong("actions", "a list of action names, with * for any characters", actions);
    }

    /// <summary>Comments, layout and the order of keys do not count.</summary>
    private static string GetVersion(YamlFields root) =>
        $"{GateArea.Operations}@{Jcs.Digest(JsonSerializer.SerializeToUtf8Bytes(root.ToJson(), PolicyJson.Default.JsonNode))[..12]}";

    private enum WeekDay { Sun = DayOfWeek.Sunday, Mon, Tue, Wed, Thu, Fri, Sat }

    [GeneratedRegex(@"^[A-Za-z0-9*][A-Za-z0-9.*_-]{0,99}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ActionPattern();
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonNode))]
internal sealed partial class PolicyJson : System.Text.Json.Serialization.JsonSerializerContext;
