using DevOpsAI.Tests.Support;
using Microsoft.Playwright;

namespace DevOpsAI.Tests.EndToEnd.LocalTeams;

/// <summary>The system's Chromium; <c>CHROMIUM</c> names another.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    /// <summary>In milliseconds.</summary>
    private static readonly float TimeLimit = (float)Hang.Limit.TotalMilliseconds;

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;

    private Browser(IPlaywright playwright, IBrowser browser) => (this.playwright, this.browser) = (playwright, browser);

    /// <summary>What pages complained about: errors of scripts, refused loads, requests to other hosts.</summary>
    public List<string> Complaints { get; } = [];

    public static async Task<Browser> StartAsync()
    {
        var executable = Usual.Prepend(Environment.GetEnvironmentVariable("CHROMIUM")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(executable is null, "No Chromium: apt-get install chromium, or name one in CHROMIUM.");
        var driver = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(TimeLimit);
        var chromium = await driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = executable,
            Timeout = TimeLimit,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync"],
        });
        return new Browser(driver, chromium);
    }

    public async Task<IPage> OpenAsync(Uri address, ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 900,
        bool loopbackOnly = false)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = height },
        });
        context.SetDefaultTimeout(TimeLimit);
        if (loopbackOnly)
            await context.RouteAsync(url => !new Uri(url).IsLoopback, route => route.AbortAsync());
        var page = await context.NewPageAsync();
        page.PageError += (_, error) => Complaints.Add(error);
        page.Console += (_, message) => Complaints.AddRange(message.Type is "error" or "warning" ? [message.Text] : Array.Empty<string>());
        page.Request += (_, request) => Complaints.AddRange(new Uri(request.Url).Authority == address.Authority ? [] : [request.Url]);
        await page.GotoAsync(address.ToString());
        return page;
    }

    /// <summary>Keeps a picture as test output, in <c>TestResults/LocalTeams</c> beside the tests.</summary>
    public static Task PictureAsync(IPage page, string name) =>
        page.ScreenshotAsync(
            new PageScreenshotOptions { Path = Path.Combine(AppContext.BaseDirectory, "TestResults", "LocalTeams", $"{name}.png") });

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}
