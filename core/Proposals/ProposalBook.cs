using System.Collections.Immutable;
using DevOpsAI.Ledger;

namespace DevOpsAI.Proposals;

/// <summary>The proposals of one tenant that belong to no incident, by subject: a fold over their streams. Immutable.</summary>
public sealed record ProposalBook : ISlice<ProposalBook>
{
    public static ProposalBook Empty { get; } = new();

    public ImmutableDictionary<ProposalSubject, Proposal> All { get; init; } = ImmutableDictionary<ProposalSubject, Proposal>.Empty;

    public Proposal? Find(ProposalSubject subject) => All.GetValueOrDefault(subject);

    public ProposalBook Apply(LedgerEntry entry, TenantState before) => Apply(entry);

    /// <inheritdoc cref="Apply(LedgerEntry, TenantState)"/>
    public ProposalBook Apply(LedgerEntry entry)
    {
        if (ProposalSubject.From(entry.Stream) is not { IsIncident: false } subject)
            return this;
        var known = Find(subject) ?? new(entry.Tenant, subject, entry.Correlation);
        // No area has said more of it than whoever staged it.
        if (entry.Fact is ProposalStaged staged)
            known = known with { Severity = staged.Severity ?? known.Severity, Person = staged.Subject };
        return this with { All = All.SetItem(subject, known.Apply(entry)) };
    }
}
