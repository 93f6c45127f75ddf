using System.Net;
using System.Net.Sockets;
using System.Text;
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

    [Theory]
    [InlineData("POST /api/events/contoso-")]
    [InlineData("POST /api/events/nobody HTTP/1.1\r\nHost: elsewhere\r\nContent-Length: 1000\r\n\r\n{")]
    [InlineData("POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{")]
    public async Task A_request_left_half_sent_does_not_hold_up_the_stop(string sent)
    {
        var folder = Directory.CreateTempSubdirectory("bot-host-");
        var last = new LastPart();
        await using var app = BotHost.Build(
            ["--urls", "http://127.0.0.1:0", "--Storage:Path", folder.FullName, "--Tenants:contoso:Name", "Contoso",
                "--LocalTeams:Enabled", "false"],
            services =>
            {
                services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromMinutes(5));
                services.AddSingleton(new LastConnections(TimeProvider.System) { Within = TimeSpan.FromMilliseconds(50) });
                services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(last));
            });
        await app.StartAsync(Token);
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(new Uri(app.Urls.Single()).Authority), Token);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(sent), Token);
        await app.StopAsync(Token).WaitAsync(TimeSpan.FromMinutes(1), Token);
        last.WasGivenTime.ShouldBe(true);
        folder.Delete(recursive: true);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Stops after all others.</summary>
    private sealed class LastPart : IHostedService
    {
        public bool? WasGivenTime { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            WasGivenTime = !cancellationToken.IsCancellationRequested;
            return Task.CompletedTask;
        }
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
