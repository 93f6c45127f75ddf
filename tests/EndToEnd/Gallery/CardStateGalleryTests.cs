using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.LocalTeams.Connector;
using DevOpsAI.Tests.Cards;
using DevOpsAI.Tests.EndToEnd.LocalTeams;
using DevOpsAI.Tests.Loaner;
using DevOpsAI.Tests.LocalTeams;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DevOpsAI.Tests.EndToEnd.Gallery;

/// <summary>
/// The card in each of its states, as the product draws it from a ledger, on a small dark phone and on a light desktop; then with
/// names that are long, of other scripts, or written to pass for markup or for the bot's own words. Pictures are kept in
/// <c>artifacts/screenshots</c>: of each state as it comes, unfolded on the phone, and of whatever is wrong.
/// </summary>
public sealed class CardStateGalleryTests : IAsyncLifetime
{
    private const int Phone = 360;

    /// <summary>Of a small phone; the pages are taller, so that a whole card is on one picture.</summary>
    private const int PhoneHeight = 640;

    private const int Tall = 2400;

    /// <summary>What sticks out does so in either theme, and what is faint is so at either width.</summary>
    private static readonly (string Look, ColorScheme Scheme, int Width)[] Looks =
        [("phone-dark", ColorScheme.Dark, Phone), ("desk", ColorScheme.Light, 1200)];

    /// <summary>States in which a plan of one step waits for a decision.</summary>
    private static readonly string[] OnFirstScreen =
    [
        "waiting", "escalated", "first-of-two", "needs-review", "asked-again", "drafted-again", "undo-waiting", "expired-asked-again",
        "reopened", "seen-before", "out-of-band", "irreversible-second-approver", "approver-absent", "glass-can-be-broken",
    ];

    private static readonly string[] WithNames =
    [
        "waiting", "seen-before", "frozen", "out-of-band", "taken-back", "reopened", "expired-asked-again", "storm-with-plans", "verified",
        "irreversible-first-page", "irreversible-last-page", "irreversible-second-approver",
    ];

    private static readonly Dictionary<string, Cast> Casts = new()
    {
        ["long"] = new(
            "Verwaltungsgesellschaft Müller-Lüdenscheidt & Söhne Beteiligungs GmbH & Co. KGaA",
            "srv-file01.headquarters.europe.verwaltungsgesellschaft-mueller.example",
            "Microsoft Exchange Transport Log Search and Message Tracking Service", "Maximiliane von Hohenstein-Wittelsbach"),
        ["token"] = new(new('C', 64), new('W', 64), new('S', 64), new('M', 64)),
        ["rtl"] = new("شركة النور للتقنية 2024", "שרת-קבצים-01", "גיבוי לילי 3", "דנה כהן"),
        ["cjk"] = new("株式会社東京情報システム開発", "東京本社SRV01", "印刷スプーラー", "山田 太郎"),
        ["markup"] = new(
            "**Contoso** [Approve](https://evil.example)", "<at>Everyone</at>_SRV_`rm`", "<b>x</b> ![i](https://evil.example/i.png)",
            "# Ravi <at>All</at>"),
        ["spoof"] = new(
            "Contoso · Verified", "SRV-DC01 · Fabrikam Inc", "Spooler. Low risk, can be undone. May decide: everybody here",
            "the bot (gates)"),
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>What Teams' limits go by; nobody waits for them here.</summary>
    private readonly SkippingClock limits = new();
    private Browser browser = null!;
    private LocalTeamsHost teams = null!;

    public async ValueTask InitializeAsync()
    {
        browser = await Browser.StartAsync();
        teams = await LocalTeamsHost.StartAsync(configure: services => services.AddSingleton(new RateLimits(limits)));
        await teams.SettledAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        if (teams is not null)
            await teams.DisposeAsync();
    }

    [Fact]
    public async Task Every_state_is_read_whole_on_a_phone_and_on_a_desktop()
    {
        var pages = await OpenAsync();
        var trouble = new List<string>();
        foreach (var state in CardStates.Names)
        {
            var card = await CardAsync(state, null);
            var words = VisibleWords.For(card);
            TestContext.Current.TestOutputHelper?.WriteLine($"{VisibleWords.Count(words),3} words  {state}");
            trouble.AddRange(await ShowAsync(pages, card, state, "80-state-" + state, mostOfScreen: OnFirstScreen.Contains(state)));
        }
        trouble.ShouldBeEmpty();
        browser.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_state_of_what_is_no_incident_is_read_whole_on_a_phone_and_on_a_desktop()
    {
        var pages = await OpenAsync();
        var trouble = new List<string>();
        foreach (var state in LoanStates.Names)
        {
            var card = (await LoanStates.DrawAsync(state, notice: null)).Approver.AsReceived();
            card.AsObject().Remove("refresh");
            trouble.AddRange(
                await ShowAsync(pages, card, "loan " + state, "87-loan-" + state, mostOfScreen: state is "waiting" or "plan-waiting"));
        }
        trouble.ShouldBeEmpty();
        browser.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whatever_things_and_people_are_called_nothing_overflows_and_nothing_is_markup()
    {
        var pages = await OpenAsync();
        var trouble = new List<string>();
        foreach (var (name, cast) in Casts)
        {
            foreach (var state in WithNames)
                trouble.AddRange(await ShowAsync(
                    pages, await CardAsync(state, cast), $"{state} ({name})", $"85-names-{name}-{state}", isPictured: false));
        }
        trouble.ShouldBeEmpty();
        browser.Complaints.ShouldBeEmpty();
    }

    private static async Task<JsonNode> CardAsync(string state, Cast? cast)
    {
        var card = (await CardStates.DrawAsync(state, cast, notice: null)).Approver.AsReceived();
        card.AsObject().Remove("refresh");
        return card;
    }

    private async Task<IReadOnlyList<(string Look, IPage Page)>> OpenAsync()
    {
        var address = new Uri(teams.Client.BaseAddress!, $"localteams?person=erik#{Uri.EscapeDataString(LocalTeamsHost.Contoso)}");
        return await Task.WhenAll(
            Looks.Select(async look => (look.Look, await browser.OpenAsync(address, look.Scheme, look.Width, Tall))));
    }

    /// <summary>Shows it on every page, folded and then unfolded, and returns what is wrong with it.</summary>
    private async Task<List<string>> ShowAsync(
        IReadOnlyList<(string Look, IPage Page)> pages, JsonNode card, string state, string picture, bool mostOfScreen = false,
        bool isPictured = true)
    {
        var id = await PostAsync(card);
        var trouble = new List<string>();
        foreach (var (look, page) in pages)
        {
            var shown = page.Locator($"[data-message='{id}'] > .bubble .card");
            await Expect(shown.Locator(".ac-adaptiveCard").First).ToBeVisibleAsync();
            var isPhone = look.StartsWith("phone", StringComparison.Ordinal);
            await LookAsync(shown, $"{state}, {look}", $"{picture}-{look}", isPictured);
            if (mostOfScreen && isPhone)
                await ReachAsync(page, shown, $"{state}, {look}");
            var details = Button(shown, "Details");
            if (await details.CountAsync() == 0)
                continue;
            await details.ClickAsync();
            await LookAsync(shown, $"{state}, {look}, unfolded", $"{picture}-{look}-unfolded", isPictured && isPhone);
        }
        return trouble;

        async Task ReachAsync(IPage page, ILocator on, string where)
        {
            var button = (await Button(on, "Approve").Or(Button(on, "All details")).First.BoundingBoxAsync())!;
            var (frame, list) = ((await on.BoundingBoxAsync())!, (await page.Locator("#messages").BoundingBoxAsync())!);
            var below = button.Y + button.Height - frame.Y - (PhoneHeight - (Tall - list.Height));
            if (below > 0)
                trouble.Add($"{where}: Approve is {below:0} px below the first screen");
        }

        static ILocator Button(ILocator on, string title) => on.GetByRole(AriaRole.Button, new() { Name = title, Exact = true });

        async Task LookAsync(ILocator shown, string where, string name, bool isWanted)
        {
            var faults = await shown.EvaluateAsync<string[]>(Faults);
            trouble.AddRange(faults.Select(fault => $"{where}: {fault}"));
            if (isWanted || faults.Length > 0)
                await shown.ScreenshotAsync(
                    new() { Path = Path.Combine(Places.Artifacts, name + ".png"), Animations = ScreenshotAnimations.Disabled });
        }
    }

    /// <summary>What sticks out or is cut off, what is markup although it is somebody else's text, and what is too faint to read.</summary>
    private const string Faults = """
        card => {
          const faults = [];
          const frame = card.getBoundingClientRect();
          for (const part of card.querySelectorAll('*')) {
            const box = part.getBoundingClientRect();
            if (box.width === 0 || box.height === 0) continue;
            const name = `${part.tagName.toLowerCase()} '${part.textContent.slice(0, 40)}'`;
            if (box.right > frame.right + 1 || box.left < frame.left - 1)
              faults.push(`${name} sticks out by ${Math.round(box.right - frame.right)} px`);
            if (part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX === 'hidden') faults.push(`${name} is cut off`);
          }
          for (const part of card.querySelectorAll('a[href], img, code, em, del, .mention'))
            faults.push(`markup: ${part.outerHTML.slice(0, 80)}`);
          const rgb = text => text.match(/[\d.]+/g).map(Number);
          const linear = v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
          const light = colour => colour.map(v => linear(v / 255)).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
          const over = (top, under) => top.slice(0, 3).map((v, i) => v * (top[3] ?? 1) + under[i] * (1 - (top[3] ?? 1)));
          const behind = part => {
            const layers = [];
            for (let at = part; at; at = at.parentElement) {
              const colour = rgb(getComputedStyle(at).backgroundColor);
              layers.push(colour);
              if ((colour[3] ?? 1) === 1) break;
            }
            return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
          };
          const texts = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
          while (texts.nextNode()) {
            const part = texts.currentNode.parentElement;
            if (!texts.currentNode.textContent.trim() || part.getBoundingClientRect().height === 0) continue;
            const under = behind(part);
            const seen = over(rgb(getComputedStyle(part).color), under);
            const [a, b] = [light(seen), light(under)];
            const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
            if (contrast < 4.5) faults.push(`'${texts.currentNode.textContent.slice(0, 40)}' has a contrast of ${contrast.toFixed(2)}`);
          }
          return [...new Set(faults)];
        }
        """;

    /// <summary>Skips the time where Teams would say that it is too many at once.</summary>
    private async Task<string> PostAsync(JsonNode card)
    {
        while (true)
        {
            using var result = await teams.SendAsync(LocalTeamsHost.Contoso, LocalTeamsHost.CardActivity(card), Ct);
            if (result.IsSuccessStatusCode)
                return (await result.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetString()!;
            ((int)result.StatusCode).ShouldBe(429, await result.Content.ReadAsStringAsync(Ct));
            limits.Skip(result.Headers.RetryAfter!.Delta!.Value);
        }
    }
}
