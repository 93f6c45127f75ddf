using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.Teams;

public sealed class SampleTests
{
    public static TheoryData<string> Samples => [.. Directory.GetFiles(Folder(), "in-*.json").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Every_recorded_request_is_accepted(string file)
    {
        var request =
            JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder(), file), TestContext.Current.CancellationToken))!["request"]!;
        await using var host = await TeamsHost.StartAsync();
        if (request["method"]!.GetValue<string>() == "HEAD")
        {
            using var probe = new HttpRequestMessage(HttpMethod.Head, "/api/messages");
            using var probed = await host.Client.SendAsync(probe, TestContext.Current.CancellationToken);
            probed.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
            return;
        }
        using var result = await host.PostAsync(request["body"]!);
        result.StatusCode.ShouldBe(Expected(request["body"]!));
        result.Headers.GetValues("X-Correlation-Id").Single().Length.ShouldBe(32);
        if (file.Contains("adaptiveCard", StringComparison.Ordinal))
        {
            var sent = request["body"]!["value"]!["action"]!;
            host.Handler.Actions.Single().Verb.ShouldBe(sent["verb"]!.GetValue<string>());
            JsonNode.DeepEquals(JsonNode.Parse(host.Handler.Actions.Single().Data.GetRawText()), sent["data"]).ShouldBeTrue();
        }
    }

    private static HttpStatusCode Expected(JsonNode activity) => activity["type"]!.GetValue<string>() switch
    {
        "invoke" => activity["name"]!.GetValue<string>() == "adaptiveCard/action" ? HttpStatusCode.OK : HttpStatusCode.NotImplemented,
        _ => HttpStatusCode.Accepted,
    };

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Samples");
}
