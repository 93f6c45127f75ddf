using DevOpsAI.Ledger;

namespace DevOpsAI.Proposals;

/// <summary>Streams of proposals.</summary>
public static class ProposalStreams
{
    extension(StreamId)
    {
        public static StreamId Proposal(ProposalSubject subject) => subject.Stream;
    }
}
