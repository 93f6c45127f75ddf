using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DevOpsAI.LocalTeams;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.LocalTeams;

/// <summary>Buttons that raise alerts, for whoever has nothing yet that raises any.</summary>
public sealed class SampleTests
{
    private static readonly SampleAlert Disk = new(
        "disk", "Disk almost full", "asks", "Contoso",
        [new("/hooks/world", "secret-1", """{"disk":6}"""), new("/hooks/alert", "secret-2", """{"kind":"DiskSpaceLow"}""")]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sample_is_sent_to_the_bot_as_a_vendor_sends_it_call_by_call()
    {
        await using var teams = await StartAsync();
        (await RaiseAsync(teams, "disk")).StatusCode.ShouldBe(HttpStatusCode.OK);
        teams.Bot.Hooks.ToArray().ShouldBe(
            [("/hooks/world", "Bearer secret-1", """{"disk":6}"""), ("/hooks/alert", "Bearer secret-2", """{"kind":"DiskSpaceLow"}""")]);
    }

    [Fact]
    public async Task The_page_learns_what_there_is_and_never_the_secrets()
    {
        await using var teams = await StartAsync();
        var state = await teams.GetAsync("/localteams/api/state", Ct);
        var sample = state.GetProperty("samples").EnumerateArray().ShouldHaveSingleItem();
        sample.Text("id").ShouldBe("disk");
        sample.Text("channel").ShouldBe("Contoso");
        state.GetRawText().ShouldNotContain("secret-");
        state.GetRawText().ShouldNotContain("/hooks/");
    }

    [Fact]
    public async Task What_was_not_taken_is_said_in_words_and_nothing_more_is_sent()
    {
        await using var teams = await StartAsync();
        teams.Bot.OnHook = _ => StatusCodes.Status429TooManyRequests;
        using var result = await RaiseAsync(teams, "disk");
        result.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await result.Content.ReadFromJsonAsync<JsonElement>(Ct)).Text("title").ShouldBe("The alert was not taken: the bot answered 429.");
        teams.Bot.Hooks.Count.ShouldBe(1);
        (await RaiseAsync(teams, "nothing")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static Task<LocalTeamsHost> StartAsync() =>
        LocalTeamsHost.StartAsync(configure: services => services.Configure<LocalTeamsOptions>(options => options.Samples = [Disk]));

    private static Task<HttpResponseMessage> RaiseAsync(LocalTeamsHost teams, string id) =>
        teams.Client.PostAsJsonAsync("/localteams/api/samples", new { id }, Ct);
}
