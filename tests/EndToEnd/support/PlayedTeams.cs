using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>A person of the played directory.</summary>
internal sealed record PlayedPerson(string Mri, string ObjectId, string Name);

/// <summary>A message in the played channel; it may be replaced while others read it.</summary>
internal sealed class PlayedMessage(string id, JsonObject activity)
{
    private volatile JsonObject newest = activity;

    public string Id { get; } = id;

    public JsonObject Newest => newest;

    public JsonObject? Card => newest["attachments"]?[0]?["content"]?.AsObject();

    public bool Says(string text) => Card is { } card && card.ToJsonString().Contains(text, StringComparison.OrdinalIgnoreCase);

    public string Text => newest["text"]?.GetValue<string>() ?? "";

    public void Replace(JsonObject content) => newest = content;

    public PlayedMessage AsItIs() => new(Id, newest);
}

/// <summary>
/// Plays Microsoft Teams towards the bot with nothing but the Bot Connector protocol: a Bot Connector service on loopback with one team
/// channel, and a client that types and clicks. Independent of Local Teams.
/// </summary>
internal sealed class PlayedTeams : IAsyncDisposable
{
    public const string Tenant = "77777777-7777-4777-8777-777777777777";
    public const string Bot = "28:22222222-2222-4222-8222-222222222222";
    public static readonly PlayedPerson Tara = new("29:1tara", "77777777-0000-4000-8000-000000000001", "Tara Tech");
    public static readonly PlayedPerson Omar = new("29:1omar", "77777777-0000-4000-8000-000000000002", "Omar Ops");

    private readonly WebApplication app;
    private readonly HttpClient bot;
    private readonly ConcurrentQueue<int> failures = new();
    private long lastId = 1795225800000;

    private PlayedTeams(WebApplication app, HttpClient bot)
    {
        this.app = app;
        this.bot = bot;
    }

    public string Channel { get; } = $"19:played{Guid.NewGuid():N}@thread.tacv2";

    /// <summary>By message id, newest content last.</summary>
    public ConcurrentDictionary<string, PlayedMessage> Messages { get; } = new();

    /// <summary>What the channel shows now.</summary>
    public List<PlayedMessage> Shown() => [.. Messages.Values.Select(static message => message.AsItIs())];

    /// <summary>Lets the channel show this again, and nothing else.</summary>
    public void Show(IEnumerable<PlayedMessage> shown)
    {
        Messages.Clear();
        foreach (var message in shown)
            Messages[message.Id] = message.AsItIs();
    }

    public string ServiceUrl =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/played";

    public int Sends;

    private TaskCompletionSource taken = Done();

    /// <summary>No call is answered until <see cref="LetSendsGo"/>.</summary>
    public void HoldSends() => taken = new();

    public void LetSendsGo() => taken.TrySetResult();

    /// <summary>The next calls are answered with these status codes, one each.</summary>
    public void AnswerWith(params int[] codes) => Array.ForEach(codes, failures.Enqueue);

    public static async Task<PlayedTeams> StartAsync(HttpClient bot)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var service = builder.Build();
        var teams = new PlayedTeams(service, bot);
        service.Use(teams.FailFirst);
        service.MapPost("/played/v3/conversations", async (HttpRequest request) =>
        {
            var body = await ReadAsync(request);
            if (body["activity"] is not JsonObject activity)
                return Results.Json(new { error = new { code = "BadSyntax", message = "activity is missing" } }, statusCode: 400);
            var id = teams.Keep((JsonObject)activity.DeepClone());
            return Results.Json(new { id = $"{body["channelData"]?["channel"]?["id"]};messageid={id}", activityId = id }, statusCode: 201);
        });
        service.MapPost("/played/v3/conversations/{conversation}/activities", async (HttpRequest request) =>
            Results.Json(new { id = teams.Keep(await ReadAsync(request)) }, statusCode: 201));
        service.MapPost("/played/v3/conversations/{conversation}/activities/{id}", async (HttpRequest request) =>
            Results.Json(new { id = teams.Keep(await ReadAsync(request)) }, statusCode: 201));
        service.MapPut("/played/v3/conversations/{conversation}/activities/{id}", async (string id, HttpRequest request) =>
        {
            var body = await ReadAsync(request);
            if (!teams.Messages.TryGetValue(id, out var message))
                return Results.Json(new { error = new { code = "ActivityNotFoundInConversation", message = id } }, statusCode: 404);
            message.Replace(body);
            return Results.Json(new { id });
        });
        service.MapGet("/played/v3/conversations/{conversation}/pagedmembers", () => Results.Json(new { members = Members() }));
        service.MapGet("/played/v3/conversations/{conversation}/members", () => Results.Json(Members()));
        service.MapGet("/played/v3/conversations/{conversation}/members/{member}", (string member) =>
            Array.Find([Tara, Omar], one => one.Mri == member) is { } found ? Results.Json(Member(found)) : Results.NotFound());
        await service.StartAsync();
        return teams;
    }

    /// <param name="id">Of the message, to deliver it again; a new one when it is not given.</param>
    public async Task SayAsync(PlayedPerson who, string text, string? id = null)
    {
        id ??= NextId();
        var activity = Activity("message", who, Channel + ";messageid=" + id);
        activity["id"] = id;
        activity["text"] = "<at>DevOps AI Bot</at> " + text;
        activity["textFormat"] = "plain";
        activity["entities"] = new JsonArray(new JsonObject
        {
            ["type"] = "mention",
            ["text"] = "<at>DevOps AI Bot</at>",
            ["mentioned"] = new JsonObject { ["id"] = Bot, ["name"] = "DevOps AI Bot" },
        });
        await bot.DeliverAsync(activity);
    }

    /// <summary>Says it in the person's own chat with the bot.</summary>
    public async Task SayPrivatelyAsync(PlayedPerson who, string text)
    {
        var activity = Activity("message", who, "a:" + who.Mri);
        activity["id"] = NextId();
        activity["text"] = text;
        activity["textFormat"] = "plain";
        activity["conversation"]!.AsObject().Remove("isGroup");
        activity["conversation"]!["conversationType"] = "personal";
        activity["channelData"]!.AsObject().Remove("team");
        activity["channelData"]!.AsObject().Remove("channel");
        await bot.DeliverAsync(activity);
    }

    /// <summary>Clicks the button with this title on the card as the person sees it, and returns the invoke's answer.</summary>
    public async Task<JsonObject> ClickAsync(PlayedPerson who, PlayedMessage message, string title, JsonObject? inputs = null)
    {
        var action = Actions(message.Card!).FirstOrDefault(candidate => Title(candidate) == title)
            ?? Actions(await ViewAsync(who, message)).FirstOrDefault(candidate => Title(candidate) == title)
            ?? throw new InvalidOperationException($"No button '{title}' on {message.Card}");
        return await InvokeAsync(who, message, action, inputs, "manual");
    }

    public async Task<JsonObject> InvokeAsync(PlayedPerson who, PlayedMessage message, JsonObject action, JsonObject? inputs = null,
        string trigger = "manual", string? activityId = null)
    {
        var data = action["data"]?.DeepClone().AsObject() ?? [];
        foreach (var (name, value) in inputs ?? [])
            data[name] = value?.DeepClone();
        var activity = Activity("invoke", who, $"{Channel};messageid={message.Id}");
        if (activityId is not null)
            activity["id"] = activityId;
        activity["name"] = "adaptiveCard/action";
        activity["replyToId"] = message.Id;
        activity["value"] = new JsonObject
        {
            ["action"] = new JsonObject { ["type"] = "Action.Execute", ["title"] = Title(action), ["verb"] = action["verb"]?.DeepClone(),
                ["data"] = data },
            ["trigger"] = trigger,
        };
        return await bot.InvokeAsync(activity);
    }

    /// <summary>The card as this person's client shows it after its automatic refresh.</summary>
    public async Task<JsonObject> ViewAsync(PlayedPerson who, PlayedMessage message)
    {
        if (message.Card?["refresh"]?["action"] is not JsonObject refresh)
            return message.Card!;
        var result = await InvokeAsync(who, message, refresh, trigger: "automatic");
        return result["value"] as JsonObject ?? message.Card!;
    }

    public Task<PlayedMessage> CardAsync(string containing) => Eventually.GetAsync(
        () => Task.FromResult(
            Messages.Values.FirstOrDefault(message =>
                message.Card is not null && message.Card.ToJsonString().Contains(containing, StringComparison.OrdinalIgnoreCase))),
        () => $"a card with '{containing}' among {string.Join("\n", Messages.Values.Select(message => message.Newest.ToJsonString()))}");

    /// <summary>Waits until the bot said this, in a message or on a card.</summary>
    public Task SaidAsync(string words) => Eventually.TrueAsync(
        () => Task.FromResult(
            Messages.Values.Any(message => message.Newest.ToJsonString().Contains(words, StringComparison.OrdinalIgnoreCase))),
        () => $"'{words}' among {string.Join("\n", Messages.Values.Select(message => message.Newest.ToJsonString()))}");

    public static IEnumerable<JsonObject> Actions(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray items:
                return items.SelectMany(Actions);
            case JsonObject item:
                var own = item["type"]?.GetValue<string>() == "Action.Execute" && item["title"] is not null
                    ? [item]
                    : Enumerable.Empty<JsonObject>();
                return own.Concat(item.Where(pair => pair.Key is not "fallback" and not "refresh" and not "data")
                    .SelectMany(pair => Actions(pair.Value)));
            default:
                return [];
        }
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private async Task FailFirst(HttpContext context, RequestDelegate next)
    {
        await taken.Task;
        if (failures.TryDequeue(out var code))
        {
            context.Response.StatusCode = code;
            if (code == 429)
                context.Response.Headers.RetryAfter = "1";
            return;
        }
        await next(context);
    }

    private static object[] Members() => [Member(Tara), Member(Omar)];

    private static object Member(PlayedPerson person) =>
        new { id = person.Mri, aadObjectId = person.ObjectId, name = person.Name, tenantId = Tenant, userRole = "user" };

    private static string? Title(JsonObject action) => action["title"]?.GetValue<string>();

    private static async Task<JsonObject> ReadAsync(HttpRequest request) => (await JsonNode.ParseAsync(request.Body))!.AsObject();

    private string Keep(JsonObject activity)
    {
        Interlocked.Increment(ref Sends);
        var id = NextId();
        Messages[id] = new(id, activity);
        return id;
    }

    private string NextId() => Interlocked.Increment(ref lastId).ToString(CultureInfo.InvariantCulture);

    private JsonObject Activity(string type, PlayedPerson who, string conversation) => new()
    {
        ["type"] = type,
        ["id"] = $"f:{Guid.NewGuid()}",
        ["channelId"] = "msteams",
        ["timestamp"] = "2026-11-21T03:00:00.000Z",
        ["serviceUrl"] = ServiceUrl,
        ["from"] = new JsonObject { ["id"] = who.Mri, ["name"] = who.Name, ["aadObjectId"] = who.ObjectId },
        ["recipient"] = new JsonObject { ["id"] = Bot, ["name"] = "DevOps AI Bot" },
        ["conversation"] =
            new JsonObject { ["id"] = conversation, ["conversationType"] = "channel", ["isGroup"] = true, ["tenantId"] = Tenant },
        ["channelData"] = new JsonObject
        {
            ["tenant"] = new JsonObject { ["id"] = Tenant },
            ["team"] = new JsonObject { ["id"] = "19:playedteam@thread.tacv2" },
            ["channel"] = new JsonObject { ["id"] = Channel },
        },
    };
}
