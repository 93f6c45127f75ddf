using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using DevOpsAI.Tests.LocalTeams;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DevOpsAI.Tests.EndToEnd.LocalTeams;

/// <summary>The page in a real browser, with a bot that only answers what the test says.</summary>
public sealed class LocalTeamsPageTests : IAsyncLifetime
{
    private const string Hostile = "<img src=x onerror=alert(1)> ![x](http://evil.example/x.png) [bad](javascript:alert(1)) **bold**";
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private LocalTeamsHost teams = null!;
    private Browser browser = null!;

    public async ValueTask InitializeAsync()
    {
        browser = await Browser.StartAsync();
        teams = await LocalTeamsHost.StartAsync();
        await teams.SettledAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        if (teams is not null)
            await teams.DisposeAsync();
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 400)]
    public async Task An_approval_card_is_drawn_whole(ColorScheme scheme, int width)
    {
        await teams.PostCardAsync(LocalTeamsHost.Contoso, ApprovalCard(), Ct);
        var page = await browser.OpenAsync(Address("erik"), scheme, width);

        await Expect(page.Locator(".card .ac-textBlock").First).ToHaveTextAsync("Contoso Ltd · CON-1001");
        await Expect(page.Locator(".card .ac-pushButton:visible")).ToHaveCountAsync(5);
        await Expect(page.GetByText("Simulation: this device exists only in the sandbox")).ToBeVisibleAsync();
        await Expect(page.GetByText("a stand-in for Microsoft Teams on this machine")).ToBeVisibleAsync();
        (await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
        (await page.EvaluateAsync<string>("() => document.documentElement.dataset.theme")).ShouldBe(
            scheme == ColorScheme.Dark ? "dark" : "light");
        await Browser.PictureAsync(page, $"card-{scheme}-{width}".ToLowerInvariant());
        browser.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_click_shows_that_it_waits_and_then_the_answer_to_the_clicker_only()
    {
        var result = new TaskCompletionSource<JsonNode?>(TaskCreationOptions.RunContinuationsAsynchronously);
        teams.Bot.OnInvoke = (_, _) => result.Task;
        await teams.PostCardAsync(LocalTeamsHost.Contoso, TestCards.Card("approve?"), Ct);
        var erik = await browser.OpenAsync(Address("erik"));
        var dana = await browser.OpenAsync(Address("dana"));
        await Expect(dana.GetByText("approve?")).ToBeVisibleAsync();

        await erik.GetByRole(AriaRole.Button, new() { Name = "approve", Exact = true }).ClickAsync();
        await Expect(erik.Locator(".card.busy .pressed")).ToBeVisibleAsync();
        result.SetResult(TestCards.CardAnswer(TestCards.Card("approved by you", verb: null)));

        await Expect(erik.GetByText("approved by you")).ToBeVisibleAsync();
        await Expect(erik.Locator(".card.busy")).ToHaveCountAsync(0);
        await Expect(dana.GetByText("approve?")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Whoever_pressed_stays_at_the_card_whose_name_says_how_it_stands()
    {
        teams.Bot.OnInvoke = (_, _) => Task.FromResult<JsonNode?>(TestCards.CardAnswer(Named("CON-1001 Verified", "verified", verb: null)));
        await teams.PostCardAsync(LocalTeamsHost.Contoso, Named("CON-1001 Waiting", "approve?"), Ct);
        var page = await browser.OpenAsync(Address("erik"));
        await page.GetByRole(AriaRole.Article, new() { Name = "CON-1001 Waiting" }).GetByRole(AriaRole.Button, new() { Name = "approve" })
            .ClickAsync();

        await Expect(page.GetByRole(AriaRole.Article, new() { Name = "CON-1001 Verified" })).ToBeFocusedAsync();

        await page.Locator("#person").FocusAsync();
        await page.Locator("#skip").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".card").Last).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_click_that_reaches_nobody_says_so_in_words_and_can_be_tried_again()
    {
        teams.Bot.OnInvoke = (_, _) => Task.FromResult<JsonNode?>(TestCards.CardAnswer(TestCards.Card("approved by you", verb: null)));
        await teams.PostCardAsync(LocalTeamsHost.Contoso, TestCards.Card("approve?"), Ct);
        var page = await browser.OpenAsync(Address("erik"));
        await page.RouteAsync("**/clicks", route => route.AbortAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "approve", Exact = true }).ClickAsync();
        await Expect(page.Locator(".card-notice")).ToContainTextAsync("The bot does not answer. Is it running?");

        await page.UnrouteAsync("**/clicks");
        await page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(page.GetByText("approved by you")).ToBeVisibleAsync();
        await Expect(page.Locator(".card-notice")).ToBeHiddenAsync();
    }

    private static JsonObject Named(string name, string text, string? verb = "approve")
    {
        var card = TestCards.Card(text, verb);
        card["fallbackText"] = name;
        return card;
    }

    [Fact]
    public async Task An_update_reaches_every_open_page()
    {
        var id = await teams.PostCardAsync(LocalTeamsHost.Contoso, TestCards.Card("approve?"), Ct);
        var erik = await browser.OpenAsync(Address("erik"));
        var dana = await browser.OpenAsync(Address("dana"));
        await Expect(erik.GetByText("approve?")).ToBeVisibleAsync();
        await Expect(dana.GetByText("approve?")).ToBeVisibleAsync();

        using var updated = await teams.UpdateAsync(
            $"{LocalTeamsHost.Contoso};messageid={id}", id, LocalTeamsHost.CardActivity(TestCards.Card("verified", verb: null)), Ct);

        await Expect(erik.GetByText("verified")).ToBeVisibleAsync();
        await Expect(dana.GetByText("verified")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_person_named_for_refresh_sees_their_own_card_and_switching_person_shows_the_others()
    {
        teams.Bot.OnInvoke = (_, _) => Task.FromResult<JsonNode?>(TestCards.CardAnswer(TestCards.Card("for Erik")));
        await teams.PostCardAsync(LocalTeamsHost.Contoso, TestCards.Card("for all", null, "29:1erik-approver"), Ct);
        var page = await browser.OpenAsync(Address("erik"));

        await Expect(page.GetByText("for Erik")).ToBeVisibleAsync();
        await page.Locator("#person").SelectOptionAsync("dana");
        await Expect(page.GetByText("for all")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_form_on_the_card_is_checked_before_it_is_sent()
    {
        teams.Bot.OnInvoke = (_, _) => Task.FromResult<JsonNode?>(TestCards.ErrorAnswer(400, "Already decided by Mona."));
        var card = ApprovalCard();
        card.Remove("refresh");
        await teams.PostCardAsync(LocalTeamsHost.Contoso, card, Ct);
        var page = await browser.OpenAsync(Address("dana"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Reject" }).First.ClickAsync();
        var send = page.GetByRole(AriaRole.Button, new() { Name = "Reject", Exact = true }).Last;
        await send.ClickAsync();
        await Expect(page.GetByText("A reason is needed")).ToBeVisibleAsync();
        teams.Bot.Invokes.ShouldBeEmpty();
        await page.GetByPlaceholder("Helps the next draft").FillAsync("wrong server");
        await send.ClickAsync();

        await Expect(page.GetByText("Already decided by Mona.")).ToBeVisibleAsync();
        teams.Bot.Invokes.Single().GetProperty("value").GetProperty("action").Text("data/reason").ShouldBe("wrong server");
    }

    [Fact]
    public async Task Typing_in_a_channel_mentions_the_bot_and_its_answer_appears_in_the_thread()
    {
        var page = await browser.OpenAsync(Address("dana"));
        await page.GetByPlaceholder("Start a post").FillAsync("pending");
        await page.Keyboard.PressAsync("Enter");

        var activity = await teams.Bot.GetAsync(a => a.Text("text") == "<at>DevOps AI Bot</at> pending", Ct);
        using var sent = await teams.SendAsync(activity.Text("conversation/id")!, LocalTeamsHost.TextActivity("Nothing is waiting."), Ct);

        await Expect(page.Locator($"[data-post='{activity.Text("id")}'] .replies").GetByText("Nothing is waiting.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Hostile_text_stays_text_everywhere()
    {
        using var sent = await teams.SendAsync(LocalTeamsHost.Contoso, LocalTeamsHost.TextActivity(Hostile), Ct);
        await teams.PostCardAsync(LocalTeamsHost.Contoso, TestCards.Card(Hostile), Ct);
        await teams.SayAsync("alex", LocalTeamsHost.Contoso, Hostile, Ct);
        var page = await browser.OpenAsync(Address("dana"));

        await Expect(page.GetByText("<img src=x onerror=alert(1)>")).ToHaveCountAsync(3);
        await Expect(page.Locator(".messages img")).ToHaveCountAsync(0);
        await Expect(page.Locator(".messages a[href^='javascript']")).ToHaveCountAsync(0);
        await Expect(page.Locator(".messages strong", new() { HasText = "bold" })).ToHaveCountAsync(2);
        browser.Complaints.ShouldBeEmpty();
    }

    private Uri Address(string person) =>
        new(teams.Client.BaseAddress!, $"localteams?person={person}#{Uri.EscapeDataString(LocalTeamsHost.Contoso)}");

    private static JsonObject ApprovalCard([CallerFilePath] string here = "") =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "approval-card.json")))!.AsObject();
}
