using System.Collections.Immutable;

namespace DevOpsAI.Connections.Identity;

/// <summary>Records that are one device or user, and what says so.</summary>
/// <param name="Records">In order of their connections.</param>
/// <param name="Evidence">A sentence for every record but the first; empty where there is only one.</param>
/// <param name="IsByNameAlone">Some of it is joined by nothing but the name.</param>
public sealed record KnownThing(ImmutableArray<KnownTarget> Records, ImmutableArray<string> Evidence, bool IsByNameAlone)
{
    /// <summary>A person said that it is one.</summary>
    public bool IsConfirmed { get; init; }

    public KnownTarget? In(string connection) => Records.FirstOrDefault(record => record.Target.Connection == connection);
}

/// <summary>
/// Which records, found under one name over a tenant's connections, are one device or user. Strong identifiers join and part; the name
/// alone joins only where nothing parts any of those that have it. The order of the records does not matter. Pure.
/// </summary>
public sealed class IdentityMap
{
    private readonly ImmutableArray<KnownTarget> records;
    private readonly Comparison[,] compared;

    private IdentityMap(IEnumerable<KnownTarget> found)
    {
        records =
        [
            .. found.DistinctBy(static one => (one.Target.Connection, one.Target.Id))
                .OrderBy(static one => one.Target.Connection, StringComparer.Ordinal)
                .ThenBy(static one => one.Target.Id, StringComparer.Ordinal),
        ];
        compared = new Comparison[records.Length, records.Length];
        for (var i = 0; i < records.Length; i++)
        {
            for (var j = 0; j < records.Length; j++)
                compared[i, j] = Comparison.Compare(records[i], records[j]);
        }
    }

    /// <summary>Each device or user that the records are of, in order of their first records.</summary>
    /// <param name="confirmation">
    /// What a person said of the name: the records that it covers are one, with those that are the same as one of them; what else has the
    /// name is not meant. It does not count where none of its records is there, or one of them is another device by now.
    /// </param>
    public static ImmutableArray<KnownThing> Group(IEnumerable<KnownTarget> records, Confirmation? confirmation = null)
    {
        var map = new IdentityMap(records);
        return confirmation is not null && map.FindConfirmed(confirmation) is { } confirmed
            ? [map.Describe(confirmed, confirmation)]
            : [.. map.JoinByName(map.JoinBySameness()).Select(map.Describe)];
    }

    private List<int>? FindConfirmed(Confirmation confirmation)
    {
        List<int> covered = [.. Enumerable.Range(0, records.Length).Where(one => confirmation.Covers(records[one]))];
        if (covered.Count == 0 || confirmation.FindChanged(records) is not null)
            return null;
        var joined = Enumerable.Range(0, records.Length).Except(covered).Where(
            other => covered.Exists(one => compared[one, other].Likeness == Likeness.Same) && AreJoinable([other], covered));
        return [.. covered.Concat(joined).Order()];
    }

    /// <summary>
    /// The parts that are the same by what stays with a thing. A part that holds two that are different, or that contradict each other, is
    /// none: each of its records stands alone, and a person has to say.
    /// </summary>
    private List<List<int>> JoinBySameness()
    {
        var parts = new List<List<int>>();
        foreach (var part in Connected())
        {
            if (AreJoinable(part, part))
                parts.Add(part);
            else
                parts.AddRange(part.Select(static one => new List<int> { one }));
        }
        return [.. parts.OrderBy(static part => part[0])];
    }

    private IEnumerable<List<int>> Connected()
    {
        var left = Enumerable.Range(0, records.Length).ToHashSet();
        for (var first = 0; first < records.Length; first++)
        {
            if (!left.Remove(first))
                continue;
            List<int> part = [first];
            for (var at = 0; at < part.Count; at++)
            {
                var reached = left.Where(other => compared[part[at], other].Likeness == Likeness.Same).Order().ToList();
                part.AddRange(reached);
                left.ExceptWith(reached);
            }
            part.Sort();
            yield return part;
        }
    }

    /// <summary>All parts of a name are one, unless anything parts two of them: then nothing says to which the others belong.</summary>
    private List<List<int>> JoinByName(List<List<int>> parts)
    {
        if (parts.Count < 2)
            return parts;
        foreach (var one in parts)
        {
            if (parts.Any(other => !ReferenceEquals(one, other) && !AreJoinable(one, other)))
                return parts;
        }
        var isNamed = parts.All(
            one => parts.TrueForAll(
                other => ReferenceEquals(one, other)
                    || one.Exists(first => other.Exists(second => compared[first, second].Likeness == Likeness.ByName))));
        return isNamed ? [[.. parts.SelectMany(static part => part).Order()]] : parts;
    }

    private bool AreJoinable(List<int> one, List<int> other) =>
        one.TrueForAll(first => other.TrueForAll(second => first == second || compared[first, second].Likeness switch
        {
            Likeness.Different or Likeness.Contradictory => false,
            _ => true,
        }));

    private KnownThing Describe(List<int> part, Confirmation confirmation)
    {
        var thing = Describe(part);
        return thing with
        {
            Evidence = [$"{confirmation.By} said which one is meant (entry {confirmation.Seq}).", .. thing.Evidence],
            IsByNameAlone = false,
            IsConfirmed = true,
        };
    }

    private KnownThing Describe(List<int> part)
    {
        var evidence = new List<string>();
        var byName = false;
        // In the order in which each is reached by the strongest that it shares with those before it.
        HashSet<int> told = [part[0]];
        while (told.Count < part.Count)
        {
            var (next, because, from) = part.Where(one => !told.Contains(one))
                .SelectMany(one => told.Select(before => (One: one, compared[one, before].Because, From: before)))
                .OrderByDescending(static pair => pair.Because?.Strength).ThenByDescending(static pair => pair.Because?.Kind)
                .ThenBy(static pair => pair.One).ThenBy(static pair => pair.From).First();
            var isByName = because is null or { Kind: IdentifierKind.Name };
            byName |= isByName;
            told.Add(next);
            var how = isByName ? "by its name alone" : $"by the same {because}";
            evidence.Add($"{Say(records[next])} is the {records[from].Target.Kind} {Say(records[from])}, {how}.");
        }
        return new([.. part.Select(one => records[one])], [.. evidence], byName);
    }

    private static string Say(KnownTarget record) => $"{record.Target.Id} in {record.Target.Connection}";
}
