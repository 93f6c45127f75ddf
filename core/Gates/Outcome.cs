using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>What a pure decision came to.</summary>
internal abstract record Outcome
{
    private Outcome() { }

    /// <summary>Nothing is appended: it was refused, or it is so already.</summary>
    public sealed record Unchanged(RequestResult Answer) : Outcome;

    /// <summary>To be appended if nobody was faster.</summary>
    /// <param name="Expected">The streams that the decision rests on.</param>
    /// <param name="Message">For the person, once it is durable.</param>
    public sealed record Append(IReadOnlyList<StreamVersion> Expected, IReadOnlyList<NewEntry> Entries, string Message) : Outcome
    {
        /// <summary>Together with what the area records of the subject.</summary>
        public Append With(Aftermath after, Actor by, Proposal proposal, long causation) => this with
        {
            Expected = [.. Expected, .. after.Expected],
            Entries = [.. Entries, .. after.Entries(by, proposal.Correlation, causation)],
        };
    }

    public static Outcome Refuse(Proposal? proposal, Refusal refusal, string message) => new Unchanged(new(proposal, refusal, message));

    public static Outcome AlreadySo(string message) => new Unchanged(new(null, null, message));

    /// <summary>One fact on one of the tenant's own streams.</summary>
    public static Outcome On(TenantState state, StreamId stream, Person by, CorrelationId correlation, Fact fact, string message) =>
        new Append([state.GetVersion(stream)], [new(stream, by.AsActor(), correlation, fact)], message);
}
