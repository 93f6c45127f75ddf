using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Tenancy;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>What the form for a connection shows.</summary>
/// <param name="Values">What its fields hold; never a secret.</param>
/// <param name="Actions">Names of the actions that are ticked.</param>
/// <param name="KnownSecrets">Secrets that are kept already, so that their fields may stay empty.</param>
/// <param name="Problem">Why it was not taken as it was; null before anything was tried.</param>
internal sealed record ConnectionFormView(
    Tenant Tenant, ConnectorDescription Connector, IReadOnlyDictionary<string, string> Values, IReadOnlyList<string> Actions,
    IReadOnlySet<string> KnownSecrets, string? Problem = null);

/// <summary>A form with a field for each setting of a connector.</summary>
internal static class ConnectionForm
{
    /// <summary>Followed by the setting's name.</summary>
    public const string FieldPrefix = "setting:";

    public const string Connector = "connector";
    public const string Tenant = "tenant";

    /// <summary>What the connection may do.</summary>
    public const string ActionsField = FieldPrefix + EnabledActions.Setting;

    private const string ActionsLabel = "What it may do (each can be asked for later); nothing else is ever done";
    private const int MaxTextLength = 300;
    private const int MaxSecretLength = 3_999;
    private const string Secrecy = "Secrets go into the bot's own store, encrypted: no card, log or record shows them. Somebody else "
        + "approves the connection before it is used.";

    public static OutgoingJson Build(ConnectionFormView view)
    {
        var title = $"{CardText.Name(view.Connector.Title, 60)} for {CardText.Name(view.Tenant.Name, 60)}";
        List<OutgoingJson> body = [Rich(null, new TextRun($"Connect {title}", Bold: true, Size: "Large"))];
        if (view.Problem is { } problem)
            body.Add(Container(problem.Split('\n').Select(static line => Rich("None", new TextRun(line, 500))), Tone.Attention));
        body.Add(Rich("Small", new TextRun(Secrecy, Subtle: true)));
        body.AddRange(view.Connector.Settings.Select(setting => Field(setting, view)));
        if (view.Connector.Actions.Count > 0)
            body.Add(CardActions.Choices(ActionsField, ActionsLabel, view.Actions, view.Connector.Actions.Select(Choice)));
        var data = new OutgoingJson { [Tenant] = view.Tenant.Id.Value, [Connector] = view.Connector.Name };
        return Card.Frame(body, [CardActions.Execute("Ask for approval", Verb.Connect, data, "positive")], $"Connect {title}");
    }

    private static (string Title, string Value) Choice(ActionSpec action) =>
        ($"{action.Title} ({action.Name}; {WayBack.For(action, action.Rollback is not null)})", action.Name);

    private static OutgoingJson Field(SettingDescription setting, ConnectionFormView view)
    {
        var id = FieldPrefix + setting.Name;
        var label = Label(setting);
        var value = view.Values.GetValueOrDefault(setting.Name);
        if (setting.Choices.Count > 0)
        {
            return CardActions.Choice(
                id, label, value ?? setting.Choices[0], [.. setting.Choices.Select(static choice => (choice, choice))]);
        }
        var isKept = setting.IsSecret && view.KnownSecrets.Contains(setting.Name);
        var input = CardActions.Input(
            id, label, setting.IsSecret ? MaxSecretLength : MaxTextLength, setting.IsRequired && !isKept,
            value: value is null || setting.IsSecret ? null : CardText.Plain(value, MaxTextLength, exact: true));
        if (setting.IsSecret)
            input["style"] = "Password";
        Put(input, "placeholder", Placeholder(setting, isKept));
        return input;
    }

    private static string Label(SettingDescription setting)
    {
        var title = char.ToUpperInvariant(setting.Title[0]) + setting.Title[1..];
        return setting.IsRequired ? title : $"{title} (may be left out)";
    }

    private static string? Placeholder(SettingDescription setting, bool isKept)
    {
        if (isKept)
            return "leave empty to keep the one that is in use";
        return setting is { IsSecret: false, Example: { } example } ? $"as in {example}" : null;
    }
}
