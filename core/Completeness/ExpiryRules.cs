using DevOpsAI.Connections;
using DevOpsAI.Ledger;

namespace DevOpsAI.Completeness;

/// <summary>When it is said that something which a connection needs is about to end, and when that it is not any more. Pure.</summary>
internal static class ExpiryRules
{
    /// <summary>An end that is told anew and differs by less is the same one.</summary>
    private static readonly TimeSpan SameWithin = TimeSpan.FromMinutes(1);

    /// <param name="expiries">Null where that is not known now: nothing is concluded from that.</param>
    /// <returns>Null where nothing has changed.</returns>
    public static Fact? For(
        string connection, ConnectionPulse pulse, IReadOnlyList<ConnectionExpiry>? expiries, DateTimeOffset now)
    {
        if (expiries is null)
            return null;
        var due = expiries.Where(one => one.IsDue(now)).MinBy(static one => one.At);
        if (due is null)
            return pulse.Expiring is { } over ? new ConnectionRenewed(connection, over) : null;
        return due.What == pulse.Expiring && (due.At - pulse.ExpiresAt)?.Duration() < SameWithin
            ? null
            : new ConnectionExpiring(connection, due.What, due.At, due.Remedy);
    }
}
