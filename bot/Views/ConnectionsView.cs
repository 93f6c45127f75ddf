using DevOpsAI.Connections;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Views;

/// <summary>A connection as it works now.</summary>
/// <param name="Vendor">Its connector's title.</param>
/// <param name="MayDo">Actions that are enabled on it, and how many its connector has; null where it only receives.</param>
/// <param name="LastHeard">When something came over it last; null where nothing ever did, or nothing is expected.</param>
/// <param name="FailingBecause">What its vendor said when it began to fail; null while it works, as far as is known.</param>
/// <param name="IsStale">It is expected to send and has sent nothing for too long.</param>
/// <param name="Health">What the vendor said when it was asked just now; null where it was not asked, or cannot be.</param>
public sealed record ConnectionLine(
    Connection Connection, string Vendor, bool IsSimulation, EnabledCount? MayDo, bool SendsEvents, DateTimeOffset? LastHeard,
    bool IsStale, string? FailingBecause, CallOutcome<string>? Health)
{
    /// <summary>What it lives on, as this instance knows it; nothing where the vendor was not asked.</summary>
    public ConnectionVitals Vitals { get; init; } = ConnectionVitals.Unknown;

    /// <summary>What of that a person has to renew soon, the first to end first.</summary>
    public IReadOnlyList<ConnectionExpiry> Due { get; init; } = [];
}

/// <summary>What a connection may do of what its connector could.</summary>
/// <param name="Names">In order.</param>
public sealed record EnabledCount(IReadOnlyList<string> Names, int All)
{
    /// <summary>The setting without which it can do none of them; null where it has what it needs.</summary>
    public string? Lack { get; init; }
}

/// <summary>A client's connections.</summary>
public sealed record ConnectionsView(Tenant Tenant, IReadOnlyList<ConnectionLine> Lines);
