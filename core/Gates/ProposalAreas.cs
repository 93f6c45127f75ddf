using System.Collections.Frozen;
using DevOpsAI.Proposals;

namespace DevOpsAI.Gates;

/// <summary>The kinds of subjects that can be decided about, by name.</summary>
public sealed class ProposalAreas
{
    internal static readonly ProposalAreas OnlyIncidents = new([new IncidentArea()]);

    private readonly FrozenDictionary<string, IProposalArea> byKind;

    /// <exception cref="InvalidOperationException">Two areas declare the same kind.</exception>
    public ProposalAreas(IEnumerable<IProposalArea> areas)
    {
        var all = areas.ToList();
        if (all.CountBy(static area => area.Kind).FirstOrDefault(static one => one.Value > 1) is { Value: > 1 } twice)
            throw new InvalidOperationException($"Two areas declare that they decide about '{twice.Key}'.");
        byKind = all.ToFrozenDictionary(static area => area.Kind);
    }

    /// <summary>Null for a kind that no area of this version declares.</summary>
    public IProposalArea? Find(ProposalSubject subject) => byKind.GetValueOrDefault(subject.Kind);

    /// <exception cref="InvalidOperationException">No area declares the kind.</exception>
    public IProposalArea Get(ProposalSubject subject) =>
        Find(subject) ?? throw new InvalidOperationException($"No area of this version decides about '{subject.Kind}'.");

    /// <summary>The name by which policies speak of what is proposed.</summary>
    internal string GetGateArea(Proposal proposal) =>
        proposal.Staged?.Kind == ProposalKind.Undo ? GateArea.Undo : Get(proposal.Subject).GateArea;
}
