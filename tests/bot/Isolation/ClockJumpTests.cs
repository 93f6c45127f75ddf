using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Isolation;

/// <summary>
/// The clock of the machine jumps ahead while the bot runs: nothing is recorded until it is right again, and whoever asks is told so.
/// </summary>
public sealed class ClockJumpTests : IDisposable
{
    private static readonly Someone Ana = new("11111111-0000-4000-8000-000000000001", "Ana");
    private readonly string folder = Directory.CreateTempSubdirectory("clock-").FullName;
    private readonly SetClock clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_recorded_until_the_clock_is_right_again()
    {
        await using var bot = await StartAsync();
        (await RaiseAsync(bot, "CanaryOne")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await bot.SettleAsync();

        clock.Ahead = TimeSpan.FromMinutes(10);
        using (var refused = await RaiseAsync(bot, "CanaryTwo"))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter.ShouldNotBeNull();
            (await refused.Content.ReadAsStringAsync(Stop)).ShouldContain("The clock of this machine jumped");
        }
        (await AnswerAsync(bot, "freeze contoso because I say so")).ShouldContain(
            "jumped far ahead, so nothing was done and nothing was recorded");
        using (var ready = await bot.Http.GetAsync("readyz", Stop))
        {
            ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await ready.Content.ReadFromJsonAsync<JsonObject>(Stop))!["reason"]!.GetValue<string>().ShouldContain("jumped");
        }

        clock.Ahead = TimeSpan.Zero;
        (await RaiseAsync(bot, "CanaryThree")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await AnswerAsync(bot, "freeze contoso because I say so")).ShouldContain("frozen");
        (await bot.Http.GetAsync("readyz", Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static async Task<string> AnswerAsync(RunningBot bot, string text)
    {
        var before = bot.Teams.Calls.Count;
        await bot.SayAsync(Ana, null, text);
        return string.Join('\n', bot.Teams.Calls.Skip(before).Where(call => RunningBot.GetPlace(call) == RunningBot.PersonalChat(Ana))
            .Select(call => call.Body?.ToJsonString()));
    }

    private static Task<HttpResponseMessage> RaiseAsync(RunningBot bot, string title)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "api/events/contoso-alerts");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "token");
        request.Content =
            JsonContent.Create(new { kind = "DiskSpaceLow", device = "SRV-FILE01", severity = "critical", volume = "C:", title });
        return bot.Http.SendAsync(request, Stop);
    }

    private Task<RunningBot> StartAsync() => RunningBot.StartAsync(
        [
            ("Storage:LongestClockJump", "00:05:00"), ("Tenants:contoso:Name", "Contoso Ltd"),
            ("Access:Roles:contoso:administrator:0", Ana.ObjectId),
            ("Connections:contoso-alerts:Tenant", "contoso"), ("Connections:contoso-alerts:Connector", "sandbox"),
            ("Connections:contoso-alerts:Settings:Token", "token"),
        ],
        Path.Combine(folder, "data"),
        services => services.AddSingleton<TimeProvider>(clock));

    /// <summary>The system's clock, as somebody has set it; timers and the watch go on as they do.</summary>
    private sealed class SetClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
