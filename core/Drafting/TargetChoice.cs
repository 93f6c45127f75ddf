using DevOpsAI.Connections.Identity;

namespace DevOpsAI.Drafting;

/// <summary>What a tenant's connections know under the name that an event gives.</summary>
/// <param name="Able">Records in connections that offer everything of the runbook, observed.</param>
/// <param name="Others">Records in the other connections: nothing is done there, they tell who is who.</param>
/// <param name="RaisedBy">Connections that the events came over.</param>
internal sealed record KnownUnderName(
    string Client,
    string Kind,
    string Name,
    IReadOnlyList<FoundTarget> Able,
    IReadOnlyList<FoundTarget> Others,
    IReadOnlyCollection<string> RaisedBy,
    Confirmation? Confirmation);

/// <summary>
/// Picks the record that a plan acts on. One thing known to several tools has to be that by more than its name, or by a person's word;
/// several of one name are never chosen among, unless the tool that raised the event knows one of them alone. Pure.
/// </summary>
/// <param name="Record">Null where a person has to say which one is meant.</param>
/// <param name="Problem">One sentence; null where there is a record.</param>
/// <param name="Reasons">Why it is this one; empty where there was nothing to choose.</param>
internal sealed record TargetChoice(FoundTarget? Record, string? Problem, IReadOnlyList<string> Reasons)
{
    public static TargetChoice Choose(KnownUnderName known)
    {
        List<KnownTarget> records = [.. known.Able.Concat(known.Others).Select(static one => one.Known)];
        var things = IdentityMap.Group(records, known.Confirmation);
        if (known.Confirmation?.FindChanged(records) is { } changed && things.Length > 1)
        {
            return Ask(
                $"{known.Confirmation.By} said which {known.Kind} {Name(known)} is (entry {known.Confirmation.Seq}), but "
                + $"{changed.Target.Id} in {changed.Target.Connection} has another serial number since. {Several(known, things)}");
        }
        return things switch
        {
            [var only] => ChooseRecord(known, only),
            _ when Raised(known, things) is { } raised => ChooseRecord(known, raised, $"{Name(known)} is the one that raised the alert."),
            _ => Ask(Several(known, things)),
        };
    }

    /// <summary>The thing that the tool which raised the event knows; null unless it knows exactly one of the name.</summary>
    private static KnownThing? Raised(KnownUnderName known, IReadOnlyList<KnownThing> things)
    {
        var raised = things.Where(thing => thing.Records.Any(record => known.RaisedBy.Contains(record.Target.Connection))).ToList();
        return raised is [var one] ? one : null;
    }

    private static TargetChoice ChooseRecord(KnownUnderName known, KnownThing thing, string? first = null)
    {
        List<string> reasons = [.. first is null ? [] : new[] { first }, .. thing.Evidence.Select(Quote)];
        var able = known.Able.Where(one => thing.In(one.Target.Connection) == one.Known)
            .OrderByDescending(one => known.RaisedBy.Contains(one.Target.Connection))
            .ThenBy(static one => one.Target.Connection, StringComparer.Ordinal).ToList();
        if (able.Count == 0)
        {
            return Ask(
                $"{Name(known)} is known to {QuotedText.List(thing.Records.Select(Say))}, and none of these can do what the plan needs.");
        }
        if (able.Count == 1)
            return new(able[0], null, reasons);
        if (thing.IsByNameAlone)
        {
            return Ask(
                $"{known.Client} has a {known.Kind} named {Name(known)} in each of {QuotedText.List(able.Select(one => Say(one.Known)))}, "
                + $"and nothing but the name says that they are one. {HowToSay(known)}");
        }
        var why = known.RaisedBy.Contains(able[0].Target.Connection) ? "the alert came from there" : "it is the first by its name";
        reasons.Add(
            $"{QuotedText.List(able.Select(one => one.Target.Connection))} can each do it; {able[0].Target.Connection} does, since {why}.");
        return new(able[0], null, reasons);
    }

    private static string Several(KnownUnderName known, IReadOnlyList<KnownThing> things) =>
        $"{known.Client} has {things.Count} {known.Kind}s named {Name(known)}: "
        + $"{QuotedText.List(things.SelectMany(thing => thing.Records).Select(Say))}. {HowToSay(known)}";

    /// <summary>Only what is no person can be said to be one or the other.</summary>
    private static string HowToSay(KnownUnderName known) => known.Kind == "device"
        ? $"A person can say which one is meant: identify {Name(known)} as <connection>/<id>."
        : "A person has to say which one is meant.";

    private static TargetChoice Ask(string problem) => new(null, problem, []);

    private static string Name(KnownUnderName known) => QuotedText.Short(known.Name);

    private static string Say(KnownTarget record) => QuotedText.Short(record.ToString(), 160);

    private static string Quote(string evidence) => QuotedText.Short(evidence, 240);
}
