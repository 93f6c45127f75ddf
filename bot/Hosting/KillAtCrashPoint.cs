using System.Diagnostics;
using DevOpsAI.Common;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Hosting;

/// <summary>Section <c>Testing</c>; honoured in the Development environment only.</summary>
public sealed class TestingOptions
{
    /// <summary>Name of the crash point at which the process ends as <c>kill -9</c> would end it; null for none.</summary>
    public string? CrashAt { get; set; }

    /// <summary>At which time the point is reached, 1 for the first.</summary>
    public int CrashAfter { get; set; } = 1;

    /// <summary>How far the bot's clock is ahead of the machine's, so that deadlines of hours can be seen to fall.</summary>
    public TimeSpan ClockAhead { get; set; }
}

/// <summary>Ends this process at a named instant, without a chance to clean up, so that tests can look at what is left.</summary>
internal sealed class KillAtCrashPoint(IOptions<TestingOptions> options) : ICrashPoints
{
    private readonly string? at = options.Value.CrashAt;
    private int left = options.Value.CrashAfter;

    public void Reach(string point)
    {
        if (point != at || Interlocked.Decrement(ref left) > 0)
            return;
        using var self = Process.GetCurrentProcess();
        self.Kill();
        // The signal may take a moment to arrive, and nothing may happen in it.
        Thread.Sleep(Timeout.Infinite);
    }
}

internal static class CrashPointServices
{
    /// <summary>Crash points that do nothing, unless <c>Testing:CrashAt</c> names one in the Development environment. Call it before <c>AddExecution</c>.</summary>
    public static IServiceCollection AddCrashPoints(this IServiceCollection services, IHostEnvironment environment, IConfiguration configuration)
    {
        if (!environment.IsDevelopment() || string.IsNullOrWhiteSpace(configuration["Testing:CrashAt"]))
            return services.AddSingleton<ICrashPoints, NoCrashPoints>();
        services.AddOptionsWithValidateOnStart<TestingOptions>().BindConfiguration("Testing")
            .Validate(
                options => CrashPoint.All.Contains(options.CrashAt) || CrashPoint.InTrouble.Contains(options.CrashAt),
                $"Testing:CrashAt must be one of {string.Join(", ", CrashPoint.All.Concat(CrashPoint.InTrouble))}.")
            .Validate(options => options.CrashAfter >= 1, "Testing:CrashAfter must be 1 or more.");
        return services.AddSingleton<ICrashPoints, KillAtCrashPoint>();
    }
}
