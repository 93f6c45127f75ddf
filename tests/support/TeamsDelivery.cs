using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.Support;

/// <summary>Delivers an activity as Teams does: again, with the same id, when the bot says that it is not done with it yet.</summary>
public static class TeamsDelivery
{
    private const int Most = 5;

    /// <exception cref="HttpRequestException">It was refused, or is not done after the last delivery either.</exception>
    public static async Task DeliverAsync(this HttpClient bot, JsonObject activity)
    {
        for (var delivery = 1; ; delivery++)
        {
            using var answer = await bot.PostAsJsonAsync("/api/messages", activity);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable && delivery < Most)
                continue;
            answer.EnsureSuccessStatusCode();
            return;
        }
    }
}
