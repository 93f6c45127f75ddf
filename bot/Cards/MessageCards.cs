using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>Short answers that are about no single incident.</summary>
public static class MessageCards
{
    public static OutgoingJson Help(HelpView help, bool everybodyIsAdministrator) => Card.Frame(
        [
            Text($"**What you can say**", size: "Medium"),
            Text($"In a channel, mention the bot first. Decisions are taken with the buttons of a card.", subtle: true, spacing: "Small"),
            Lines(help.Commands),
            Text($"**What you can ask**", size: "Medium"),
            Text($"In these words, with your own clients, devices and numbers; nothing is done by asking.", subtle: true, spacing: "Small"),
            Lines(help.Questions),
            .. LocalMode(everybodyIsAdministrator),
        ],
        summary: "What you can say");

    public static OutgoingJson Welcome(bool inChannel, bool everybodyIsAdministrator) => Card.Frame(
        [
            Text($"**I turn alerts into one decision each**", size: "Medium"),
            inChannel
                ? Text($"Say **link** and a client here, as in *link contoso*, and that client's cards are posted in this conversation.")
                : Text($"Ask me what is waiting with **pending**, or say **help**. In a channel, *link contoso* makes me post that "
                    + $"client's cards there."),
            Text($"Nothing of a client runs without the right that its policy asks for, and every decision is on the record.",
                subtle: true),
            .. LocalMode(everybodyIsAdministrator),
        ],
        summary: "DevOps AI Bot is here");

    /// <summary>A word that is no command, with those that were probably meant.</summary>
    public static OutgoingJson NotUnderstood(string said, IReadOnlyList<string> nearest, HelpView help) => Card.Frame(
        [
            Rich(null, new("I do not understand "), new($"“{CardText.Plain(said, 120)}”", 140, Bold: true), new(".")),
            nearest.Count > 0
                ? Rich("Small", new("Did you mean "), new(string.Join(", or ", nearest), 200, Mono: true), new("?"))
                : Rich("Small", new TextRun("These are the words I know:")),
            .. nearest.Count > 0 ? [Text($"**help** lists everything.", subtle: true)] : new[] { Lines(help.Commands) },
        ],
        summary: "I do not understand");

    /// <summary>A question without an answer, and how those are asked that have one.</summary>
    internal static OutgoingJson NotKnown(string message, HelpView help) => Card.Frame(
        [
            Container(
                [
                    Rich(null, new TextRun(message, 300, Bold: true)),
                    Rich("Small", new("You can ask: "),
                        new(string.Join("  ", help.Questions.Select(static line => line.Say)), 500, Mono: true)),
                    Text($"**help** lists everything.", subtle: true),
                ],
                Tone.Warning),
        ],
        summary: CardText.Plain(message, 120));

    /// <summary>A sentence or two for the person: a refusal, a missing word, or what was done. The detail may be outside text.</summary>
    public static OutgoingJson Notice(string message, bool good = false, string? detail = null, CorrelationId? correlation = null) =>
        Notice(message, good ? Tone.Good : Tone.Warning, detail, correlation);

    internal static OutgoingJson Notice(string message, Tone tone, string? detail = null, CorrelationId? correlation = null) => Card.Frame(
        [
            Container(
                [
                    Rich(null, new TextRun(message, 600, Bold: true)),
                    .. Optional(detail is null ? null : Rich("Small", new TextRun(detail, 800))),
                    .. Optional(correlation is null
                        ? null
                        : Rich("Small", new TextRun($"Correlation id {correlation}", Subtle: true, Mono: true, Size: "Small"))),
                ],
                tone),
        ],
        summary: CardText.Plain(message, 120));

    /// <summary>A signed note, whole, so that it can be copied into a file and given to <c>ledger verify --checkpoint</c>.</summary>
    public static OutgoingJson Checkpoint(Tenant tenant, SignedCheckpoint newest) => Card.Frame(
        [
            Rich(null, new("Checkpoint of "), new(CardText.Name(tenant.Name, 60), 80, Bold: true),
                new($", {newest.Checkpoint.Size} entries")),
            .. Note(newest),
        ],
        summary: $"Checkpoint of {CardText.Name(tenant.Name, 60)}");

    internal static IEnumerable<OutgoingJson> Note(SignedCheckpoint newest) =>
    [
        Container([Rich(null, new TextRun(newest.ToString(), 6_000, Mono: true, Lines: true, Size: "Small"))], emphasis: true),
        Text($"Saved as a file it is what **ledger verify --checkpoint** holds the ledger against: nothing before it can be changed "
            + $"unseen.", subtle: true),
    ];

    public static OutgoingJson WhoAmI(Person person, IReadOnlyList<(Tenant Tenant, IReadOnlyCollection<Role> Roles)> roles,
        bool everybodyIsAdministrator) => Card.Frame(
        [
            Rich(null, new("You are "), new(CardText.Name(person.Name), 200, Bold: true)),
            Rich("None", new TextRun($"Entra object id {person.ObjectId}", 200, Mono: true, Subtle: true, Size: "Small")),
            roles.Count == 0
                ? Text($"You have no role for any client. An administrator can give you one: *assign technician contoso @you*.")
                : Facts(roles.Take(60)
                    .Select(held =>
                        Fact(CardText.Name(held.Tenant.Name, 60),
                            $"{string.Join(", ", held.Roles.Order().Select(role => role.ToString().ToLowerInvariant()))}"))),
            .. LocalMode(everybodyIsAdministrator),
        ],
        summary: "Who you are to the bot");

    private static IEnumerable<OutgoingJson> LocalMode(bool everybodyIsAdministrator) =>
        everybodyIsAdministrator ? [Rich("Small", new TextRun(HeaderSection.LocalModeLabel, Subtle: true))] : [];

    private static IEnumerable<OutgoingJson> Optional(OutgoingJson? element) => element is null ? [] : [element];

    private static OutgoingJson Lines(IEnumerable<HelpLine> lines) => Container(
        lines.Select(static line => Rich("None", new(line.Say, Mono: true, Bold: true), new(" – " + line.Meaning))));
}
