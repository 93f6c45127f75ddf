using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>What people do at Local Teams and what the Sandbox does, over the bot's own HTTP.</summary>
internal sealed class LocalSession(BotProcess bot)
{
    public const string Contoso = "19:local-contoso@thread.tacv2";
    public const string Fabrikam = "19:local-fabrikam@thread.tacv2";

    public BotProcess Bot { get; } = bot;

    /// <summary>Where a person's page opens on a conversation.</summary>
    public Uri Page(string person, string conversation) =>
        new(Bot.Http.BaseAddress!, $"localteams?token={LocalCaller.Token}&person={person}#{Uri.EscapeDataString(conversation)}");

    /// <summary>Waits for the first day's links to be answered.</summary>
    public async Task SettledAsync()
    {
        foreach (var channel in new[] { Contoso, Fabrikam })
        {
            await Eventually.TrueAsync(
                async () => (await MessagesAsync(channel)).Any(message => Text(message, "from") == "bot"),
                () => $"an answer in {channel}\n{Bot.Output}");
        }
    }

    /// <summary>Raises an alert of the Sandbox; <paramref name="alert"/> is one JSON object.</summary>
    public async Task RaiseAsync(string alert, string tenant = "contoso") =>
        await CallAsync(HttpMethod.Post, $"/api/events/{tenant}-sandbox", alert, tenant);

    public async Task<JsonNode?> SandboxAsync(HttpMethod method, string path, string? body = null, string tenant = "contoso") =>
        await CallAsync(method, $"/sandbox/{path}", body, tenant);

    public async Task SayAsync(string person, string conversation, string text)
    {
        using var result = await Bot.Http.PostAsJsonAsync($"/localteams/api/people/{person}/messages", new { conversation, text });
        result.EnsureSuccessStatusCode();
    }

    /// <summary>Presses a button of the card that this person sees.</summary>
    public async Task<JsonObject> ClickAsync(string person, string conversation, string messageId, string title, object? inputs = null)
    {
        using var result =
            await Bot.Http.PostAsJsonAsync($"/localteams/api/people/{person}/clicks", new { conversation, messageId, title, inputs });
        var text = await result.Content.ReadAsStringAsync();
        result.IsSuccessStatusCode.ShouldBeTrue($"{title}: {text}\n{Bot.Output}");
        return JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>Looks at the card anew, as the person; true when it has a button of this title.</summary>
    public async Task<bool> CanClickAsync(string person, string conversation, string messageId, string title)
    {
        var where = $"person={person}&conversation={Uri.EscapeDataString(conversation)}&messageId={messageId}&refresh=true";
        var seen = await Bot.Http.GetFromJsonAsync<JsonObject>($"/localteams/api/views?{where}");
        return seen!["card"]?["actions"]?.AsArray().Any(action => Text(action, "title") == title) ?? false;
    }

    /// <summary>The id of the newest message of the conversation whose card has this text.</summary>
    public async Task<string> CardAsync(string conversation, string containing)
    {
        string? found = null;
        await Eventually.TrueAsync(
            async () => (found = (await MessagesAsync(conversation)).Reverse().Where(message => Says(message, containing))
                .Select(message => Text(message, "id")).FirstOrDefault()) is not null,
            () => $"a card with '{containing}'\n{Bot.Output}");
        return found!;
    }

    /// <summary>What the cards of a conversation say now, with the time at which each came.</summary>
    public async Task<IReadOnlyList<(DateTimeOffset At, string Card)>> CardsAsync(string conversation) =>
    [
        .. (await MessagesAsync(conversation)).Where(static message => message?["card"] is JsonObject)
            .Select(static message => (message!["at"]!.GetValue<DateTimeOffset>(), message["card"]!.ToJsonString(Readable))),
    ];

    /// <summary>Waits until the card that everybody sees has this text.</summary>
    public Task SaysAsync(string conversation, string messageId, string text) => Eventually.TrueAsync(
        async () => (await MessagesAsync(conversation)).Any(message => Text(message, "id") == messageId && Says(message, text)),
        () => $"'{text}' on the card {messageId}\n{Bot.Output}");

    private async Task<JsonArray> MessagesAsync(string conversation)
    {
        var state = (await Bot.Http.GetFromJsonAsync<JsonObject>("/localteams/api/state"))!;
        var place = state["conversations"]!.AsArray().Single(place => Text(place!, "id") == conversation)!;
        return new([.. place["messages"]!.AsArray().Select(entry => entry!["message"]!.DeepClone())]);
    }

    private static bool Says(JsonNode? message, string text) =>
        message?["card"] is JsonObject card && card.ToJsonString(Readable).Contains(text, StringComparison.Ordinal);

    private static string? Text(JsonNode? node, string member) => node?[member]?.GetValue<string>();

    private static readonly JsonSerializerOptions Readable =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private async Task<JsonNode?> CallAsync(HttpMethod method, string path, string? body, string tenant)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", $"sandbox-{tenant}-dev");
        if (body is not null)
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var result = await Bot.Http.SendAsync(request);
        var text = await result.Content.ReadAsStringAsync();
        result.IsSuccessStatusCode.ShouldBeTrue($"{path}: {text}");
        return text.Length > 0 ? JsonNode.Parse(text) : null;
    }
}
