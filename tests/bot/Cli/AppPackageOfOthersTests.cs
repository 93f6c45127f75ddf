using System.Text;

namespace DevOpsAI.Tests.Bot.Commands;

/// <summary>Packages that look different from ours and that Teams takes are good.</summary>
public sealed class AppPackageOfOthersTests : IDisposable
{
    /// <summary>Tabs, a search in messages, permissions, a newer version, and words in another order than ours.</summary>
    private const string Manifest = """
        {
          "manifestVersion": "1.30",
          "id": "A3F0C5D1-7B2E-4D19-9C6A-5E8F4B3D2C11",
          "version": "10.20.300",
          "accentColor": "#ffffff",
          "name": { "short": "Stock" },
          "description": {
            "short": "Looks up what is in store.", "full": "Looks up what is in store, in {{any}} shop.",
            "features": [{ "title": "Search", "description": "Find an article while you write a message." }]
          },
          "developer": {
            "name": "Tailwind Traders", "mpnId": "1234567890", "websiteUrl": "HTTPS://tailwind.example/en",
            "privacyUrl": "http://tailwind.example/p", "termsOfUseUrl": "https://tailwind.example/t?x=1"
          },
          "icons": { "color": "./assets/large.png", "outline": "assets/small.png", "color32x32": "assets/middle.png" },
          "localizationInfo": {
            "defaultLanguageTag": "nl-nl",
            "additionalLanguages": [{ "languageTag": "zh-hant-tw", "file": "assets/texts/zh.json" }]
          },
          "staticTabs": [
            { "entityId": "home", "name": "Home", "contentUrl": "https://tab.tailwind.example/home?u={userId}", "scopes": ["personal"] }
          ],
          "configurableTabs": [
            { "configurationUrl": "https://tab.tailwind.example/setup", "canUpdateConfiguration": true, "scopes": ["team", "groupChat"] }
          ],
          "composeExtensions": [
            {
              "botId": "a3f0c5d1-7b2e-4d19-9c6a-5e8f4b3d2c12",
              "commands": [
                {
                  "id": "find", "type": "query", "title": "Find", "description": "Finds an article", "initialRun": true,
                  "parameters": [{ "name": "words", "title": "Words", "description": "What it is called", "inputType": "text" }]
                }
              ],
              "messageHandlers": [{ "type": "link", "value": { "domains": ["*.tailwind.example"] } }]
            }
          ],
          "permissions": ["identity", "messageTeamMembers"],
          "validDomains": ["*.tailwind.example", "tailwind.example", "localhost:53000", "xn--bcher-kva.example", "token.botframework.com"],
          "webApplicationInfo": { "id": "a3f0c5d1-7b2e-4d19-9c6a-5e8f4b3d2c13", "resource": "api://tab.tailwind.example/botid-1" },
          "authorization": {
            "permissions": { "resourceSpecific": [{ "name": "ChannelMessage.Read.Group", "type": "Application" }] }
          },
          "showLoadingIndicator": false
        }
        """;

    private const string Chinese = """
        {
          "name.short": "庫存", "description.short": "查詢庫存。", "description.full": "查詢庫存。",
          "description.features[0].title": "搜尋", "staticTabs[0].name": "首頁", "composeExtensions[0].commands[0].parameters[0].title": "字詞"
        }
        """;

    private readonly AppPackageScene scene = new();

    [Fact]
    public async Task A_package_of_another_shape_is_good()
    {
        var filled = Manifest.Replace("{{any}}", "any", StringComparison.Ordinal);
        var (code, output, _) = await scene.CheckAsync(AppPackageScene.Zip(Files(filled)));

        output.ShouldBe($"{scene.Changed}: good. Stock 10.20.300, app A3F0C5D1-7B2E-4D19-9C6A-5E8F4B3D2C11, manifest 1.30, "
            + "in nl-nl, zh-hant-tw\n");
        code.ShouldBe(0);
    }

    [Fact]
    public async Task The_same_package_with_a_placeholder_is_not()
    {
        var (code, output, _) = await scene.CheckAsync(AppPackageScene.Zip(Files(Manifest)));

        output.ShouldContain("manifest.json: description.full still has the placeholder '{{any}}'");
        output.ShouldContain("refused, 1 thing to mend.");
        code.ShouldBe(1);
    }

    public void Dispose() => scene.Dispose();

    /// <summary>With entries for folders, a mark of byte order, and a file that no one names.</summary>
    private static Dictionary<string, byte[]> Files(string manifest) => new()
    {
        ["assets/"] = [],
        ["assets/texts/"] = [],
        ["assets/large.png"] = new PngWriter(2, 8, interlaced: true, filter: 4).Write(192, static (x, _) => x > 96 ? Ink.White : Ink.Other),
        ["assets/middle.png"] = new PngWriter(3, 2, interlaced: false, filter: 0).Write(32, static (x, _) => Left(x, Ink.Other)),
        ["assets/small.png"] = new PngWriter(3, 4, interlaced: false, filter: 1).Write(32, static (x, _) => Left(x, Ink.White)),
        ["assets/texts/zh.json"] = Encoding.UTF8.GetBytes(Chinese),
        ["manifest.json"] = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(manifest)],
        ["LICENSE.txt"] = "Ours"u8.ToArray(),
    };

    private static Ink Left(int x, Ink ink) => x > 9 ? Ink.Nothing : ink;
}
