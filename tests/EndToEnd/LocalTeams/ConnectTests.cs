using System.Net;
using DevOpsAI.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DevOpsAI.Tests.EndToEnd.LocalTeams;

/// <summary>
/// In a real browser: an administrator connects a client to NinjaOne in a dialog, the approver agrees, and NinjaOne's webhook becomes a
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
    public async Task A_dialog_is_filled_in_wrong_and_right_approved_by_another_and_works_still_after_a_restart()
    {
        await using var ninja = await PlayedNinjaOne.StartAsync();
        await using var bot = await BotProcess.StartAsync();
        var session = new LocalSession(bot);
        await session.SettledAsync();
        await session.SayAsync("alex", Chat, "connect ninjaone contoso");
        var offer = await session.CardAsync(Chat, "Connect NinjaOne for Contoso");

        var phone = await browser.OpenAsync(session.Page("alex", Chat), ColorScheme.Dark, 360, 640);
        await PhoneShowsItAsync(phone, offer);

        var alex = await browser.OpenAsync(session.Page("alex", Chat));
        await Expect(Card(alex, offer)).ToContainTextAsync("Client secret of the API application");
        await PictureAsync(alex, "connect-offer");
        await IsModalAsync(alex, offer);
        await OpenAsync(alex, offer);
        await FillAsync(alex, ninja.Address, secret: "a-wrong-secret");
        await PictureAsync(alex, "connect-dialog");
        await SubmitAsync(alex);
        await Expect(Dialog(alex)).ToContainTextAsync("does not take the credentials");
        await Expect(Dialog(alex).GetByLabel("Client id of the API application")).ToHaveValueAsync("client");
        await Expect(Dialog(alex).GetByLabel("Client secret of the API application")).ToHaveValueAsync("");
        (await Dialog(alex).InnerHTMLAsync()).ShouldNotContain("a-wrong-secret");
        await PictureAsync(alex, "connect-refused");
        await FillAsync(alex, ninja.Address, PlayedNinjaOne.FirstSecret);
        await SubmitAsync(alex);
        await Expect(Dialog(alex)).ToHaveCountAsync(0);
        await Expect(alex.Locator("#messages")).ToContainTextAsync("1 approval by somebody other than you");
        await PictureAsync(alex, "connect-asked");

        var asked = await session.CardAsync(Contoso, "Connect NinjaOne");
        var erik = await browser.OpenAsync(session.Page("erik", Contoso));
        await Expect(Card(erik, asked)).ToContainTextAsync("a new secret that the bot keeps");
        await PictureAsync(erik, "connect-card");
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

    /// <summary>The whole screen of a phone, in the dark, with no line wider than it.</summary>
    private static async Task PhoneShowsItAsync(IPage phone, string offer)
    {
        await PictureAsync(phone, "connect-offer-phone");
        await OpenAsync(phone, offer);
        await Expect(Dialog(phone).GetByLabel("Client secret of the API application")).ToHaveAttributeAsync("type", "password");
        (await phone.EvaluateAsync<bool>(
            "() => document.documentElement.scrollWidth <= innerWidth && document.querySelector('dialog').scrollWidth <= innerWidth"))
            .ShouldBeTrue();
        var box = (await Dialog(phone).BoundingBoxAsync())!;
        (box.Width, box.Height).ShouldBe((360, 640));
        await PictureAsync(phone, "connect-phone");
        await Dialog(phone).GetByRole(AriaRole.Button, new() { Name = "Ask for approval" }).ScrollIntoViewIfNeededAsync();
        await PictureAsync(phone, "connect-phone-end");
    }

    /// <summary>Focus begins in its first field and stays inside, nothing behind it can be reached, Escape closes it.</summary>
    private static async Task IsModalAsync(IPage page, string offer)
    {
        await OpenAsync(page, offer);
        await Expect(Dialog(page).GetByLabel("The instance that the console is on")).ToBeFocusedAsync();
        for (var time = 0; time < 30; time++)
        {
            await page.Keyboard.PressAsync("Tab");
            (await page.EvaluateAsync<bool>(
                "() => document.activeElement === document.body || document.querySelector('dialog').contains(document.activeElement)"))
                .ShouldBeTrue("the focus left the dialog");
        }
        (await page.EvaluateAsync<bool>("() => document.querySelector('dialog').matches(':modal')")).ShouldBeTrue();
        await page.Keyboard.PressAsync("Escape");
        await Expect(Dialog(page)).ToHaveCountAsync(0);
        await Expect(Card(page, offer).GetByRole(AriaRole.Button, new() { Name = "Fill in" })).ToBeFocusedAsync();
    }

    private static async Task OpenAsync(IPage page, string offer)
    {
        await Card(page, offer).GetByRole(AriaRole.Button, new() { Name = "Fill in" }).ClickAsync();
        await Expect(Dialog(page)).ToContainTextAsync("Connect NinjaOne for Contoso");
    }

    private static async Task FillAsync(IPage page, string address, string secret)
    {
        var form = Dialog(page);
        await form.GetByLabel("The instance that the console is on").SelectOptionAsync("eu");
        await form.GetByLabel("Client id of the API application").FillAsync("client");
        await form.GetByLabel("Client secret of the API application").FillAsync(secret);
        await form.GetByLabel("Id of the client's organisation").FillAsync("2");
        await form.GetByLabel("What NinjaOne sends in the header").FillAsync(HookSecret);
        await form.GetByLabel("Address of NinjaOne").FillAsync(address);
    }

    private static Task SubmitAsync(IPage page) => Dialog(page).GetByRole(AriaRole.Button, new() { Name = "Ask for approval" }).ClickAsync();

    private static ILocator Dialog(IPage page) => page.GetByRole(AriaRole.Dialog);

    private static ILocator Card(IPage page, string messageId) => page.Locator($"[data-message='{messageId}'] > .bubble .card");

    private static Task<byte[]> PictureAsync(IPage page, string name) =>
        page.ScreenshotAsync(new() { Path = Path.Combine(Places.Artifacts, $"{name}.png") });
}
