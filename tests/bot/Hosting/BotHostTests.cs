using DevOpsAI.Bot.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Hosting;

public sealed class BotHostTests
{
    private const string Host = "Microsoft.Extensions.Hosting.Internal.Host";

    [Fact]
    public async Task A_part_that_fails_while_the_bot_runs_ends_it_with_an_exit_code()
    {
        var started = new TaskCompletionSource();
        await using var app = AppWith(new Part(started.Task));
        app.Lifetime.ApplicationStarted.Register(started.SetResult);
        (await BotHost.RunAsync(app)).ShouldBe(1);
    }

    [Fact]
    public async Task A_bot_that_is_stopped_ends_well()
    {
        await using var app = AppWith(new Part(Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken)));
        app.Lifetime.ApplicationStarted.Register(app.Lifetime.StopApplication);
        (await BotHost.RunAsync(app)).ShouldBe(0);
    }

    [Fact]
    public async Task What_ends_a_running_bot_is_logged_and_what_keeps_it_from_starting_is_not_told_twice()
    {
        var folder = Directory.CreateTempSubdirectory("bot-host-");
        await using var app = BotHost.Build(["--Storage:Path", folder.FullName, "--Tenants:contoso:Name", "Contoso"]);
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(Host);
        logger.IsEnabled(LogLevel.Critical).ShouldBeTrue();
        logger.IsEnabled(LogLevel.Error).ShouldBeFalse();
    }

    private static WebApplication AppWith(Part part)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IHostedService>(part);
        return builder.Build();
    }

    private sealed class Part(Task failsAfter) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await failsAfter.WaitAsync(stoppingToken);
            throw new InvalidOperationException("broken");
        }
    }
}
