using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.LocalTeams;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.LocalTeams;

/// <summary>Local Teams and a fake bot in one process on a free port, as in local mode.</summary>
internal sealed class LocalTeamsHost : IAsyncDisposable
{
    public const string Contoso = "19:local-contoso@thread.tacv2";
    public const string General = "19:local-general@thread.tacv2";
    public const string GroupChat = "19:local-servicedesk@thread.v2";
    public const string TenantId = "11111111-1111-4111-8111-111111111111";

    private readonly WebApplication app;
    private readonly string folder;
    private readonly bool keepsFolder;

    private LocalTeamsHost(WebApplication app, FakeBot bot, string folder, bool keepsFolder)
    {
        (this.app, Bot, this.folder, this.keepsFolder) = (app, bot, folder, keepsFolder);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public FakeBot Bot { get; }

    public HttpClient Client { get; }

    /// <param name="folder">Keeps the state there for another start; null uses one that is deleted at the end.</param>
    public static async Task<LocalTeamsHost> StartAsync(
        TimeProvider? clock = null, string? folder = null, FakeBot? bot = null, Dictionary<string, string?>? settings = null,
        Action<IServiceCollection>? configure = null, int port = 0)
    {
        var home = folder ?? Directory.CreateTempSubdirectory("local-teams-").FullName;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = home });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["LocalTeams:AnswerTimeout"] = "00:01:00" });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        if (clock is not null)
            builder.Services.AddSingleton(clock);
        builder.Services.AddLocalTeams();
        configure?.Invoke(builder.Services);
        var host = builder.Build();
        bot ??= new FakeBot();
        bot.Map(host);
        host.MapLocalTeams();
        await host.StartAsync();
        return new LocalTeamsHost(host, bot, home, folder is not null);
    }

    /// <summary>Waits for the last thing of the first day: Alex links Fabrikam.</summary>
    public async Task<LocalTeamsHost> SettledAsync(CancellationToken cancellationToken)
    {
        await Bot.GetAsync(activity => activity.Text("text")?.EndsWith("link fabrikam", StringComparison.Ordinal) == true,
            cancellationToken);
        return this;
    }

    public static string Conversation(string id) => $"/localteams/connector/v3/conversations/{Uri.EscapeDataString(id)}";

    public Task<HttpResponseMessage> SendAsync(string conversation, JsonNode activity, CancellationToken cancellationToken) =>
        Client.PostAsJsonAsync($"{Conversation(conversation)}/activities", activity, cancellationToken);

    /// <summary>Posts a card and returns the message's id.</summary>
    public async Task<string> PostCardAsync(string conversation, JsonNode card, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(conversation, CardActivity(card), cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).Text("id")!;
    }

    public static JsonObject CardActivity(JsonNode card) => new()
    {
        ["type"] = "message",
        ["attachments"] =
            new JsonArray(new JsonObject { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["content"] = card.DeepClone() }),
    };

    public static JsonObject TextActivity(string text) => new() { ["type"] = "message", ["text"] = text };

    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        await Client.GetFromJsonAsync<JsonElement>(path, cancellationToken);

    public async Task<JsonElement> ViewAsync(string person, string conversation, string id, CancellationToken cancellationToken) =>
        await GetAsync($"/localteams/api/views?person={person}&conversation={Uri.EscapeDataString(conversation)}&messageId={id}",
            cancellationToken);

    public async Task<JsonElement> ClickAsync(string person, object click, CancellationToken cancellationToken)
    {
        using var response = await Client.PostAsJsonAsync($"/localteams/api/people/{person}/clicks", click, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    public async Task<JsonElement> SayAsync(string person, string conversation, string text, CancellationToken cancellationToken)
    {
        using var response =
            await Client.PostAsJsonAsync($"/localteams/api/people/{person}/messages", new { conversation, text }, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    public async Task SwitchAsync(object settings, CancellationToken cancellationToken)
    {
        using var response = await Client.PutAsJsonAsync("/localteams/api/switches", settings, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    public Task<HttpResponseMessage> UpdateAsync(string conversation, string id, JsonNode activity, CancellationToken cancellationToken) =>
        Client.PutAsJsonAsync($"{Conversation(conversation)}/activities/{id}", activity, cancellationToken);

    /// <summary>
    /// The first change after <paramref name="after"/> that matches, from the event stream, waiting for it when it has not come yet.
    /// </summary>
    public async Task<JsonElement> ChangedAsync(Func<JsonElement, bool> wanted, CancellationToken cancellationToken, long after = 0)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Hang.Limit);
        await using var stream = await Client.GetStreamAsync($"/localteams/api/events?after={after}", timeout.Token);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(timeout.Token))
        {
            var change = JsonSerializer.Deserialize<JsonElement>(item.Data);
            if (wanted(change))
                return change;
        }

        throw new InvalidOperationException("The event stream ended.");
    }

    /// <summary>The messages of a conversation, oldest first.</summary>
    public async Task<IReadOnlyList<JsonElement>> MessagesAsync(string conversation, CancellationToken cancellationToken)
    {
        var state = await GetAsync("/localteams/api/state", cancellationToken);
        var found = state.GetProperty("conversations").EnumerateArray().Single(place => place.Text("id") == conversation);
        return [.. found.GetProperty("messages").EnumerateArray().Select(entry => entry.GetProperty("message"))];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        // As a host that runs does: what goes on in the background ends before what it uses is taken away.
        await app.StopAsync();
        await app.DisposeAsync();
        if (!keepsFolder)
            Directory.Delete(folder, recursive: true);
    }
}
