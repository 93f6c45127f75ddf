using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Connectors.Toolkit;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>The answer to <c>connect</c>: which vendor and client, what is asked for, and the button that opens the dialog.</summary>
internal static class ConnectCard
{
    /// <param name="view">
    /// Without a problem as it is asked for first. With one, what was typed comes back when the dialog is opened, but for secrets.
    /// </param>
    public static OutgoingJson Build(ConnectionFormView view)
    {
        var title = ConnectionForm.GetTitle(view);
        List<OutgoingJson> body = [Rich(null, new TextRun(title, Bold: true, Size: "Large"))];
        if (view.Problem is { } problem)
            body.Add(ConnectionForm.GetProblem(problem));
        body.Add(Rich("Medium", new TextRun("You are asked for", Bold: true)));
        body.AddRange(view.Connector.Settings.Where(static one => one.IsRequired).Select(static one => Rich("None", [.. Named(one)])));
        if (view.Connector.Actions.Count > 0)
            body.Add(Rich("None", new TextRun($"What it may do: {view.Connector.Actions.Count} actions to choose from")));
        List<TextRun> optional = [.. view.Connector.Settings.Where(static one => !one.IsRequired).SelectMany(static one =>
            Named(one).Prepend(new("; ")))];
        if (optional.Count > 0)
            body.Add(Rich("Small", [new("May be left out: ", Subtle: true), .. optional[1..]]));
        body.Add(Rich("Small", new TextRun("Somebody else approves the connection before it is used.", Subtle: true)));
        var button = CardActions.OpenDialog(view.Problem is null ? "Fill in" : "Fill in again", Verb.Connect, GetData(view), "positive");
        return Card.Frame(body, [button], title);
    }

    private static IEnumerable<TextRun> Named(SettingDescription setting) =>
        [new(ConnectionForm.GetTitle(setting)), .. setting.IsSecret ? new[] { new TextRun(" · secret", Subtle: true) } : []];

    private static OutgoingJson GetData(ConnectionFormView view)
    {
        var data = ConnectionForm.GetData(view);
        if (view.Problem is null)
            return data;
        foreach (var setting in view.Connector.Settings.Where(static one => !one.IsSecret))
        {
            if (view.Values.TryGetValue(setting.Name, out var value))
                data[ConnectionForm.FieldPrefix + setting.Name] = ConnectionForm.GetShown(value);
        }
        data[ConnectionForm.ActionsField] = string.Join(',', view.Actions);
        return data;
    }
}
