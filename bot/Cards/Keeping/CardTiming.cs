using DevOpsAI.Incidents;
using DevOpsAI.Proposals;

namespace DevOpsAI.Bot.Cards.Keeping;

/// <summary>
/// When one card is sent again: not while it only counts on, not for a state that is over at once, and later after each failure.
/// </summary>
internal sealed class CardTiming(CardsOptions options, TimeProvider clock)
{
    private (long Proposal, long Incident, long Timestamp)? updated;
    private long? passingSince;

    /// <summary>Calls that came to nothing since the last one that did not.</summary>
    public int Failures { get; private set; }

    /// <summary>When the card was last drawn and shown; null where only the ledger knows.</summary>
    public DateTimeOffset? DrawnAt { get; private set; }

    public TimeProvider Clock => clock;

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>How long an unanswered send may still turn up.</summary>
    public TimeSpan LostAnswerWait => options.LostAnswerWait;

    public TimeSpan SweepEvery => options.SweepEvery;

    /// <summary>The card arrived as it was drawn then.</summary>
    public void Posted(DateTimeOffset drawnAt) => DrawnAt = drawnAt;

    /// <summary>The card shows the incident as it was drawn then.</summary>
    public void Updated(Incident incident, DateTimeOffset drawnAt)
    {
        updated = (incident.Proposal.Version, incident.IncidentVersion, clock.GetTimestamp());
        (passingSince, DrawnAt, Failures) = (null, drawnAt, 0);
    }

    public void ForgetFailures() => Failures = 0;

    /// <summary>How long to wait when only more events came since the last update; null when there is news.</summary>
    public TimeSpan? TooSoon(Incident incident)
    {
        if (updated is not { } last || last.Proposal != incident.Proposal.Version || last.Incident != incident.IncidentVersion)
            return null;
        var left = options.CountEvery - clock.GetElapsedTime(last.Timestamp);
        return left > TimeSpan.Zero ? left : null;
    }

    /// <summary>
    /// How much longer a state on the way has to last to be shown; null for a state that stays. Spares the conversation's rate for what
    /// matters.
    /// </summary>
    public TimeSpan? Passing(Incident incident)
    {
        if (incident.Phase is not (ProposalPhase.Approved or ProposalPhase.Executing or ProposalPhase.Undoing))
        {
            passingSince = null;
            return null;
        }
        passingSince ??= clock.GetTimestamp();
        var left = options.PassingFor - clock.GetElapsedTime(passingSince.Value);
        return left > TimeSpan.Zero ? left : null;
    }

    /// <summary>Waits after a failure, twice as long each time.</summary>
    /// <param name="asked">What Teams asked for.</param>
    public Task BackOffAsync(TimeSpan? asked, CancellationToken stopping)
    {
        var pause = TimeSpan.FromTicks(Math.Min(options.LongestPause.Ticks, options.FirstPause.Ticks << Math.Min(Failures++, 16)));
        return Task.Delay(asked > pause ? asked.Value : pause, clock, stopping);
    }
}
