using System.Globalization;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Incidents;
using DevOpsAI.Proposals;

namespace DevOpsAI.Drafting;

/// <summary>
/// Writes the recommendation from what is known: events, runbook, target and its state. Pure. Whatever is unknown, contradictory or not
/// allowed ends in an empty plan and a sentence that says so; nothing is ever filled in by guess.
/// </summary>
internal static class RunbookDrafter
{
    internal const string NoRunbook = RecommendationDrafted.NoRunbook;
    private const string DoesNotFit = "The alert fires, but ";
    private const int MaxLinks = 3;
    private static readonly string[] LinkAttributes = ["generatorURL", "generator_url", "dashboard", "dashboard_url", "runbook_url",
        "url", "link"];

    /// <summary>A recommendation for an incident that no runbook handles, or that gathers the events of many devices.</summary>
    /// <param name="doubt">Why the runbook that the name speaks of was not taken; null when there is none.</param>
    public static RecommendationDrafted WithoutRunbook(DraftCase about, string? doubt = null)
    {
        var incident = about.Incident;
        var kind = QuotedText.Short(about.Kind);
        var devices = incident.Devices.Order(StringComparer.OrdinalIgnoreCase).ToList();
        var isStorm = incident.Opened.Scope != IncidentScope.One;
        var things = about.Facts.All(received => received.AboutUser == true) ? "users" : "devices";
        var where = devices.Count switch { 0 => about.Client, 1 => QuotedText.Short(devices[0]),
            _ => $"{devices.Count} {things} of {about.Client}" };
        var links = about.Facts
            .SelectMany(received => LinkAttributes.Select(received.Attribute))
            .Where(text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http")
            .Distinct()
            .Take(MaxLinks);
        var analysis = string.Join(' ', new[]
        {
            about.Facts.Select(received => received.Description).LastOrDefault(text => !string.IsNullOrWhiteSpace(text)) is { } text
                ? QuotedText.Short(text, 500)
                : "",
            string.Join(' ', links.Select(link => QuotedText.Short(link!, 200))),
        }.Where(part => part.Length > 0));
        return new(
            incident.Id, about.Revision, NoRunbook,
            isStorm
                ? $"Look for the common cause of {kind} at {about.Client}."
                : $"Look at {kind} {(devices.Count > 0 && things == "users" ? "for" : "on")} {where}.",
            analysis, [.. about.Evidence], Plan.Empty, GetRisk(incident.Severity),
            isStorm ? "Many events at once: a person must find what they have in common."
                : doubt ?? $"No runbook handles '{kind}'.",
            new Dictionary<string, string>(), Simulated: false);
    }

    /// <summary>
    /// What is said after a remedy was taken back while its alert fires. No plan: the runbook would propose what somebody has just undone,
    /// so a person chooses first, and a new draft is one of the choices.
    /// </summary>
    public static RecommendationDrafted AfterUndo(DraftCase about)
    {
        var incident = about.Incident;
        var before = incident.Execution?.Plan.Steps.Select(static step => step.Title) ?? [];
        return new(
            incident.Id, about.Revision, RecommendationDrafted.AfterUndo,
            "Taken back; the alert still fires: nothing has been done about it.",
            $"Done, verified and then taken back: {QuotedText.List([.. before])}.",
            [.. about.Evidence], Plan.Empty, GetRisk(incident.Severity),
            "What was done was taken back: a person chooses what happens instead.", new Dictionary<string, string>(),
            incident.Draft?.Simulated ?? false, incident.Draft?.TargetKind);
    }

    /// <summary>A recommendation by a runbook, complete or saying why it cannot be.</summary>
    /// <param name="now">When the target was observed: what limits the time counts from then.</param>
    public static RecommendationDrafted With(Runbook runbook, DraftCase about, Resolution resolution, DateTimeOffset now)
    {
        switch (resolution)
        {
            case Resolution.Found found:
                var draft = new Drafting(runbook, about, found);
                return draft.Problem is null ? draft.Complete(now) : ForAPerson(runbook, about, draft.Problem, found, draft.Rested);
            case Resolution.Unreachable unreachable:
                return ForAPerson(runbook, about, $"Could not ask the vendor: {QuotedText.Sentence(unreachable.Message, 300)}", null,
                    new Dictionary<string, string>()) with { VendorAway = true };
            default:
                return ForAPerson(runbook, about, ((Resolution.Problem)resolution).Message, null, new Dictionary<string, string>());
        }
    }

    private static RecommendationDrafted ForAPerson(
        Runbook runbook, DraftCase about, string problem, Resolution.Found? found, IReadOnlyDictionary<string, string> rested)
    {
        var where = found?.Target.Name ?? (about.Incident.Opened.Device is { } device ? QuotedText.Short(device) : about.Client);
        var description = about.Facts.Select(received => received.Description).LastOrDefault(text => !string.IsNullOrWhiteSpace(text));
        return new(
            about.Incident.Id, about.Revision, runbook.Drafter,
            problem.StartsWith(DoesNotFit, StringComparison.Ordinal)
                ? $"Look at {QuotedText.Short(about.Kind)} {EventKeys.Preposition(where)} {where}: it fires, but what the runbook "
                    + $"'{runbook.Title}' mends was not found."
                : $"Look at {QuotedText.Short(about.Kind)} {EventKeys.Preposition(where)} {where}: the runbook '{runbook.Title}' cannot be "
                    + $"filled in.",
            description is null ? problem : $"{problem} {QuotedText.Short(description, 500)}",
            [.. about.Evidence, .. Told(found), .. Seen(rested)], Plan.Empty, runbook.Risk, problem, rested,
            found?.Connector.IsSimulation ?? false,
            runbook.Target.Kind);
    }

    private static IEnumerable<Finding> Told(Resolution.Found? found) =>
        found?.Reasons.Select(static reason => new Finding(reason, null)) ?? [];

    private static IEnumerable<Finding> Seen(IReadOnlyDictionary<string, string> rested) =>
        rested.Select(pair => new Finding(ObservationWords.GetSay(pair.Key, pair.Value), null));

    private static Risk GetRisk(Severity severity) => severity switch
    {
        Severity.Critical => Risk.High,
        Severity.Error => Risk.Medium,
        _ => Risk.Low,
    };

    /// <summary>One attempt to fill a runbook in. <see cref="Problem"/> is null when the plan is complete.</summary>
    private sealed class Drafting
    {
        private readonly Runbook runbook;
        private readonly DraftCase about;
        private readonly Resolution.Found found;
        private readonly ParameterValues values;
        private readonly AlertName alert;
        private readonly SortedDictionary<string, string> rested = new(StringComparer.Ordinal);
        private readonly List<PlanStep> steps = [];

        public Drafting(Runbook runbook, DraftCase about, Resolution.Found found)
        {
            (this.runbook, this.about, this.found) = (runbook, about, found);
            alert = AlertName.From(about.Kind);
            values = new(found.Target.Name, about.Facts, found.Observations, alert);
            values.Give("target", found.Target.Name);
            values.Give("client", about.Client);
            Problem = runbook.Parameters.Select(values.Find).FirstOrDefault(problem => problem is not null) ?? Fill();
        }

        public string? Problem { get; }

        /// <summary>The observations that were decisive, by <c>{target name} {observation}</c>.</summary>
        public IReadOnlyDictionary<string, string> Rested => rested;

        public RecommendationDrafted Complete(DateTimeOffset now)
        {
            var left = MinutesLeft();
            return new(
                about.Incident.Id, about.Revision, runbook.Drafter,
                runbook.Summary.Fill(Value, Observation), runbook.Analysis.Fill(Value, Observation),
                [.. about.Evidence, .. Told(found), .. Seen(rested)], new Plan(steps), runbook.Risk, null, rested,
                found.Connector.IsSimulation,
                runbook.Target.Kind)
            {
                NotAfter = left is { } minutes
                    ? DateTimeOffset.FromUnixTimeMilliseconds((now + runbook.Until!.For(minutes)).ToUnixTimeMilliseconds())
                    : null,
                NotAfterReason = left is null
                    ? null
                    : ObservationWords.Say(runbook.Until!.Minutes, found.Observations[runbook.Until.Minutes]),
            };
        }

        private decimal? MinutesLeft() =>
            runbook.Until is { } limit && found.Observations.TryGetValue(limit.Minutes, out var text)
            && decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var minutes) ? minutes : null;

        private string? Fill()
        {
            var needs = runbook.Needs.Select(condition => condition.Fill(Value)).ToList();
            var pointless = "";
            foreach (var condition in needs)
            {
                if (Check(condition) is { } problem)
                    return problem;
                if (condition.Holds(found.Observations) == false)
                {
                    var seen = found.Observations[condition.Observation];
                    return $"Not possible now: {ObservationWords.GetSay($"{found.Target.Name} {condition.Observation}", seen)}.";
                }
            }
            foreach (var rule in runbook.Steps)
            {
                var asked = rule.Preconditions.Where(condition => condition.IsFor(alert))
                    .Select(condition => (Rule: condition, Filled: condition.Fill(Value))).ToList();
                var preconditions = asked.ConvertAll(condition => condition.Filled);
                var verifications = rule.Verifications.Select(condition => condition.Fill(Value)).ToList();
                if (preconditions.Concat(verifications).Select(Check).FirstOrDefault(problem => problem is not null) is { } missing)
                    return missing;
                if (asked.Find(condition => condition.Filled.Holds(found.Observations) == false) is { Filled: { } contradicted } one)
                {
                    pointless = $"{DoesNotFit}{one.Rule.Otherwise?.Fill(Value, Observation) ?? Now(contradicted)}.";
                    if (rule.Optional)
                        continue;
                    return pointless;
                }
                if (Step(rule, [.. needs, .. preconditions], verifications) is { } refused)
                    return refused;
            }
            return steps.Count > 0 ? null : pointless;
        }

        private string? Step(StepRule rule, List<Condition> preconditions, List<Condition> verifications)
        {
            var spec = found.Connector.Actions[rule.Action];
            var arguments = rule.Arguments.ToDictionary(pair => pair.Key, pair => pair.Value.Fill(Value));
            if (ActionCalls.ValidationErrors(spec, arguments) is [var error, ..])
                return error;
            steps.Add(new(
                rule.Title.Fill(Value, Observation), rule.Action, found.Target, arguments,
                ActionCalls.Command(spec, found.Target, arguments), rule.Editable, preconditions, verifications, spec.Rollback));
            return null;
        }

        /// <summary>Whether the condition can be told at all; a sentence when not.</summary>
        private string? Check(Condition condition)
        {
            var name = condition.Observation;
            if (!found.Observations.TryGetValue(name, out var seen))
                return $"{found.Target.Name} does not report '{ObservationWords.Label(name)}' ({QuotedText.Short(name)}); it reports "
                    + $"{QuotedText.List(Alike(name))}.";
            rested[$"{found.Target.Name} {name}"] = seen;
            return condition.Holds(found.Observations) is null
                ? $"{found.Target.Name} reports '{ObservationWords.Label(name)}' as '{QuotedText.Short(seen)}', which cannot be held "
                    + $"against '{ObservationWords.Asked(condition)}'."
                : null;
        }

        private IEnumerable<string> Alike(string name)
        {
            var first = name.Split('.')[0] + ".";
            return found.Observations.Keys.Where(key => key.StartsWith(first, StringComparison.OrdinalIgnoreCase))
                .Order(StringComparer.OrdinalIgnoreCase);
        }

        private string Now(Condition condition) =>
            $"on {found.Target.Name} {ObservationWords.Contradicted(condition, found.Observations[condition.Observation])}";

        private string? Value(string name) => values[name];

        private string? Observation(string name) => found.Observations.TryGetValue(name, out var seen) ? QuotedText.Short(seen) : null;
    }
}
