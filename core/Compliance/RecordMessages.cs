using System.Globalization;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance;

/// <summary>Says in sentences what the records say, for people. Plain text: whoever shows it escapes it.</summary>
internal static class RecordMessages
{
    /// <summary>What it is called; where that is encrypted or erased, the kind of its events, which never is.</summary>
    public static string Title(Assessment assessment, IncidentRecord incident)
    {
        if (incident.Opened is null)
            return "(opened before this range)";
        var title = assessment.Texts.Get(incident.Title);
        if (!Erasure.IsUnreadable(title))
            return title;
        return incident.Kind.Length > 0 ? incident.Kind : "(no title)";
    }

    /// <summary>What has to be said wherever a simulated incident is told of as if it had happened.</summary>
    public const string Simulation = "This is a simulation: nothing real was touched.";

    public static string Name(Actor actor) => actor.Kind switch
    {
        ActorKind.Person when Erasure.IsUnreadable(actor.Name) => $"person {actor.Id}",
        ActorKind.Person => actor.Name,
        ActorKind.Connection => $"connection {actor.Id}",
        _ => $"the bot ({actor.Id})",
    };

    /// <summary>As <see cref="Name"/>, at the beginning of a sentence.</summary>
    public static string Opening(Actor actor) =>
        Name(actor) is var name && actor.Kind == ActorKind.Person && !Erasure.IsUnreadable(actor.Name)
        ? name
        : $"{char.ToUpperInvariant(name[0])}{name[1..]}";

    public static string Gate(RevisionRecord revision) => revision.Staged is null
        ? "It was put at its gate before this range."
        : $"{(revision.Kind == ProposalKind.Undo ? "An undo" : "A remedy")} was put at gate level {revision.Level} under policy "
            + $"{revision.Policy}, asked for by {Name(revision.Requester)}{Needs(revision)}.";

    public static IEnumerable<string> Decisions(Assessment assessment, RevisionRecord revision)
    {
        foreach (var decision in revision.Decisions)
        {
            var reason = assessment.Texts.Get(decision.Reason);
            var whose = decision.InTheNameOf is { } absent ? $" in the name of {Name(absent)}" : "";
            yield return decision.Owed is { } owed
                ? $"{Opening(decision.By)} broke the glass and {Verb(decision.Kind)} alone, {Confirmations(owed.Count)} by others owed "
                    + $"until {Utc(owed.DueAt)}{Reason(reason)}."
                : $"{Opening(decision.By)} {Verb(decision.Kind)}{whose}"
                    + $"{(decision.Complete || decision.Kind == DecisionKind.Snooze ? "" : ", more were needed")}{Reason(reason)}.";
        }
        if (revision.Expired is not null)
            yield return "Nobody decided in time: it expired and nothing was done.";
        if (revision.Withdrawn is not null)
            yield return "It was withdrawn: nothing was left to decide.";
        if (revision.Staged is not null && revision is { Level: < GateLevel.L2, Run: not null, Decisions.Count: 0 })
            yield return $"Policy {revision.Policy} allows it without asking ({revision.Level}).";
    }

    /// <summary>
    /// What others said about the glass being broken and what is owed for it at the end of the range, each with the entry behind it.
    /// </summary>
    public static IEnumerable<(EntryReference Mark, string Message)> Reviews(Assessment assessment, RevisionRecord revision)
    {
        foreach (var review in revision.Reviews)
            yield return (review.Mark,
                $"{Opening(review.By)} {(review.Confirms ? "confirmed that it was right to break the glass" : "objected to the glass "
                + "being broken")}{Reason(assessment.Texts.Get(review.Reason))}.");
        if (revision.GlassEscalated is { } escalated)
            yield return (escalated, "Others were told of the broken glass: somebody objected, or not enough had confirmed in time.");
        if (revision.Decisions.Find(static decision => decision.Owed is not null) is not { Owed: { } owed } broken)
            yield break;
        var confirmed = revision.Reviews.Count(static review => review.Confirms);
        // Behind the last word about it, so that the story stays in order.
        var last = revision.Reviews.Select(static review => review.Mark).Append(broken.Mark).MaxBy(static mark => mark.Seq);
        yield return (last, Glass(revision) == "confirmed"
            ? "The broken glass is confirmed: nothing more is owed."
            : $"The broken glass is not confirmed: {Confirmations(Math.Max(1, owed.Count - confirmed))} by others "
                + $"{(owed.DueAt < assessment.Subject.AsOf ? "overdue since" : "owed until")} {Utc(owed.DueAt)}.");
    }

    /// <summary>What became of a broken glass: <c>confirmed</c>, <c>objected</c> or <c>owed</c>; null when none was broken.</summary>
    public static string? Glass(RevisionRecord revision)
    {
        if (!revision.Decisions.Exists(static decision => decision.Owed is not null))
            return null;
        if (revision.Reviews.Exists(static review => review.Complete))
            return "confirmed";
        return revision.Reviews.Exists(static review => !review.Confirms) ? "objected" : "owed";
    }

    public static string? Run(Assessment assessment, RevisionRecord revision)
    {
        if (revision.Run is not { } run)
            return null;
        if (run.Outcome is not { } outcome)
            return "It was claimed for execution; its outcome is not in this range.";
        var summary = assessment.Texts.Get(run.Summary);
        return $"Outcome: {Word(outcome)}{(run.RolledBack ? ", rolled back" : "")}{(Erasure.IsUnreadable(summary) ? "." : $". {summary}")}";
    }

    /// <summary>What a person gave as reason, to be put behind what they did.</summary>
    public static string Reason(string reason)
    {
        if (reason.Length == 0)
            return "";
        return Erasure.IsUnreadable(reason) ? $" (the reason is {Erasure.Word(reason)})" : $": {reason}";
    }

    public static string Word(ExecutionOutcome outcome) => outcome switch
    {
        ExecutionOutcome.Verified => "verified",
        ExecutionOutcome.Failed => "failed",
        ExecutionOutcome.Unknown => "unknown",
        ExecutionOutcome.Drifted => "drifted, nothing ran",
        _ => "stopped",
    };

    public static string Title(Assessment assessment, Weakness weakness) => weakness.Kind switch
    {
        WeaknessKind.Expired => $"{weakness.Incident!.Id}: a proposal expired without a decision",
        WeaknessKind.TooFewApprovals => $"{weakness.Incident!.Id}: decided by fewer people than policy asks",
        WeaknessKind.OwnRequest => $"{weakness.Incident!.Id}: approved by the person who asked for it",
        WeaknessKind.SealBroken => $"{weakness.Incident!.Id}: what was carried out is not what was approved",
        WeaknessKind.Failed => $"{weakness.Incident!.Id}: the execution failed",
        WeaknessKind.Unknown => $"{weakness.Incident!.Id}: nobody can tell whether a step took effect",
        WeaknessKind.Unfinished => $"{weakness.Incident!.Id}: an execution was begun and has no outcome",
        WeaknessKind.RanWhenProhibited => $"{weakness.Incident!.Id}: carried out when it was prohibited",
        WeaknessKind.Frozen => "Execution is frozen and nobody has lifted the freeze",
        WeaknessKind.OwnFreezeLifted => "A freeze was lifted by the person who had set it",
        WeaknessKind.OwnRole => "Somebody gave themselves a role",
        WeaknessKind.OutOfBand => $"Out-of-band change: {assessment.Texts.Get(weakness.Deviation!.What)}",
        WeaknessKind.Reported => assessment.Texts.Get(weakness.Deviation!.What),
        _ => "The time of an entry is before that of the entry before it",
    };

    public static string Statement(Weakness weakness) => weakness.Kind switch
    {
        WeaknessKind.Expired => "A change that nobody reviews in time is a cause that nobody treats.",
        WeaknessKind.TooFewApprovals or WeaknessKind.OwnRequest =>
            "A decision without a second pair of eyes weakens the separation of duties.",
        WeaknessKind.SealBroken => "An approval that does not cover what was done is no approval.",
        WeaknessKind.Failed => "The change is not in place, or only in part.",
        WeaknessKind.Unknown => "The state of the system is not known until a person has looked.",
        WeaknessKind.Unfinished => "What was done, if anything, is not on record.",
        WeaknessKind.RanWhenProhibited => "A change was made while the rules forbade it.",
        WeaknessKind.Frozen => "Nothing is carried out for this client until a different person lifts the freeze.",
        WeaknessKind.OwnFreezeLifted => "A stopped line should be started again by somebody else.",
        WeaknessKind.OutOfBand => "A change that passed no gate was reviewed by nobody, and nobody here can answer for it.",
        WeaknessKind.Reported => "Something did not go as it should, as the entry says.",
        WeaknessKind.OwnRole => "Rights that people give to themselves weaken the separation of duties.",
        _ => "The order of events cannot be told from their times alone.",
    };

    public static string Todo(Weakness weakness) => weakness.Kind switch
    {
        WeaknessKind.Expired => "Decide on the cause, by the bot or by hand, and see why nobody did in time.",
        WeaknessKind.Failed => "See what was done and what was not, and bring the change to an end.",
        WeaknessKind.Unknown => "Look at the device and record what was found.",
        WeaknessKind.Unfinished => "Find out from the vendor what was done and record it.",
        WeaknessKind.Frozen => "Find out whether the reason still holds; have a different person lift the freeze if not.",
        WeaknessKind.OutOfBand =>
            "Find out from the vendor who did it and why; have it decided afterwards or taken back, and close its incident.",
        WeaknessKind.TimeWentBack => "Check the clock of the machine that wrote the entry.",
        _ => "Explain the deviation, and change the policy or the practice that allowed it.",
    };

    public static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Needs(RevisionRecord revision) => revision.Level switch
    {
        GateLevel.L2 =>
            $"; it needs {revision.Approvals} approval{(revision.Approvals == 1 ? "" : "s")}"
            + $"{(revision.NotTheRequester ? ", not by the requester" : "")}",
        GateLevel.L3 => "; it is for people only",
        _ => "",
    };

    private static string Confirmations(int count) =>
        $"{count.ToString(CultureInfo.InvariantCulture)} confirmation{(count == 1 ? "" : "s")}";

    private static string Verb(DecisionKind kind) => kind switch
    {
        DecisionKind.Approve => "approved",
        DecisionKind.ApproveWithEdits => "approved with edits",
        DecisionKind.Reject => "rejected",
        DecisionKind.Snooze => "snoozed it",
        _ => "saw to it outside the bot",
    };
}
