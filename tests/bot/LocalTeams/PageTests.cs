using System.Net;

namespace DevOpsAI.Tests.LocalTeams;

public sealed class PageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_page_and_its_modules_are_served_and_may_load_nothing_from_elsewhere()
    {
        await using var teams = await LocalTeamsHost.StartAsync();

        using var page = await teams.Client.GetAsync("/localteams", Ct);
        using var module = await teams.Client.GetAsync("/localteams/js/app.js", Ct);

        page.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        module.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldContain("img-src 'self' data:;");
        policy.ShouldNotContain("unsafe");
    }

    [Theory]
    [InlineData("/localteams/nothing.js")]
    [InlineData("/localteams/..%2f..%2fappsettings.json")]
    [InlineData("/localteams/%2e%2e/%2e%2e/DevOpsAI.Bot.dll")]
    public async Task Nothing_but_the_pages_files_is_served(string path)
    {
        await using var teams = await LocalTeamsHost.StartAsync();

        using var response = await teams.Client.GetAsync(path, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Switched_off_it_serves_nothing_and_says_nothing_to_the_bot()
    {
        await using var teams = await LocalTeamsHost.StartAsync(settings: new() { ["LocalTeams:Enabled"] = "false" });

        using var response = await teams.Client.GetAsync("/localteams", Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        teams.Bot.Received.ShouldBeEmpty();
    }
}
