using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>A page of what is open, with a button that brings each incident's card.</summary>
internal static class PendingCard
{
    public static OutgoingJson Build(PendingView view)
    {
        var headline = view.Count == 0 ? "Nothing is waiting" : $"{view.Count} open";
        List<OutgoingJson> body = [Rich(null, new(headline, Bold: true, Size: "Medium"), new($" for {view.Clients}", 500))];
        if (view.LeftOut is not null)
            body.Add(Rich("Small", new TextRun(view.LeftOut, Tone: Tone.Attention)));
        if (view.IsPartlySimulated)
            body.Add(IncidentLines.PartlySimulated());
        body.AddRange(view.Frozen.Select(static frozen =>
            Rich("Small", new($"{frozen.Client} is frozen: ", Bold: true, Tone: Tone.Attention), new(frozen.Reason, 120))));
        body.AddRange(view.Lines.Select(IncidentLines.WithButton));
        if (view.Pages > 1)
            body.Add(Text($"Page {view.Page + 1} of {view.Pages}", subtle: true));
        return Card.Frame(body, Navigation(view), $"{view.Count} open");
    }

    private static IEnumerable<OutgoingJson> Navigation(PendingView view)
    {
        if (view.Page + 1 < view.Pages)
            yield return Page(view.Page + 1, view.AskedFor, "Next page");
        if (view.Page > 0)
            yield return Page(view.Page - 1, view.AskedFor, "Previous page");
    }

    private static OutgoingJson Page(int page, string? client, string title)
    {
        var data = new OutgoingJson { ["page"] = page };
        Put(data, "client", client);
        return CardActions.Execute(title, Verb.Pending, data);
    }
}
