using System.Diagnostics;
using DevOpsAI.Common;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Hosting;

/// <summary>Section <c>Testing</c>; honoured in the Development environment only.</summary>
public sealed class TestingOptions
{
    /// <summary>Name of the failpoint at which the process ends as <c>kill -9</c> would end it; null for none.</summary>
    public string? CrashAt { get; set; }

    /// <summary>A file that holds such a name, or is not there while the process is not to end.</summary>
    public string? CrashAtFile { get; set; }

    /// <summary>At which time it is passed, 1 for the first.</summary>
    public int CrashAfter { get; set; } = 1;

    /// <summary>How far the bot's clock is ahead of the machine's, so that deadlines of hours can be seen to fall.</summary>
    public TimeSpan ClockAhead { get; set; }
}

/// <summary>Ends this process at a named instant, without a chance to clean up, so that tests can look at what is left.</summary>
internal sealed class KillAtFailpoint(IOptions<TestingOptions> options) : IHostedLifecycleService
{
    private readonly TestingOptions testing = options.Value;
    private int left = options.Value.CrashAfter;

    /// <summary>Before any other part starts.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Failpoints.ArmProcess(Hit);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        Failpoints.ArmProcess(null);
        return Task.CompletedTask;
    }

    private void Hit(string failpoint)
    {
        if (failpoint != Named() || Interlocked.Decrement(ref left) > 0)
            return;
        using var self = Process.GetCurrentProcess();
        self.Kill();
        // The signal may take a moment to arrive, and nothing may happen in it.
        Thread.Sleep(Timeout.Infinite);
    }

    private string? Named() => File.Exists(testing.CrashAtFile) ? File.ReadAllText(testing.CrashAtFile) : testing.CrashAt;
}

internal static class FailpointServices
{
    /// <summary>Arms the failpoint that <c>Testing:CrashAt</c> or its file names, in the Development environment.</summary>
    public static IServiceCollection AddFailpoints(
        this IServiceCollection services, IHostEnvironment environment, IConfiguration configuration)
    {
        var names = configuration["Testing:CrashAt"] + configuration["Testing:CrashAtFile"];
        if (!environment.IsDevelopment() || string.IsNullOrWhiteSpace(names))
            return services;
        services.AddOptionsWithValidateOnStart<TestingOptions>().BindConfiguration("Testing")
            .Validate(
                static options => string.IsNullOrEmpty(options.CrashAt) || Failpoint.All.Contains(options.CrashAt)
                    || Failpoint.InTrouble.Contains(options.CrashAt) || Failpoint.OfTickets.Contains(options.CrashAt),
                "Testing:CrashAt must be one of "
                    + $"{string.Join(", ", Failpoint.All.Concat(Failpoint.InTrouble).Concat(Failpoint.OfTickets))}.")
            .Validate(static options => options.CrashAfter >= 1, "Testing:CrashAfter must be 1 or more.");
        return services.AddHostedService<KillAtFailpoint>();
    }
}
