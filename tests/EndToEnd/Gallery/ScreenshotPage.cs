using DevOpsAI.Tests.EndToEnd.LocalTeams;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DevOpsAI.Tests.EndToEnd.Gallery;

/// <summary>
/// One person's channel open on a wide screen in the light theme and on a narrow one in the dark theme; takes the same picture of each.
/// </summary>
internal sealed class ScreenshotPage(IReadOnlyList<(string Look, IPage Page)> pages)
{
    private static readonly (string Look, ColorScheme Scheme, int Width)[] Looks =
        [("light", ColorScheme.Light, 1200), ("narrow-dark", ColorScheme.Dark, 400)];

    public IPage Light => pages[0].Page;

    public static async Task<ScreenshotPage> OpenAsync(Browser browser, Uri address)
    {
        // Tall, so that a whole card is on the screen at once.
        var opened =
            await Task.WhenAll(Looks.Select(async look => (look.Look, await browser.OpenAsync(address, look.Scheme, look.Width, 1800))));
        return new(opened);
    }

    /// <summary>
    /// Waits until the card says <paramref name="text"/> on every page, then keeps a picture of each as <c>{name}-{look}.png</c>.
    /// </summary>
    public async Task CardAsync(string messageId, string name, string text)
    {
        foreach (var (look, page) in pages)
        {
            var card = CardOn(page, messageId);
            await Expect(card).ToContainTextAsync(text);
            (await card.EvaluateAsync<bool>("card => card.scrollWidth <= card.clientWidth")).ShouldBeTrue(
                $"{name} is wider than its card ({look})");
            await card.ScreenshotAsync(new() { Path = GetPath(name, look), Animations = ScreenshotAnimations.Disabled });
        }
    }

    /// <summary>Presses something that only opens on the page, takes the picture and closes it again.</summary>
    public async Task OpenedAsync(string messageId, string button, string name, string text)
    {
        await ToggleAsync(messageId, button);
        await CardAsync(messageId, name, text);
        await ToggleAsync(messageId, button);
    }

    public async Task ScreenAsync(string name)
    {
        foreach (var (look, page) in pages)
            await page.ScreenshotAsync(new() { Path = GetPath(name, look), Animations = ScreenshotAnimations.Disabled });
    }

    private async Task ToggleAsync(string messageId, string button)
    {
        foreach (var (_, page) in pages)
            await CardOn(page, messageId).GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).First.ClickAsync();
    }

    private static ILocator CardOn(IPage page, string messageId) => page.Locator($"[data-message='{messageId}'] > .bubble .card");

    private static string GetPath(string name, string look) => Path.Combine(Places.Artifacts, $"{name}-{look}.png");
}
