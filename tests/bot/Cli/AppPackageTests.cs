using DevOpsAI.Bot.Chat;
using DevOpsAI.Tests.Cards;
using DevOpsAI.Tests.Chat;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Bot.Commands;

/// <summary>The app package that the bot makes of itself.</summary>
public sealed class AppPackageTests : IDisposable
{
    private readonly AppPackageScene scene = new();

    [Fact]
    public async Task What_is_built_is_what_the_check_calls_good()
    {
        await scene.BuildAsync();

        var (code, output, error) = await scene.RunAsync("manifest", "check", scene.Built);

        output.ShouldBe($"{scene.Built}: good. DevOps AI Bot 1.0.0, app {AppPackageScene.AppId}, manifest 1.29, in en, de, es, fr\n");
        (code, error).ShouldBe((0, ""));
        scene.Files.Keys.ShouldBe(["manifest.json", "color.png", "outline.png", "de.json", "es.json", "fr.json"]);
    }

    [Fact]
    public async Task What_is_said_is_in_the_package_and_what_is_configured_need_not_be_said()
    {
        scene.Settings["Compliance:Provider"] = "Northwind IT";
        await scene.BuildAsync("--app-version", "1.2.3", "--privacy-url", "https://www.contoso.com/datenschutz");

        scene.Manifest["developer"]!.AsObject().Select(static one => (string?)one.Value).ShouldBe(
            ["Northwind IT", "https://www.contoso.com/", "https://www.contoso.com/datenschutz", "https://www.contoso.com/terms"]);
        ((string?)scene.Manifest["id"]).ShouldBe(AppPackageScene.AppId);
        ((string?)scene.Manifest["bots"]![0]!["botId"]).ShouldBe(AppPackageScene.AppId);
        ((string?)scene.Manifest["version"]).ShouldBe("1.2.3");
    }

    [Fact]
    public async Task What_is_said_goes_before_what_is_configured()
    {
        const string Another = "0c7d5a3e-1f4b-4c8a-9e26-5d7b3f1a8c42";
        scene.Settings["Compliance:Provider"] = "Northwind IT";
        await scene.BuildAsync("--app-id", Another, "--developer", "Fabrikam");

        ((string?)scene.Manifest["id"]).ShouldBe(Another);
        ((string?)scene.Manifest["developer"]!["name"]).ShouldBe("Fabrikam");
    }

    [Fact]
    public async Task The_same_package_has_the_same_bytes()
    {
        await scene.BuildAsync();
        var first = await File.ReadAllBytesAsync(scene.Built, TestContext.Current.CancellationToken);
        File.Delete(scene.Built);
        File.SetLastWriteTimeUtc(Path.GetDirectoryName(scene.Built)!, new(2031, 5, 5, 0, 0, 0, DateTimeKind.Utc));
        await scene.BuildAsync();

        (await File.ReadAllBytesAsync(scene.Built, TestContext.Current.CancellationToken)).ShouldBe(first);
    }

    /// <summary>People pick from these lists and press Enter, so every one is a command and every example is understood.</summary>
    [Fact]
    public async Task The_lists_name_commands_that_the_help_knows()
    {
        await scene.BuildAsync();
        using var services = ChatScene.Build(new(), new GivenAccess());
        var catalog = services.GetRequiredService<ChatCatalog>();
        var lists = scene.Manifest["bots"]![0]!["commandLists"]!.AsArray();

        lists.SelectMany(static list => list!["scopes"]!.AsArray()).Select(static scope => (string?)scope)
            .ShouldBe(["personal", "team", "groupChat"]);
        foreach (var list in lists)
        {
            var commands = list!["commands"]!.AsArray();
            commands.Count.ShouldBeInRange(1, 10);
            foreach (var command in commands)
                MustBeKnown((string)command!["title"]!, (string)command["description"]!, catalog);
        }
    }

    /// <summary>The bot understands English alone: a translated title would be sent as a word that means nothing to it.</summary>
    [Theory]
    [InlineData("de")]
    [InlineData("es")]
    [InlineData("fr")]
    public async Task A_language_translates_every_description_and_no_command(string language)
    {
        await scene.BuildAsync();
        var texts = scene.Json($"{language}.json");
        var lists = scene.Manifest["bots"]![0]!["commandLists"]!.AsArray();
        using var services = ChatScene.Build(new(), new GivenAccess());
        var catalog = services.GetRequiredService<ChatCatalog>();

        texts.Select(static text => text.Key).Where(static path => path.EndsWith(".title", StringComparison.Ordinal)).ShouldBeEmpty();
        texts.ContainsKey("name.full").ShouldBeTrue();
        for (var list = 0; list < lists.Count; list++)
        {
            var commands = lists[list]!["commands"]!.AsArray();
            for (var command = 0; command < commands.Count; command++)
            {
                var translated = (string?)texts[$"bots[0].commandLists[{list}].commands[{command}].description"];
                translated.ShouldNotBeNull();
                translated.ShouldNotBe((string?)commands[command]!["description"]);
                MustBeKnown((string)commands[command]!["title"]!, translated, catalog);
            }
        }
    }

    [Fact]
    public async Task No_more_is_asked_for_than_the_bot_needs()
    {
        await scene.BuildAsync();
        var permissions = scene.Manifest["permissions"]!.AsArray().Select(static one => (string)one!).ToList();
        var document = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "docs", "app-package.md"), TestContext.Current.CancellationToken);

        permissions.ShouldContain("identity");
        permissions.Contains("messageTeamMembers").ShouldBe(OpensChats());
        foreach (var permission in permissions)
            document.ShouldContain($"| `{permission}` (`permissions`) |");
        scene.Manifest["validDomains"]!.AsArray().ShouldBeEmpty();
        scene.Manifest.ContainsKey("authorization").ShouldBeFalse();
        scene.Manifest.ContainsKey("webApplicationInfo").ShouldBeFalse();
        scene.Manifest["bots"]![0]!["scopes"]!.ToJsonString().ShouldBe("""["personal","team","groupChat"]""");
    }

    [Theory]
    [InlineData("Which app? --app-id", "--domain", "www.contoso.com", "--out", "new.zip")]
    [InlineData("'bot' is no app id", "--app-id", "bot", "--domain", "www.contoso.com", "--out", "new.zip")]
    [InlineData("Whose app? --domain", "--app-id", AppPackageScene.AppId, "--out", "new.zip")]
    [InlineData("'https://contoso.com/' is no domain", "--app-id", AppPackageScene.AppId, "--domain", "https://contoso.com/", "--out", "x")]
    [InlineData("Where to? --out", "--app-id", AppPackageScene.AppId, "--domain", "www.contoso.com")]
    [InlineData("version is '1.0', which is no version: write three numbers", "--app-id", AppPackageScene.AppId, "--domain",
        "www.contoso.com", "--app-version", "1.0", "--out", "new.zip")]
    [InlineData("developer.name has 40 characters, and Teams takes 32 at most", "--app-id", AppPackageScene.AppId, "--domain",
        "www.contoso.com", "--developer", "1234567890123456789012345678901234567890", "--out", "new.zip")]
    [InlineData("developer.privacyUrl is 'privacy', which is no web address", "--app-id", AppPackageScene.AppId, "--domain",
        "www.contoso.com", "--privacy-url", "privacy", "--out", "new.zip")]
    [InlineData("Unrecognized command or argument '--colour'", "--colour")]
    public async Task A_call_that_gives_no_package_says_what_to_do_and_writes_nothing(string why, params string[] args)
    {
        scene.Settings.Clear();
        var (code, output, error) = await scene.RunAsync(["manifest", "build", .. args.Select(Within)]);

        error.ShouldContain(why);
        (code, output).ShouldBe((2, ""));
        Directory.GetFiles(Path.GetDirectoryName(scene.Built)!).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_is_there_stays_as_it_is()
    {
        await scene.BuildAsync();
        await File.WriteAllTextAsync(scene.Changed, "mine", TestContext.Current.CancellationToken);
        var (code, _, error) = await scene.RunAsync("manifest", "build", "--domain", "www.contoso.com", "--out", scene.Changed);

        error.ShouldContain("exists already");
        code.ShouldBe(2);
        (await File.ReadAllTextAsync(scene.Changed, TestContext.Current.CancellationToken)).ShouldBe("mine");
    }

    public void Dispose() => scene.Dispose();

    /// <summary>Whether anything in the bot begins a chat with a person.</summary>
    private static bool OpensChats() => Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "bot"), "*.cs", SearchOption.AllDirectories)
        .Where(static file => Path.GetFileName(Path.GetDirectoryName(file)) != "Outbound")
        .Any(static file => File.ReadAllText(file).Contains(".OpenChatAsync(", StringComparison.Ordinal));

    private string Within(string word) => word == "new.zip" ? scene.Built : word;

    private static void MustBeKnown(string title, string description, ChatCatalog catalog)
    {
        var (command, length) = catalog.Find([title]).ShouldNotBeNull(title);
        (command.Name, length).ShouldBe((title, 1));
        command.Help.ShouldNotBeEmpty(title);
        if (description.LastIndexOf(": ", StringComparison.Ordinal) is >= 0 and var colon)
            description[(colon + 2)..].Split(' ')[0].ShouldBe(title, description);
    }
}
