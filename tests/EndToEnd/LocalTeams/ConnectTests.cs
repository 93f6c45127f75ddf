using System.Net;
using DevOpsAI.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DevOpsAI.Tests.EndToEnd.LocalTeams;

/// <summary>
/// In a real browser: an administrator connects a client to NinjaOne with the form, the approver agrees, and NinjaOne's webhook becomes a
/// card. The vendor is a stand-in that keeps state.
/// </summary>
public sealed class ConnectTests : IAsyncLifetime
{
    private const string Contoso = LocalSession.Contoso;
    private const string Chat = "a:1local-alex";
    private const string HookSecret = "the-hook-secret-of-contoso";

    private Browser browser = null!;

    public async ValueTask InitializeAsync() => browser = await Browser.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
    }

    [Fact]
    public async Task A_form_is_filled_in_wrong_and_right_approved_by_another_and_works_still_after_a_restart()
    {
        await using var ninja = await PlayedNinjaOne.StartAsync();
        await using var bot = await BotProcess.StartAsync();
        var session = new LocalSession(bot);
        await session.SettledAsync();
        await session.SayAsync("alex", Chat, "connect ninjaone contoso");
        var form = await session.CardAsync(Chat, "Connect NinjaOne for Contoso");

        var phone = await browser.OpenAsync(session.Page("alex", Chat), ColorScheme.Dark, 360, 640);
        await Expect(Card(phone, form).GetByLabel("Client secret of the API application")).ToHaveAttributeAsync("type", "password");
        (await phone.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
        await phone.ScreenshotAsync(new() { Path = Path.Combine(Places.Artifacts, "connect-phone.png") });

        var alex = await browser.OpenAsync(session.Page("alex", Chat));
        await FillAsync(alex, form, ninja.Address, secret: "a-wrong-secret");
        await alex.GetByRole(AriaRole.Button, new() { Name = "Ask for approval" }).ClickAsync();
        await Expect(Card(alex, form)).ToContainTextAsync("NinjaOne");
        await Expect(Card(alex, form).GetByLabel("Client id of the API application")).ToHaveValueAsync("client");
        await Expect(Card(alex, form).GetByLabel("Client secret of the API application")).ToHaveValueAsync("");
        await alex.ScreenshotAsync(new() { Path = Path.Combine(Places.Artifacts, "connect-refused.png"), FullPage = true });
        await FillAsync(alex, form, ninja.Address, PlayedNinjaOne.FirstSecret);
        await alex.GetByRole(AriaRole.Button, new() { Name = "Ask for approval" }).ClickAsync();
        await Expect(Card(alex, form)).ToContainTextAsync("1 approval by somebody other than you");

        var asked = await session.CardAsync(Contoso, "Connect NinjaOne");
        var erik = await browser.OpenAsync(session.Page("erik", Contoso));
        await Expect(Card(erik, asked)).ToContainTextAsync("a new secret that the bot keeps");
        await erik.ScreenshotAsync(new() { Path = Path.Combine(Places.Artifacts, "connect-card.png") });
        await Card(erik, asked).GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();
        await Expect(Card(erik, asked)).ToContainTextAsync("Approved by Erik Approver");
        await Eventually.TrueAsync(
            async () => (await bot.TypesAsync()).Contains("connection.made"), () => $"the connection is in use\n{bot.Output}");

        await HealthIsOkAsync(session);
        (await PlayedNinjaOne.DeliverAsync(bot.Http, HookSecret, organization: 2)).ShouldBe(HttpStatusCode.Accepted);
        await session.CardAsync(Contoso, "SRV-NINJA01");
        bot.Output.ShouldNotContain(PlayedNinjaOne.FirstSecret);
        browser.Complaints.ShouldBeEmpty();

        bot.Kill();
        await bot.RestartAsync();
        await HealthIsOkAsync(session);
        (await PlayedNinjaOne.DeliverAsync(bot.Http, "the-hook-secret-of-fabrikam", organization: 2)).ShouldBe(HttpStatusCode.Unauthorized);
        (await PlayedNinjaOne.DeliverAsync(bot.Http, HookSecret, organization: 2)).ShouldBe(HttpStatusCode.Accepted);
    }

    private static async Task HealthIsOkAsync(LocalSession session)
    {
        await session.SayAsync("alex", Chat, "connectors health contoso");
        await session.CardAsync(Chat, "contoso-ninjaone");
        (await session.CardsAsync(Chat))[^1].Card.ShouldContain("\"ok\"");
    }

    private static async Task FillAsync(IPage page, string form, string address, string secret)
    {
        var card = Card(page, form);
        await card.GetByLabel("The instance that the console is on").SelectOptionAsync("eu");
        await card.GetByLabel("Client id of the API application").FillAsync("client");
        await card.GetByLabel("Client secret of the API application").FillAsync(secret);
        await card.GetByLabel("Id of the client's organisation").FillAsync("2");
        await card.GetByLabel("What NinjaOne sends in the header").FillAsync(HookSecret);
        await card.GetByLabel("Address of NinjaOne").FillAsync(address);
    }

    private static ILocator Card(IPage page, string messageId) => page.Locator($"[data-message='{messageId}'] > .bubble .card");
}
