using System.Collections.Immutable;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>Who may decide about a proposal at one instant, by name as far as names are known. Names are outside text.</summary>
/// <param name="Names">At most <see cref="Max"/>, in order of the alphabet.</param>
/// <param name="Others">How many more may decide, among them those whose names nobody knows.</param>
/// <param name="Everybody">Everybody who is there may.</param>
public sealed record Deciders(ImmutableArray<string> Names, int Others, bool Everybody = false)
{
    public const int Max = 3;

    /// <summary>Who <see cref="Names"/> are, in the same order.</summary>
    public ImmutableArray<PersonId> Ids { get; init; } = [];

    /// <summary>What <see cref="Message"/> says where there is none.</summary>
    public const string Nobody = "nobody who is there now";

    /// <summary>"Ada, Ben and 2 others"; "nobody who is there now" when there is none.</summary>
    public string Message
    {
        get
        {
            if (Everybody)
                return "everybody here";
            if (Names.IsEmpty)
                return Unnamed(Others);
            if (Others > 0)
                return $"{string.Join(", ", Names)} and {(Others == 1 ? "1 other" : $"{Others} others")}";
            return Names.Length == 1 ? Names[0] : $"{string.Join(", ", Names[..^1])} or {Names[^1]}";
        }
    }

    /// <summary>Asks about everybody with a role and everybody who stands in for somebody. Who is absent is left out. Pure.</summary>
    /// <param name="nameOf">What people call a person; null when it is not known.</param>
    public static Deciders Create(TenantState state, Proposal proposal, IAccess access, Func<PersonId, string?> nameOf, DateTimeOffset now)
    {
        if (access.EverybodyIsAdministrator)
            return new([], 0, Everybody: true);
        var deputies = state.Absences.Values.Where(absence => absence.Contains(now)).Select(absence => absence.Delegate?.Person)
            .OfType<PersonId>();
        return Named(state, access.PeopleWithRoles(state).Concat(deputies), id => access.AuthorizeDecision(state, proposal, id) is null,
            nameOf, now);
    }

    /// <summary>Everybody who has one of these roles, but for who is absent and one whom it does not help to ask. Pure.</summary>
    /// <param name="nameOf">As for <see cref="Create"/>.</param>
    /// <param name="except">Somebody who is left out.</param>
    public static Deciders WithRole(
        TenantState state, IReadOnlyCollection<Role> roles, IAccess access, Func<PersonId, string?> nameOf, DateTimeOffset now,
        PersonId? except = null) =>
        access.EverybodyIsAdministrator
            ? new([], 0, Everybody: true)
            : Named(
                state, access.PeopleWithRoles(state),
                id => id != except && access.GetRoles(state, id).Any(roles.Contains),
                nameOf, now);

    private static Deciders Named(TenantState state, IEnumerable<PersonId> people, Func<PersonId, bool> may, Func<PersonId, string?> nameOf,
        DateTimeOffset now)
    {
        var able = people.Distinct()
            .Where(id => AbsenceRules.For(state, id, now) is null && may(id))
            .ToList();
        var named = able.Select(id => (Id: id, Name: nameOf(id) ?? NameOnRecord(state, id))).Where(static one => one.Name is not null)
            .OrderBy(static one => one.Name, StringComparer.OrdinalIgnoreCase).Take(Max).ToList();
        return new([.. named.Select(static one => one.Name!)], able.Count - named.Count) { Ids = [.. named.Select(static one => one.Id)] };
    }

    private static string Unnamed(int count) => count switch
    {
        0 => Nobody,
        1 => "1 person",
        _ => $"{count} people",
    };

    private static string? NameOnRecord(TenantState state, PersonId id) => Enum.GetValues<Role>()
        .Select(role => state.Roles.GetValueOrDefault((id, role)))
        .Concat(state.Absences.Values.Select(absence => absence.Delegate is { } deputy && deputy.IsSame(id) ? deputy.Name : null))
        .FirstOrDefault(name => !string.IsNullOrWhiteSpace(name));
}
