using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Digests;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>A client's digest as a card.</summary>
internal static class DigestCard
{
    private const int MaxTold = 8;
    private const int MaxIncidents = 6;

    public static OutgoingJson Build(DigestView view)
    {
        List<OutgoingJson> body =
        [
            Rich(null, new("Digest of "), new(view.Client, 80, Bold: true, Size: "Medium")),
            Rich("None", [.. view.Window.Runs(new(null, Subtle: true, Size: "Small"))]),
        ];
        if (view.IsPartlySimulated)
            body.Add(IncidentLines.PartlySimulated());
        body.AddRange(Happened(view.Happened));
        body.AddRange(Waiting(view));
        body.AddRange(OnlyHere(view.Happened));
        body.AddRange(
            view.SecretsToReplace.Select(
                static warning => Rich("Small", new("Secret: ", Bold: true, Tone: Tone.Warning), new(warning, 300))));
        body.AddRange(Record(view));
        return Card.Frame(body, summary: Summary(view));
    }

    /// <summary>The line of a notification.</summary>
    public static string Summary(DigestView view) => $"Digest of {view.Client}";

    private static IEnumerable<OutgoingJson> Happened(Digest digest)
    {
        List<(string Title, string Value)> facts = [];
        if (digest.Received > 0)
            facts.Add(Fact("Events", $"{digest.Received}"));
        facts.AddRange(digest.Happened.Select(static told => Fact(Title(told.What), $"{told.Incidents.Count}: {Named(told.Incidents)}")));
        facts.AddRange(digest.Counted.Select(static told => Fact(told.As, $"{told.Names.Count}: {Named(told.Names)}")));
        yield return facts.Count == 0 ? Text($"Nothing happened.") : Facts(facts);
        if (digest.OutOfBand > 0)
        {
            var changes = digest.OutOfBand == 1
                ? "One change was made that no decision allows"
                : $"{digest.OutOfBand} changes were made that no decision allows";
            yield return Rich("Small", new TextRun(changes, Bold: true, Tone: Tone.Attention));
        }
        foreach (var connection in digest.Silent.Take(MaxTold))
            yield return Rich("Small", new("Silent: ", Bold: true, Tone: Tone.Warning), new(connection, 80));
    }

    private static string Title(Happening what) => what switch
    {
        Happening.Opened => "Incidents opened",
        Happening.AskedFor => "Asked for",
        Happening.Approved => "Approved",
        Happening.Unasked => "Done without asking",
        Happening.Rejected => "Rejected",
        Happening.Handled => "Handled by people",
        Happening.Escalated => "Escalated",
        Happening.Expired => "Expired undecided",
        Happening.Withdrawn => "Withdrawn",
        Happening.Verified => "Done and verified",
        Happening.Failed => "Failed",
        Happening.Stopped => "Stopped",
        Happening.Unknown => "Outcome unknown",
        _ => "Taken back",
    };

    /// <summary>Ids are ours. The newest first, each once.</summary>
    private static string Named(IReadOnlyList<string> incidents)
    {
        var different = incidents.Reverse().Distinct(StringComparer.Ordinal).ToList();
        var more = different.Count > MaxIncidents ? $" and {different.Count - MaxIncidents} more" : "";
        return string.Join(", ", different.Take(MaxIncidents)) + more;
    }

    private static IEnumerable<OutgoingJson> Waiting(DigestView view)
    {
        yield return Rich(null, new TextRun(view.Open == 0 ? "Nothing is waiting" : $"{view.Open} open", Bold: true));
        foreach (var incident in view.Waiting)
            yield return IncidentLines.Line(incident);
        if (view.Open > view.Waiting.Count)
            yield return Text(
                $"and {view.Open - view.Waiting.Count} more: *pending {CardText.Name(view.Tenant.Value)}* lists them.", subtle: true);
        if (view.FreezeReason is { } reason)
            yield return Rich("Small", new("Frozen: ", Bold: true, Tone: Tone.Attention), new(reason, 120));
    }

    private static IEnumerable<OutgoingJson> OnlyHere(Digest digest)
    {
        if (digest.Digested == 0)
            yield break;
        yield return Rich(null, new TextRun("On no card, for information", Bold: true));
        var told = digest.Information.Take(MaxTold).ToList();
        foreach (var one in told)
        {
            var times = one.Count > 1 ? $" · {one.Count} times, last " : " · ";
            yield return Rich("Small", new(one.Title, 120), new(times, Subtle: true), TextRun.At(one.Last, subtle: true));
        }
        var rest = digest.Digested - told.Sum(static one => one.Count);
        if (rest == 1)
            yield return Rich("Small", new TextRun("and one more event, such as the end of an alert that was on no card", Subtle: true));
        else if (rest > 1)
            yield return Rich(
                "Small", new TextRun($"and {rest} more events, such as the ends of alerts that were on no card", Subtle: true));
    }

    private static IEnumerable<OutgoingJson> Record(DigestView view)
    {
        const string Id = "checkpoint";
        if (view.CheckpointProblem is { } problem)
            yield return Rich(
                "Small", new("The record's checkpoint cannot be read: ", Bold: true, Tone: Tone.Attention), new(problem, 300));
        if (view.Checkpoint is not { } checkpoint)
            yield break;
        yield return Rich("Small", new TextRun($"The record is signed up to entry {checkpoint.Checkpoint.Size}.", Subtle: true));
        yield return ActionSet([CardActions.Toggle("Checkpoint", Id)]);
        yield return Container(MessageCards.Note(checkpoint), id: Id, visible: false);
    }
}
