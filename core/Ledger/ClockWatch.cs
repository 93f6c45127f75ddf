using System.Globalization;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger;

/// <summary>
/// This machine's clock jumped far ahead while the bot ran. Nothing is recorded until it is right again, or the bot has been started anew,
/// which says that it is right now: what is recorded under a wrong time would stay in front of all that comes after it.
/// </summary>
public sealed class ClockJumpedException(TimeSpan by) : LedgerUnavailableException(
    $"The clock of this machine jumped {(by.TotalDays >= 2 ? $"{by.TotalDays:0} days" : $"{by.TotalHours:0.#} hours")} ahead while the "
    + $"bot ran. Nothing is recorded until it is right again; if it is right now, start the bot again.");

/// <summary>
/// Holds the clock against a watch that nobody can set. A bot that was stopped for a week is rightly a week ahead of the last entry; one
/// that ran on is not. A clock turned back is no matter: entries keep the time of the one before until it has caught up.
/// </summary>
/// <param name="longest">A jump of at most this much is taken for the clock being set right.</param>
/// <param name="sinceBoot">How long the machine has been up, with the time that it slept, which the watch may leave out; null when that
/// cannot be told.</param>
public sealed class ClockWatch(TimeProvider clock, TimeSpan longest, ILogger<ClockWatch> logger, Func<TimeSpan?>? sinceBoot = null)
{
    private readonly Lock gate = new();
    private readonly long began = clock.GetTimestamp();
    private readonly TimeSpan? upAtBegin = sinceBoot?.Invoke();
    private DateTimeOffset right = clock.GetUtcNow();
    private long rightAt = clock.GetTimestamp();
    private TimeSpan slept;
    private ClockJumpedException? jumped;

    /// <summary>Why nothing is recorded; null when the clock is right as far as can be told.</summary>
    public string? Problem => Look()?.Message;

    /// <exception cref="ClockJumpedException">The clock is far ahead of what it should be.</exception>
    public void ThrowIfJumped()
    {
        if (Look() is { } problem)
            throw problem;
    }

    private ClockJumpedException? Look()
    {
        lock (gate)
        {
            var (now, timestamp) = (clock.GetUtcNow(), clock.GetTimestamp());
            var ahead = now - right - clock.GetElapsedTime(rightAt, timestamp);
            var asleep = ahead > longest ? Slept(timestamp) : slept;
            if (asleep > slept)
                ahead -= asleep - slept;
            if (ahead > longest)
                return Jumped(ahead);
            if (jumped is not null)
                logger.ClockIsRightAgain();
            jumped = null;
            // One that is behind goes on counting from where it was right.
            if (ahead >= TimeSpan.Zero)
                (right, rightAt, slept) = (now, timestamp, asleep > slept ? asleep : slept);
            return null;
        }
    }

    private ClockJumpedException Jumped(TimeSpan ahead)
    {
        var problem = new ClockJumpedException(ahead);
        if (jumped is null)
            logger.ClockJumped(problem.Message);
        jumped = problem;
        return problem;
    }

    private TimeSpan Slept(long timestamp) =>
        upAtBegin is { } up && sinceBoot!() is { } now ? now - up - clock.GetElapsedTime(began, timestamp) : TimeSpan.Zero;

    /// <summary>As Linux tells it; null elsewhere, where the watch counts the time asleep itself.</summary>
    public static TimeSpan? SinceBoot()
    {
        const string Told = "/proc/uptime";
        if (!OperatingSystem.IsLinux() || !File.Exists(Told))
            return null;
        var words = File.ReadAllText(Told).Split(' ');
        return double.TryParse(words[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
    }
}
