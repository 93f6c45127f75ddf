using DevOpsAI.Connections;

namespace DevOpsAI.Drafting;

/// <summary>How the search for what an event is about ended.</summary>
internal abstract record Resolution
{
    private Resolution() { }

    /// <summary>Exactly one thing of this tenant, and its state now.</summary>
    public sealed record Found(Target Target, IConnector Connector, IReadOnlyDictionary<string, string> Observations) : Resolution
    {
        /// <summary>Why it is this one and goes over this connection; empty where there was nothing to choose.</summary>
        public IReadOnlyList<string> Reasons { get; init; } = [];
    }

    /// <summary>None, several, or another client's; a sentence for the card. Asking again changes nothing.</summary>
    public sealed record Problem(string Message) : Resolution;

    /// <summary>A vendor gave no answer; asking again may help.</summary>
    public sealed record Unreachable(string Message, TimeSpan? TryAgainIn) : Resolution;
}
