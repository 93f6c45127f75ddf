using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;

namespace DevOpsAI.Bot.Cards;

/// <summary>
/// Those who may decide, in a card that mentions them, so that Teams tells each. A mention is made of what Teams itself calls a person of
/// the conversation; a person whose name cannot stand in one safely is named without.
/// </summary>
internal sealed class CardMentions
{
    private const int MaxName = 40;

    private readonly List<CalledPerson> people;
    private readonly int others;

    public CardMentions(Calls calls)
    {
        people = [.. calls.People.Select(static one => CanStand(one.Name) ? one : one with { Mri = null })];
        others = calls.Others;
    }

    /// <summary>Somebody is mentioned.</summary>
    public bool Any => people.Exists(static one => one.Mri is not null);

    /// <summary>What tells Teams whom the text means.</summary>
    public IEnumerable<OutgoingJson> Entities => people.Where(static one => one.Mri is not null).Select(static one => new OutgoingJson
    {
        ["type"] = "mention",
        ["text"] = $"<at>{one.Name}</at>",
        ["mentioned"] = new OutgoingJson { ["id"] = one.Mri!, ["name"] = one.Name },
    });

    /// <summary>As <see cref="Deciders.Message"/>, in Markdown.</summary>
    public string Markdown
    {
        get
        {
            var names = people.ConvertAll(
                static one => one.Mri is null ? CardText.Markdown(CardText.Name(one.Name, MaxName)) : $"<at>{one.Name}</at>");
            return new Deciders([.. names], others).Message;
        }
    }

    /// <summary>Null where the view calls nobody whom a card can mention.</summary>
    public static CardMentions? In(ProposalView view) =>
        view.Calls is { } calls && new CardMentions(calls) is { Any: true } mentions ? mentions : null;

    /// <summary>Tells Teams whom the terms on the card call, if anybody.</summary>
    public static void Put(OutgoingJson card, ProposalView view, OutgoingJson? terms)
    {
        // Nothing of outside can look like a mention: its "<" is escaped.
        if (In(view) is { } mentions && terms?["text"].Text?.Contains("<at>", StringComparison.Ordinal) == true)
            Card.Mention(card, mentions.Entities);
    }

    private static bool CanStand(string name) =>
        name.Length <= MaxName && CardText.Name(name, MaxName) == name && CardText.Markdown(name) == name;
}
