using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using DevOpsAI.Proposals;

namespace DevOpsAI.Gates;

/// <summary>The kinds of subjects that can be decided about, by name.</summary>
public sealed partial class ProposalAreas
{
    internal static readonly ProposalAreas OnlyIncidents = new([new IncidentArea()]);

    private readonly FrozenDictionary<string, IProposalArea> byKind;

    /// <exception cref="InvalidOperationException">Two areas declare the same kind, or one a name that no policy could have.</exception>
    public ProposalAreas(IEnumerable<IProposalArea> areas)
    {
        var all = areas.ToList();
        if (all.CountBy(static area => area.Kind).FirstOrDefault(static one => one.Value > 1) is { Value: > 1 } twice)
            throw new InvalidOperationException($"Two areas declare that they decide about '{twice.Key}'.");
        if (all.Find(static area => area.GateArea == GateArea.Undo || !AreaName().IsMatch(area.GateArea)) is { } unfit)
            throw new InvalidOperationException(
                $"The area of '{unfit.Kind}' is '{unfit.GateArea}': a policy speaks of an area by small letters, digits and hyphens, "
                + $"a letter first, and '{GateArea.Undo}' is every undo.");
        GateAreas = [.. GateArea.BuiltIn.Union(all.Select(static area => area.GateArea).Order(StringComparer.Ordinal))];
        byKind = all.ToFrozenDictionary(static area => area.Kind);
    }

    /// <summary>The names by which rules of a policy may speak of areas: the built-in ones, then those of all others.</summary>
    public ImmutableArray<string> GateAreas { get; }

    /// <summary>Null for a kind that no area of this version declares.</summary>
    public IProposalArea? Find(ProposalSubject subject) => byKind.GetValueOrDefault(subject.Kind);

    /// <exception cref="InvalidOperationException">No area declares the kind.</exception>
    public IProposalArea Get(ProposalSubject subject) =>
        Find(subject) ?? throw new InvalidOperationException($"No area of this version decides about '{subject.Kind}'.");

    /// <summary>The name by which policies speak of what is proposed.</summary>
    internal string GetGateArea(Proposal proposal) =>
        proposal.Staged?.Kind == ProposalKind.Undo ? GateArea.Undo : Get(proposal.Subject).GateArea;

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,39}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AreaName();
}
