using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Gates;

namespace DevOpsAI.Bot.Cards;

/// <summary>
/// Those who may decide, in a card that mentions them, so that Teams tells each. A mention is made of what Teams itself calls a person of the
/// conversation; whose name cannot stand in one safely, or is not theirs alone, is named without.
/// </summary>
internal sealed class Calls
{
    private const int LongestName = 40;

    private readonly List<(string Name, string? Mri)> people = [];
    private readonly int others;

    /// <param name="here">The people of the conversation.</param>
    public Calls(Deciders deciders, IReadOnlyList<Member> here)
    {
        others = deciders.Others;
        foreach (var (name, id) in deciders.Names.Zip(deciders.Ids))
        {
            var member = here.FirstOrDefault(one => string.Equals(one.ObjectId, id, StringComparison.OrdinalIgnoreCase));
            people.Add((name, member is { Mri.Length: > 0 } && member.Name == name && CanStand(name) && deciders.Names.Count(name.Equals) == 1 ? member.Mri : null));
        }
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

    /// <summary>As <see cref="Deciders.Sentence"/>, in Markdown.</summary>
    public string Markdown
    {
        get
        {
            var names = people.ConvertAll(static one => one.Mri is null ? CardText.Markdown(CardText.Name(one.Name, LongestName)) : $"<at>{one.Name}</at>");
            return (new Deciders([.. names], others)).Sentence;
        }
    }

    private static bool CanStand(string name) =>
        name.Length <= LongestName && CardText.Name(name, LongestName) == name && CardText.Markdown(name) == name;
}
