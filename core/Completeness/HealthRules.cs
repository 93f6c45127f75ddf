using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;

namespace DevOpsAI.Completeness;

/// <summary>What a vendor said to a connection lately, since this instance began to ask.</summary>
/// <param name="Refusals">How often in a row it refused.</param>
/// <param name="Failures">How often in a row it refused, was not reached or did not answer.</param>
public sealed record HealthCount(int Refusals, int Failures)
{
    public static readonly HealthCount Good = new(0, 0);

    public HealthCount After(CallOutcome<string> outcome) => outcome switch
    {
        CallOutcome<string>.Done => Good,
        CallOutcome<string>.Refused => new(Refusals + 1, Failures + 1),
        _ => new(0, Failures + 1),
    };
}

/// <summary>When a connection is said to fail, and when to work again. Pure.</summary>
internal static class HealthRules
{
    /// <summary>One refusal may be a slip of the vendor's; what was not reached comes back by itself more often.</summary>
    private const int MaxRefusals = 2;

    private const int MaxFailures = 5;
    private const int MaxWhyLength = 300;

    /// <returns>Null where nothing has changed, or it is too soon to tell.</returns>
    public static Fact? For(string connection, ConnectionPulse pulse, CallOutcome<string> outcome, HealthCount count) => outcome switch
    {
        CallOutcome<string>.Done => pulse.FailingSince is { } since ? new ConnectionWorking(connection, since) : null,
        _ when pulse.FailingSince is not null => null,
        _ when count.Refusals >= MaxRefusals || count.Failures >= MaxFailures =>
            new ConnectionFailing(connection, EventText.Bounded(outcome.Reason, MaxWhyLength)),
        _ => null,
    };
}
