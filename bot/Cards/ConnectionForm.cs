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

/// <summary>What the dialog for a connection holds: a field for each setting of the connector.</summary>
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

    /// <summary>As plain text.</summary>
    public static string GetTitle(ConnectionFormView view) =>
        $"Connect {CardText.Name(view.Connector.Title, 60)} for {CardText.Name(view.Tenant.Name, 60)}";

    public static OutgoingJson Build(ConnectionFormView view)
    {
        List<OutgoingJson> body = [];
        if (view.Problem is { } problem)
            body.Add(GetProblem(problem));
        body.Add(Rich("Small", new TextRun(Secrecy, Subtle: true)));
        body.AddRange(view.Connector.Settings.Select(setting => Field(setting, view)));
        if (view.Connector.Actions.Count > 0)
            body.Add(CardActions.Choices(ActionsField, ActionsLabel, view.Actions, view.Connector.Actions.Select(Choice)));
        return Card.Frame(
            body, [CardActions.Submit("Ask for approval", Verb.Connect, GetData(view), "positive")], GetTitle(view));
    }

    /// <summary>Which form it is.</summary>
    public static OutgoingJson GetData(ConnectionFormView view) =>
        new() { [Tenant] = view.Tenant.Id.Value, [Connector] = view.Connector.Name };

    /// <summary>What a field shows of a value, which never is a secret's.</summary>
    public static string GetShown(string value) => CardText.Plain(value, MaxTextLength, exact: true);

    /// <summary>Why it was not taken, a line for each reason.</summary>
    public static OutgoingJson GetProblem(string problem) =>
        Container(problem.Split('\n').Select(static line => Rich("None", new TextRun(line, 500))), Tone.Attention);

    public static string GetTitle(SettingDescription setting) => char.ToUpperInvariant(setting.Title[0]) + setting.Title[1..];

    private static (string Title, string Value) Choice(ActionSpec action) =>
        ($"{action.Title} ({action.Name}; {WayBack.For(action, action.Rollback is not null)})", action.Name);

    private static OutgoingJson Field(SettingDescription setting, ConnectionFormView view)
    {
        var id = FieldPrefix + setting.Name;
        var label = setting.IsRequired ? GetTitle(setting) : $"{GetTitle(setting)} (may be left out)";
        var value = view.Values.GetValueOrDefault(setting.Name);
        if (setting.Choices.Count > 0)
        {
            return CardActions.Choice(
                id, label, value ?? setting.Choices[0], [.. setting.Choices.Select(static choice => (choice, choice))]);
        }
        var isKept = setting.IsSecret && view.KnownSecrets.Contains(setting.Name);
        var input = CardActions.Input(
            id, label, setting.IsSecret ? MaxSecretLength : MaxTextLength, setting.IsRequired && !isKept,
            value: value is null || setting.IsSecret ? null : GetShown(value));
        if (setting.IsSecret)
            input["style"] = "Password";
        Put(input, "placeholder", Placeholder(setting, isKept));
        return input;
    }

    private static string? Placeholder(SettingDescription setting, bool isKept)
    {
        if (isKept)
            return "leave empty to keep the one that is in use";
        return setting is { IsSecret: false, Example: { } example } ? $"as in {example}" : null;
    }
}
