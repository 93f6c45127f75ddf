using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.Bot.Commands;

/// <summary>What the check says of packages that Teams would refuse, each made wrong in one way.</summary>
public sealed class AppPackageCheckTests : IAsyncLifetime
{
    private readonly AppPackageScene scene = new();

    public async ValueTask InitializeAsync() => await scene.BuildAsync();

    /// <summary>A manifest that is wrong in one place, and the line about it.</summary>
    public static TheoryData<string, string, string> Manifests => new()
    {
        { "id", "\"mybot\"", "id is 'mybot', which is no GUID: write it as 8-4-4-4-12 hexadecimal digits." },
        { "bots[0].botId", "\"28:abc\"", "bots[0].botId is '28:abc', which is no GUID" },
        { "id", "\"00000000-0000-0000-0000-000000000000\"", "id is a GUID of zeros, a placeholder: put in your own." },
        { "id", "\"${{APP_ID}}\"", "id still has the placeholder '${{APP_ID}}': put in what belongs there." },
        { "developer.websiteUrl", "\"https://{{host}}/\"", "developer.websiteUrl still has the placeholder '{{host}}'" },
        { "developer.name", "\"<company>\"", "developer.name still has the placeholder '<company>'" },
        { "developer.websiteUrl", "\"www.contoso.com\"", "developer.websiteUrl is 'www.contoso.com', which is no web address" },
        { "version", "\"1.0\"", "version is '1.0', which is no version: write three numbers, as in 1.0.0." },
        { "version", "\"1.0.0-beta\"", "version is '1.0.0-beta', which is no version" },
        { "version", "\"01.0.0\"", "version is '01.0.0', which is no version" },
        { "version", "7", "version is a number: write a text in quotation marks." },
        { "manifestVersion", "\"1.5\"", "manifestVersion is '1.5', which cannot be checked here: write 1.29 or 1.30." },
        { "name.short", "\"A bot whose name is longer than thirty\"", "name.short has 38 characters, and Teams takes 30 at most" },
        { "description.short", null!, "description.short is missing: add it." },
        { "accentColor", "\"blue\"", "accentColor is 'blue', which is no colour: write it as #4F6BED." },
        { "colour", "\"#4F6BED\"", "colour is nothing that this version of the manifest knows" },
        { "bots[0].scopes[1]", "\"channel\"", "bots[0].scopes[1] is 'channel', which means nothing there: write one of team, personal," },
        { "bots[0].commandLists[0].commands", Commands(13), "commandLists[0].commands has 13 entries, and Teams takes 12 at most" },
        { "bots[0].commandLists[0].commands[0].title", null!, "bots[0].commandLists[0].commands[0].title is missing: add it." },
        { "validDomains", """["https://bot.contoso.com"]""", "validDomains[0] is 'https://bot.contoso.com', which is no domain" },
        { "validDomains", """["bot.contoso.com/tab"]""", "validDomains[0] is 'bot.contoso.com/tab', which is no domain" },
        { "validDomains", """["*.com"]""", "validDomains[0] is '*.com', which is no domain" },
        { "validDomains", """["bot.contoso.com", "bot_1.contoso.com"]""", "validDomains[1] is 'bot_1.contoso.com', which is no domain" },
        { "localizationInfo.additionalLanguages[2].languageTag", "\"de\"", "localizationInfo names the language 'de' twice" },
        { "localizationInfo.additionalLanguages[0].languageTag", "\"german!\"", "is 'german!', which is no language tag" },
        { "localizationInfo.additionalLanguages[0].file", "\"it.json\"", "it.json: is not in the package, but it is the file of the" },
        { "icons.color", "\"Color.png\"",
            "Color.png: is not in the package, but it is the icon that icons.color names. There is 'color.png': folder and letters must" },
        { "icons.outline", "\"../outline.png\"", "../outline.png: is not in the package" },
        { "id", "\"22222222-2222-4222-8222-222222222222\\n\"", "id holds a line break or another control character: leave it out." },
        { "accentColor", "\"#4F6BED\\n\"", "accentColor holds a line break" },
        { "name.short", "\"a\\u0000b\"", "name.short holds a line break or another control character" },
        { "name.short", "\"bot \\u202Egpj.exe\"", "name.short holds a character that turns the direction of the text" },
        { "name.short", "\"\"", "name.short is empty, and people see it in Teams" },
        { "name.short", "\"   \"", "name.short is empty" },
        { "description.short", "\"\"", "description.short is empty" },
        { "developer.name", "\"\"", "developer.name is empty" },
        { "bots[0].commandLists[0].commands[0].title", "\"\"", "bots[0].commandLists[0].commands[0].title is empty" },
        { "bots[0].scopes", "[]", "bots[0].scopes is empty, so the bot could be added nowhere" },
        { "developer.websiteUrl", "\"https://\"", "developer.websiteUrl is 'https://', which is no " },
        { "developer.websiteUrl", "\"https://www.msp.example/a b\"", "which is no address of a page" },
        { "developer.websiteUrl", "\"https://u:p@www.msp.example/\"", "which is no address of a page" },
        { "$schema", "\"https://developer.microsoft.com/en-us/json-schemas/teams/v1.16/MicrosoftTeams.schema.json\"",
            "$schema is of version 1.16, and manifestVersion is" },
        { "authorization", """{"permissions":{"resourceSpecific":[{"name":"ChannelMessage.Read.Group","type":"Application"}]}}""",
            "webApplicationInfo.id is missing, and authorization.permissions.resourceSpecific needs it" },
    };

    /// <summary>A language file that is wrong in one place, and the line about it.</summary>
    public static TheoryData<string, string, string> Languages => new()
    {
        { "name.short", "\"Ein Bot mit einem Namen von mehr als dreißig\"", "name.short has 44 characters, and Teams takes 30 at most" },
        { "description.full", null!, "description.full is missing: add it." },
        { "name.short", "\"  \"", "name.short says nothing: write the text in that language." },
        { "bots[0].commandLists[0].commands[10].description", "\"x\"",
            "bots[0].commandLists[0].commands[10].description translates a text that manifest.json does not have" },
        { "bots[1].commandLists[0].commands[0].title", "\"x\"", "bots[1].commandLists[0].commands[0].title is nothing that a language" },
        { "name.middle", "\"x\"", "name.middle is nothing that a language file can say" },
        { "description.short", "\"Hallo {{name}}\"", "description.short still has the placeholder '{{name}}'" },
    };

    [Theory, MemberData(nameof(Manifests))]
    public async Task A_manifest_that_is_wrong_in_one_place_is_refused_in_one_line(string path, string? value, string why)
    {
        scene.ChangeManifest(manifest => Set(manifest, path, value));

        await MustBeRefusedAsync(why);
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task A_language_file_that_is_wrong_in_one_place_is_refused_in_one_line(string path, string? value, string why)
    {
        scene.Change("de.json", texts =>
        {
            texts.Remove(path);
            if (value is not null)
                texts[path] = JsonNode.Parse(value);
        });

        await MustBeRefusedAsync($"de.json: {why}");
    }

    [Fact]
    public async Task What_is_wrong_in_several_places_is_said_at_once()
    {
        scene.ChangeManifest(static manifest =>
        {
            manifest["id"] = "bot";
            manifest["version"] = "one";
            manifest.Remove("accentColor");
        });
        scene.Files.Remove("fr.json");
        scene.Files["outline.png"] = PngWriter.Plain(16, static (_, _) => Ink.White);
        var (code, output, _) = await scene.CheckAsync();

        string[] places = ["id", "version", "accentColor", "fr.json", "outline.png"];
        foreach (var place in places)
            output.ShouldContain(place);
        output.ShouldEndWith($"{scene.Changed}: refused, 5 things to mend.\n");
        code.ShouldBe(1);
    }

    [Fact]
    public async Task A_manifest_that_is_cut_off_is_said_to_be_no_JSON_with_its_line()
    {
        scene.Files["manifest.json"] = scene.Files["manifest.json"][..300];

        await MustBeRefusedAsync("manifest.json: is not JSON in line ");
    }

    [Fact]
    public async Task A_name_that_is_there_twice_is_refused()
    {
        var text = Encoding.UTF8.GetString(scene.Files["manifest.json"]);
        scene.Files["manifest.json"] = Encoding.UTF8.GetBytes(
            text.Replace("\"validDomains\"", "\"version\": \"2.0.0\", \"validDomains\"", StringComparison.Ordinal));

        await MustBeRefusedAsync("names something twice");
    }

    [Fact]
    public async Task Half_a_character_is_refused()
    {
        var text = Encoding.UTF8.GetString(scene.Files["manifest.json"]);
        scene.Files["manifest.json"] = Encoding.UTF8.GetBytes(
            text.Replace("\"DevOps AI Bot\"", "\"DevOps \\ud83d\"", StringComparison.Ordinal));

        await MustBeRefusedAsync("manifest.json: holds half of a character");
    }

    [Fact]
    public async Task A_list_in_place_of_the_manifest_is_refused()
    {
        scene.Files["manifest.json"] = "[]"u8.ToArray();

        await MustBeRefusedAsync("manifest.json: is no JSON object");
    }

    [Fact]
    public async Task A_manifest_of_megabytes_is_not_read()
    {
        scene.ChangeManifest(static manifest => manifest["description"]!["full"] = new string('x', 600_000));

        await MustBeRefusedAsync("manifest.json: has 60");
    }

    [Fact]
    public async Task A_package_without_a_manifest_is_refused()
    {
        scene.Files.Remove("manifest.json");

        await MustBeRefusedAsync("has no manifest.json: add it at the root of the zip file.");
    }

    [Fact]
    public async Task A_folder_that_was_zipped_with_its_name_is_refused()
    {
        var inFolder = scene.Files.ToDictionary(static file => $"app/{file.Key}", static file => file.Value);

        MustSay(await scene.CheckAsync(AppPackageScene.Zip(inFolder)), "has its manifest at 'app/manifest.json'", "not their folder.");
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("README")]
    public async Task What_is_no_zip_file_is_refused(string name)
    {
        var content = name == "README" ? "PK is how zip files begin"u8.ToArray() : scene.Files[name];

        MustSay(await scene.CheckAsync(content), $"{scene.Changed}: is not a zip file that can be read");
        MustSay(await scene.CheckAsync([]), $"{scene.Changed}: is not a zip file that can be read");
    }

    [Theory]
    [InlineData("../manifest.json", "leads out of the package")]
    [InlineData("icons/../../color.png", "leads out of the package")]
    [InlineData("/etc/passwd", "is no path inside the package")]
    [InlineData("C:/color.png", "is no path inside the package")]
    [InlineData("icons\\color.png", "is no path inside the package")]
    [InlineData("col\u001b[2Jor.png", "'col?[2Jor.png': is no name of a file")]
    public async Task A_path_that_leads_elsewhere_is_refused(string name, string why)
    {
        scene.Files[name] = "x"u8.ToArray();

        await MustBeRefusedAsync(why);
    }

    [Fact]
    public async Task A_file_that_is_there_twice_is_refused()
    {
        scene.Files["COLOR.png"] = scene.Files["color.png"];

        await MustBeRefusedAsync("COLOR.png: is in the package twice");
    }

    [Fact]
    public async Task A_zip_that_unpacks_to_more_than_a_package_needs_is_not_unpacked()
    {
        scene.Files["zeros"] = new byte[64 * 1024 * 1024];
        var package = AppPackageScene.Zip(scene.Files);
        package.Length.ShouldBeLessThan(200_000);

        MustSay(await scene.CheckAsync(package), "zeros: has 67108864 bytes unpacked, more than an app package can need");
    }

    [Fact]
    public async Task Many_files_that_are_too_much_together_are_not_all_unpacked()
    {
        for (var file = 0; file < 6; file++)
            scene.Files[$"zeros{file}"] = new byte[4 * 1024 * 1024];
        var (code, output, _) = await scene.CheckAsync();

        output.ShouldContain("zeros5: has 4194304 bytes unpacked, more than an app package can need");
        output.ShouldNotContain("zeros0");
        code.ShouldBe(1);
    }

    [Fact]
    public async Task A_size_that_is_not_true_is_found()
    {
        scene.Files["zeros"] = new byte[64 * 1024 * 1024];
        var package = AppPackageScene.Zip(scene.Files);
        // The sizes of the last file: in the list of files that a zip ends with, 22 bytes before which its record is (46 and its name).
        BinaryPrimitives.WriteInt32LittleEndian(package.AsSpan(package.Length - 22 - 46 - "zeros".Length + 24), 1000);

        MustSay(await scene.CheckAsync(package), "zeros: ", "zip it anew");
    }

    [Fact]
    public async Task Thousands_of_files_are_refused()
    {
        for (var file = 0; file < 1000; file++)
            scene.Files[$"file{file}"] = [];

        await MustBeRefusedAsync("holds 1006 files, and an app package has a handful");
    }

    [Fact]
    public async Task A_file_of_many_megabytes_is_not_even_read()
    {
        MustSay(await scene.CheckAsync(new byte[(16 * 1024 * 1024) + 1]), "has 16777217 bytes, and an app package a few thousand");
    }

    [Fact]
    public async Task A_call_without_a_file_says_so()
    {
        var missing = await scene.RunAsync("manifest", "check", scene.Changed);
        (missing.Code, missing.Output).ShouldBe((2, ""));
        missing.Error.ShouldContain($"There is no file {scene.Changed}.");

        var nothing = await scene.RunAsync("manifest", "check");
        nothing.Code.ShouldBe(2);
        nothing.Error.ShouldContain("Try: manifest build");
    }

    [Fact]
    public async Task A_hundred_things_are_not_all_said()
    {
        scene.ChangeManifest(static manifest => manifest["validDomains"] =
            new JsonArray([.. Enumerable.Range(0, 100).Select(static at => (JsonNode?)$"no domain {at}")]));
        var (_, output, _) = await scene.CheckAsync();

        output.ShouldContain("And 50 more: mend these first, and check again.");
        output.Split('\n').Length.ShouldBe(53);
    }

    public ValueTask DisposeAsync()
    {
        scene.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task MustBeRefusedAsync(string why) => MustSay(await scene.CheckAsync(), why);

    /// <summary>One line with these words, and the line that ends it.</summary>
    private static void MustSay((int Code, string Output, string Error) result, params string[] words)
    {
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(2, result.Output);
        foreach (var word in words)
            lines[0].ShouldContain(word, Case.Sensitive);
        lines[1].ShouldEndWith("refused, 1 thing to mend.");
        (result.Code, result.Error).ShouldBe((1, ""));
    }

    private static string Commands(int count) => $"[{string.Join(',', Enumerable.Repeat("""{"title":"word"}""", count))}]";

    /// <summary>Puts a value at a path as in <c>bots[0].botId</c>; none takes away what is there.</summary>
    private static void Set(JsonObject manifest, string path, string? value)
    {
        var steps = path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.');
        JsonNode at = manifest;
        foreach (var step in steps[..^1])
            at = at is JsonArray list ? list[int.Parse(step)]! : at[step]!;
        if (value is null)
            at.AsObject().Remove(steps[^1]);
        else if (at is JsonArray items)
            items[int.Parse(steps[^1])] = JsonNode.Parse(value);
        else
            at[steps[^1]] = JsonNode.Parse(value);
    }
}
