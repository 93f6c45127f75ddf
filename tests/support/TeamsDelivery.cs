using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.Support;

/// <summary>Delivers an activity as Teams does: again, with the same id, when the bot says that it is not done with it yet.</summary>
public static class TeamsDelivery
{
    /// <exception cref="HttpRequestException">It was refused, or is never done.</exception>
    public static async Task DeliverAsync(this HttpClient bot, JsonObject activity)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            using var result = await bot.PostAsJsonAsync("/api/messages", activity);
            if (result.StatusCode == HttpStatusCode.ServiceUnavailable && clock.Elapsed < Hang.Limit)
                continue;
            result.EnsureSuccessStatusCode();
            return;
        }
    }

    /// <summary>A click. Where it takes longer than the bot lets Teams wait, the answer is the one that a later delivery gets.</summary>
    /// <exception cref="HttpRequestException">It was refused.</exception>
    public static async Task<JsonObject> InvokeAsync(this HttpClient bot, JsonObject activity) =>
        JsonNode.Parse(await AnswerAsync(bot, activity, static said => said["value"]))!.AsObject();

    /// <summary>
    /// A dialog that is opened, or that was filled in; waited for like a click. Returns null where the dialog closes, otherwise what it shows.
    /// </summary>
    /// <exception cref="HttpRequestException">It was refused.</exception>
    public static async Task<JsonObject?> DialogAsync(this HttpClient bot, JsonObject activity) =>
        await AnswerAsync(bot, activity, static said => said["task"]?["value"]) is { Length: > 0 } body
            ? JsonNode.Parse(body)!["task"]!.AsObject()
            : null;

    private static async Task<string> AnswerAsync(HttpClient bot, JsonObject activity, Func<JsonNode, JsonNode?> getSaid)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            using var result = await bot.PostAsJsonAsync("/api/messages", activity);
            result.EnsureSuccessStatusCode();
            var body = await result.Content.ReadAsStringAsync();
            if (clock.Elapsed > Hang.Limit || body.Length == 0 || getSaid(JsonNode.Parse(body)!) is not JsonValue text
                || !text.ToString().StartsWith("Still working on it", StringComparison.Ordinal))
                return body;
        }
    }
}
