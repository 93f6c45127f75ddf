using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Proposals;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>What happened, where, whose and how bad; and what holds everything up.</summary>
internal static class HeaderSection
{
    public const string SimulationLabel = "SIMULATION – Sandbox, nothing real is touched";
    public const string SimulationWord = "SIMULATION";
    public const string PartlySimulationWord = "partly SIMULATION";
    public const string LocalModeLabel = "Local mode: everybody is administrator";
    private const int Unbounded = int.MaxValue;

    public static IEnumerable<OutgoingJson> For(IncidentView view, Measure measure)
    {
        foreach (var part in Notice(view, measure).Append(Title(view, measure)).Concat(Holding(view, measure)))
            yield return part;
        if (view.Incident.Opened.Scope != IncidentScope.One)
            yield return Rich("Small", new TextRun(Storm(view.Incident, measure), Unbounded));
    }

    /// <summary>What whoever pressed is told; nothing where there is nothing to tell.</summary>
    public static IEnumerable<OutgoingJson> Notice(ProposalView view, Measure measure)
    {
        if (view.Notice is not null)
            yield return Container([Rich(null, new TextRun(view.Notice, measure.Long, Bold: true))], Tone.Accent);
    }

    /// <summary>What keeps it from going on, or is owed for it: freezes, the kill switch, a broken glass.</summary>
    public static IEnumerable<OutgoingJson> Holding(ProposalView view, Measure measure)
    {
        if (view.CanBeFrozen)
        {
            foreach (var frozen in Frozen(view, measure))
                yield return frozen;
        }
        foreach (var broken in view.Proposal.BrokenGlasses.Where(broken => !broken.IsConfirmed))
            yield return Glass(broken, measure);
    }

    private static IEnumerable<OutgoingJson> Frozen(ProposalView view, Measure measure)
    {
        if (view.SwitchedOff is { } off)
        {
            yield return Container(
                [
                    Rich(null, new TextRun("The kill switch is on", Bold: true)),
                    Rich("None", new("Since "), TextRun.At(off.Since), new(" nothing of this client is drafted, approved or runs.")),
                ],
                Tone.Attention);
        }
        if (view.Freeze is { } freeze)
        {
            var what = freeze.Cause == FreezeCause.Everything ? "Everything is frozen" : "Frozen";
            yield return Container(
                [
                    Rich(null, new($"{what} by {CardText.Name(Labels.Who(freeze.By))}: ", Bold: true), new(freeze.Reason, measure.Long)),
                    Rich("None", new("Since "), TextRun.At(freeze.At), new(" nothing is approved or runs.")),
                ],
                Tone.Attention);
        }
        if (view.PlannedFreeze is { } planned)
        {
            yield return Container(
                [
                    Rich(null, new("Frozen as planned: ", Bold: true), new(planned.Name, measure.Long)),
                    Rich("None", new("Until "), TextRun.At(planned.During.Ends), new(" nothing is approved or runs.")),
                ],
                Tone.Attention);
        }
    }

    private static OutgoingJson Glass(BrokenGlass broken, Measure measure) => Container(
        [
            Rich(
                null,
                [
                    new("Glass broken", Bold: true),
                    .. Runs($" by {CardText.Name(Labels.Who(broken.By))}, {broken.At}: approved alone, at once. "),
                    new($"Reason: {broken.Reason}", measure.Long),
                ]),
            Rich("Small", [.. Runs(
                $"{broken.Missing} more to confirm until {broken.Owed.DueAt}{(broken.Escalation is { } why ? $". Escalated: {why}" : ".")}",
                new(null, measure.Long, Bold: true))]),
        ],
        Tone.Attention);

    /// <summary>How bad, what, on which device, of which client; and that it is a simulation, where nobody can miss it.</summary>
    private static OutgoingJson Title(IncidentView view, Measure measure)
    {
        var incident = view.Incident;
        List<TextRun> first =
        [
            new(incident.Id.Value, Bold: true, Subtle: true), new(" "),
            new(incident.Severity.ToString(), Bold: true, Tone: Labels.For(incident.Severity)),
        ];
        if (incident.Simulated)
            first.AddRange([new(" "), new(IsPartly(incident) ? PartlySimulationWord : SimulationWord, Bold: true, Tone: Tone.Accent)]);
        var where = Where(incident, view.Plan, measure) is { } device ? $" · {device}" : "";
        return Container(
            [
                Columns(("stretch", Rich(null, [.. first])), ("auto", Badge(Labels.Badge(view), view.Standing.Tone))),
                Rich(
                    "Small",
                    new(incident.Title, measure.Title, Bold: true, Size: "Large"),
                    new($"{where} · {CardText.Name(view.Tenant.Name, measure.Short)}", Unbounded, Subtle: true)),
            ],
            Labels.For(incident).Tone);
    }

    /// <summary>
    /// The device beside the title, as the vendor knows it; null where the title names it in letters that cannot be mistaken.
    /// </summary>
    private static string? Where(Incident incident, Plan plan, Measure measure)
    {
        if (incident.Opened.Scope != IncidentScope.One || incident.Opened.Device is not { Length: > 0 } said)
            return null;
        var known = plan.Steps.Select(step => step.Target.Name).FirstOrDefault(name => IsShortFor(name, said)) ?? said;
        return NameSearch.Names(CardText.Plain(incident.Title, measure.Title), known) ? null : CardText.Name(known, measure.Short);
    }

    private static bool IsShortFor(string name, string said) =>
        name.Length > 0 && said.StartsWith(name, StringComparison.OrdinalIgnoreCase)
            && (said.Length == name.Length || said[name.Length] == '.');

    public static OutgoingJson? Identifiers(ProposalView view)
    {
        List<TextRun> runs = [];
        if (Simulation(view) is { } simulated)
            runs.Add(new(simulated, Bold: true, Tone: Tone.Accent));
        if (view.EverybodyIsAdministrator)
            runs.Add(new((runs.Count > 0 ? " · " : "") + LocalModeLabel, Subtle: true));
        return runs.Count == 0 ? null : Rich("Small", [.. runs]);
    }

    private static string? Simulation(ProposalView view) => view switch
    {
        IncidentView { Incident: { Simulated: true } incident } => Simulation(incident),
        SubjectCardView { Proposal.Simulated: true } => SimulationLabel,
        _ => null,
    };

    /// <summary>What is said of a simulated incident; of a storm that has real parts too, only that some of it is.</summary>
    public static string Simulation(Incident incident) =>
        IsPartly(incident) ? "Parts of it are SIMULATION (Sandbox); they say so" : SimulationLabel;

    private static bool IsPartly(Incident incident) => incident is { Opened.Scope: not IncidentScope.One, IsPartlySimulated: true };

    private static string Storm(Incident incident, Measure measure)
    {
        var scope = incident.Opened.Scope == IncidentScope.Cause ? "one cause" : "the whole client";
        var users = incident.Parts.ByKey.Values.Where(static part => part.IsUser).Select(static part => part.Device)
            .Distinct(StringComparer.OrdinalIgnoreCase).Count();
        string[] where = [.. Things(incident.Devices.Count - users, "device"), .. Things(users, "user")];
        return CardText.Plain(
            $"{Labels.Events(incident.EventCount)} of {scope}{(where.Length > 0 ? " on " : "")}{string.Join(" and ", where)}",
            measure.Long);
    }

    private static IEnumerable<string> Things(int count, string thing)
    {
        if (count > 0)
            yield return $"{count} {thing}{(count == 1 ? "" : "s")}";
    }
}
