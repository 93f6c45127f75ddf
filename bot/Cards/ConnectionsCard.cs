using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>The connections of one or more clients, and how they do.</summary>
internal static class ConnectionsCard
{
    private const int MaxLines = 40;

    public static OutgoingJson Build(IReadOnlyList<ConnectionsView> clients)
    {
        List<OutgoingJson> body = [];
        foreach (var client in clients)
        {
            body.Add(Rich(null, new(CardText.Name(client.Tenant.Name, 60), Bold: true, Size: "Medium"), new(Count(client.Lines.Count))));
            body.AddRange(client.Lines.Take(MaxLines / clients.Count + 1).Select(Line));
        }
        body.Add(Text(
            $"*connect <vendor> <client>* makes one, *connectors health <client>* asks; *enable <action> on <connection>* adds to it.",
            subtle: true));
        return Card.Frame(body, summary: "Connections");
    }

    private static string Count(int count) => count switch
    {
        0 => " has no connection",
        1 => " · 1 connection",
        _ => $" · {count} connections",
    };

    private static OutgoingJson Line(ConnectionLine line)
    {
        var (word, tone, detail) = GetStanding(line);
        List<TextRun> first = [new(line.Connection.Name, 80, Bold: true), new($" · {line.Vendor}", 80, Subtle: true)];
        if (line.IsSimulation)
            first.AddRange([new(" "), new(HeaderSection.SimulationWord, Bold: true, Tone: Tone.Accent)]);
        List<OutgoingJson> rows = [Columns(("stretch", Rich(null, [.. first])), ("auto", Badge(word, tone)))];
        if (detail is not null)
            rows.Add(Rich("None", new TextRun(detail, 400, Tone: tone == Tone.Good ? Tone.Default : tone)));
        if (line.MayDo is { } mayDo)
            rows.Add(Rich("None", new TextRun(MayDo(mayDo), 600, Subtle: true)));
        if (line.SendsEvents)
        {
            rows.Add(line.LastHeard is { } at
                ? Rich("None", new("last event ", Subtle: true), TextRun.At(at, subtle: true))
                : Rich("None", new TextRun("no event yet", Subtle: true)));
        }
        rows.AddRange(VitalsRows.For(line));
        return Container(rows);
    }

    private static string MayDo(EnabledCount mayDo)
    {
        if (mayDo.Lack is { } setting)
            return $"can do none of its {mayDo.All} actions: it has no {setting}";
        if (mayDo.Names.Count == mayDo.All)
            return $"may do all of its {mayDo.All} actions";
        return mayDo.Names.Count == 0
            ? $"reads only: its {mayDo.All} actions are switched off"
            : $"may do {mayDo.Names.Count} of {mayDo.All}: {string.Join(", ", mayDo.Names)}";
    }

    private static (string Word, Tone Tone, string? Detail) GetStanding(ConnectionLine line) => line switch
    {
        { Health: CallOutcome<string>.Done, Due: [var due, ..] } => ("ends soon", Tone.Warning, due.Remedy),
        { Health: CallOutcome<string>.Done(var said) } => ("ok", Tone.Good, said),
        { Health: CallOutcome<string>.Refused refused } => ("refused", Tone.Attention, refused.Reason),
        { Health: CallOutcome<string>.NotDone notDone } => ("not reached", Tone.Warning, notDone.Reason),
        { Health: CallOutcome<string>.Unknown unknown } => ("no answer", Tone.Warning, unknown.Reason),
        { FailingBecause: { } why } => ("failing", Tone.Attention, why),
        { IsStale: true } => ("silent", Tone.Warning, (string?)null),
        _ => ("in use", Tone.Default, null),
    };
}
