using DevOpsAI.Gates;

namespace DevOpsAI.Bot.Views;

/// <summary>Somebody who may decide.</summary>
/// <param name="Mri">By which the conversation can tell them; null where it does not know them, or the name is not theirs alone.</param>
public sealed record CalledPerson(string Name, string? Mri);

/// <summary>Those who may decide, to be told each by name.</summary>
/// <param name="Others">How many more there are whose names are not known.</param>
public sealed record Calls(IReadOnlyList<CalledPerson> People, int Others)
{
    /// <summary>Somebody can be told.</summary>
    public bool Any => People.Any(static one => one.Mri is not null);

    /// <param name="here">The people of the conversation.</param>
    public static Calls For(Deciders deciders, IReadOnlyList<KnownPerson> here)
    {
        List<CalledPerson> people = [];
        foreach (var (name, id) in deciders.Names.Zip(deciders.Ids))
        {
            var known = here.FirstOrDefault(one => one.ObjectId == id);
            var isTheirs = known is { Mri.Length: > 0 } && known.Name == name && deciders.Names.Count(name.Equals) == 1;
            people.Add(new(name, isTheirs ? known.Mri : null));
        }
        return new(people, deciders.Others);
    }
}
