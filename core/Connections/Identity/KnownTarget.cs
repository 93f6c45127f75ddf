using System.Collections.Immutable;

namespace DevOpsAI.Connections.Identity;

/// <summary>One record of a device or user: how one connection's vendor knows it.</summary>
/// <param name="Connector">Of the target's connection: other systems name this record by connector and id.</param>
/// <param name="Identifiers">What the vendor tells of it, its name included. Its own id is in <see cref="Own"/> alone.</param>
public sealed record KnownTarget(Target Target, string Connector, ImmutableHashSet<Identifier> Identifiers)
{
    /// <summary>How another system would name this record; null when its id says nothing.</summary>
    public Identifier? Own { get; } = Identity.Identifiers.ForVendor(Connector, Target.Id);

    /// <summary>For a sentence, as in <c>7 in contoso-ninjaone (serial number CZC1234ABC)</c>.</summary>
    public override string ToString()
    {
        var told = Identifiers.Where(static one => one.Strength == IdentifierStrength.Strong).OrderByDescending(static one => one.Kind)
            .ThenBy(static one => one.Value, StringComparer.Ordinal).Take(2).Select(static one => one.ToString());
        return string.Join(", ", told) is { Length: > 0 } text
            ? $"{Target.Id} in {Target.Connection} ({text})"
            : $"{Target.Id} in {Target.Connection}";
    }
}

/// <summary>What two records say of one another.</summary>
public enum Likeness
{
    /// <summary>They have nothing in common.</summary>
    Unrelated,

    /// <summary>Only their name is the same.</summary>
    ByName,

    Same,

    /// <summary>Something that stays with a thing is different.</summary>
    Different,

    /// <summary>Of what stays with a thing some is the same and some is different.</summary>
    Contradictory,
}

/// <summary>What two records say of one another, and the strongest that both have.</summary>
/// <param name="Because">The identifier that they share; null when they share none, and where they are different.</param>
public readonly record struct Comparison(Likeness Likeness, Identifier? Because)
{
    /// <summary>Compares two records. The order does not matter. Pure.</summary>
    public static Comparison Compare(KnownTarget one, KnownTarget other)
    {
        if (one.Target.Connection == other.Target.Connection)
            return new(one.Target.Id == other.Target.Id ? Likeness.Same : Likeness.Different, null);
        var shared = Shared(one, other).OrderByDescending(static identifier => identifier.Kind)
            .ThenBy(static identifier => identifier.Value, StringComparer.Ordinal).FirstOrDefault();
        var isOther = Disagree(one, other);
        if (shared is { Strength: IdentifierStrength.Strong })
            return isOther ? new(Likeness.Contradictory, shared) : new(Likeness.Same, shared);
        if (isOther)
            return new(Likeness.Different, null);
        return shared?.Strength switch
        {
            IdentifierStrength.Medium => new(Likeness.Same, shared),
            IdentifierStrength.Weak => new(Likeness.ByName, shared),
            _ => new(Likeness.Unrelated, null),
        };
    }

    private static IEnumerable<Identifier> Shared(KnownTarget one, KnownTarget other)
    {
        var shared = one.Identifiers.Intersect(other.Identifiers).AsEnumerable();
        if (one.Own is { } first && other.Identifiers.Contains(first))
            shared = shared.Append(first);
        if (other.Own is { } second && one.Identifiers.Contains(second))
            shared = shared.Append(second);
        return shared;
    }

    private static bool Disagree(KnownTarget one, KnownTarget other) =>
        Differ(one, other, IdentifierKind.Serial) || Differ(one, other, IdentifierKind.EntraId)
        || Differ(one, other, IdentifierKind.UserPrincipalName)
        || NamesAnother(one, other) || NamesAnother(other, one);

    /// <summary>Both have some of the kind, and none of them is the same.</summary>
    private static bool Differ(KnownTarget one, KnownTarget other, IdentifierKind kind)
    {
        var (first, second) = (OfKind(one, kind), OfKind(other, kind));
        return first.Count > 0 && second.Count > 0 && !first.Overlaps(second);
    }

    /// <summary>It says which record of the other's vendor it is, and that is another than this.</summary>
    private static bool NamesAnother(KnownTarget one, KnownTarget other)
    {
        var prefix = $"{other.Connector.ToLowerInvariant()}:";
        var named = OfKind(one, IdentifierKind.VendorId).Where(id => id.Value.StartsWith(prefix, StringComparison.Ordinal)).ToHashSet();
        return named.Count > 0 && (other.Own is null || !named.Contains(other.Own));
    }

    private static HashSet<Identifier> OfKind(KnownTarget one, IdentifierKind kind) =>
        [.. one.Identifiers.Where(identifier => identifier.Kind == kind)];
}
