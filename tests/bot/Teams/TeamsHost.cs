using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using DevOpsAI.Bot.Teams;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Teams;

/// <summary>Remembers turns; what it answers can be set.</summary>
internal sealed class RecordingHandler : ITurnHandler
{
    public ConcurrentQueue<(string Method, TurnContext Turn)> Turns { get; } = new();

    public ConcurrentQueue<CardAction> Actions { get; } = new();

    public Func<TurnContext, CancellationToken, Task> OnMessage { get; set; } = (_, _) => Task.CompletedTask;

    public Func<CardAction, CancellationToken, Task<InvokeResponse>> OnAction { get; set; } = (action, _) =>
        Task.FromResult(InvokeResponse.Message(action.Verb));

    public ConcurrentQueue<DialogRequest> Dialogs { get; } = new();

    public Func<DialogRequest, CancellationToken, Task<DialogResponse>> OnDialog { get; set; } = (_, _) =>
        Task.FromResult<DialogResponse>(new DialogResponse.Closed());

    /// <summary>What installs, removals and changes of members lead to, by the method's name.</summary>
    public Func<string, Task> OnChange { get; set; } = _ => Task.CompletedTask;

    private readonly Channel<string> arrived = Channel.CreateUnbounded<string>();

    public Task OnMessageAsync(TurnContext turn, CancellationToken cancellationToken)
    {
        Record("message", turn);
        return OnMessage(turn, cancellationToken);
    }

    public Task<InvokeResponse> OnCardActionAsync(TurnContext turn, CardAction action, CancellationToken cancellationToken)
    {
        Actions.Enqueue(action);
        Record("action", turn);
        return OnAction(action, cancellationToken);
    }

    public Task OnInstalledAsync(TurnContext turn, CancellationToken cancellationToken) => Arrived("installed", turn);

    public Task OnRemovedAsync(TurnContext turn, CancellationToken cancellationToken) => Arrived("removed", turn);

    public Task OnMembersChangedAsync(TurnContext turn, CancellationToken cancellationToken) => Arrived("members", turn);

    public Task OnAnsweredLateAsync(TurnContext turn, CardAction action, InvokeResponse response, CancellationToken cancellationToken)
    {
        arrived.Writer.TryWrite($"late: {response.Value}");
        return Task.CompletedTask;
    }

    public Task<DialogResponse> OnDialogAsync(TurnContext turn, DialogRequest request, CancellationToken cancellationToken)
    {
        Dialogs.Enqueue(request);
        Record("dialog", turn);
        return OnDialog(request, cancellationToken);
    }

    public Task OnDialogAnsweredLateAsync(TurnContext turn, DialogResponse response, CancellationToken cancellationToken)
    {
        arrived.Writer.TryWrite($"late: {response.Late?.Text}");
        return Task.CompletedTask;
    }

    /// <summary>Waits for the next turn that was not waited for yet.</summary>
    public async Task<string> NextAsync() =>
        await arrived.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(Hang.Limit, TestContext.Current.CancellationToken);

    private Task Arrived(string method, TurnContext turn)
    {
        Record(method, turn);
        return OnChange(method);
    }

    private void Record(string method, TurnContext turn)
    {
        Turns.Enqueue((method, turn));
        arrived.Writer.TryWrite(method);
    }
}

/// <summary>The Teams edge on a real server, without the rest of the bot.</summary>
internal sealed class TeamsHost : IAsyncDisposable
{
    public const string AppId = "22222222-2222-4222-8222-222222222222";
    public const string Tenant = "11111111-1111-4111-8111-111111111111";

    private readonly WebApplication app;
    private readonly string folder;

    private TeamsHost(WebApplication app, string folder)
    {
        this.app = app;
        this.folder = folder;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        if (Get<ILocalMode>().IsLocal)
            Client.DefaultRequestHeaders.Authorization = new("Bearer", Get<LocalToken>().Value);
    }

    public HttpClient Client { get; }

    public RecordingHandler Handler => (RecordingHandler)app.Services.GetRequiredService<ITurnHandler>();

    public T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>Settings as in configuration; without <c>Teams:AppId</c> it is local mode.</summary>
    /// <param name="clock">Null for one that stands still, so that no time limit is over because the machine is slow.</param>
    public static async Task<TeamsHost> StartAsync(
        Dictionary<string, string?>? settings = null, TimeProvider? clock = null, string? folder = null,
        Action<IServiceCollection>? services = null, string urls = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        folder ??= Directory.CreateTempSubdirectory("teams-tests-").FullName;
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Storage:Path"] = folder });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(urls);
        builder.Services.AddSingleton(clock ?? new ManualClock(TimeProvider.System.GetUtcNow()));
        builder.Services.AddTeams().AddSingleton<ITurnHandler, RecordingHandler>();
        services?.Invoke(builder.Services);
        var built = builder.Build();
        built.MapTeams();
        try
        {
            await built.StartAsync();
        }
        catch
        {
            await built.DisposeAsync();
            throw;
        }
        return new(built, folder);
    }

    /// <summary>With credentials, trusting the fake Teams.</summary>
    public static Task<TeamsHost> StartRegisteredAsync(
        FakeTeams teams, TimeProvider? clock = null, Dictionary<string, string?>? settings = null)
    {
        var all = new Dictionary<string, string?>
        {
            ["Teams:AppId"] = AppId,
            ["Teams:TenantId"] = Tenant,
            ["Teams:ClientSecret"] = "not a secret",
            ["Teams:MetadataUrl"] = teams.MetadataUrl.ToString(),
            ["Teams:LoginUrl"] = teams.Root.ToString(),
            ["Teams:TrustedServiceUrls:0"] = teams.ServiceUrl,
        };
        foreach (var (name, value) in settings ?? [])
            all[name] = value;
        return StartAsync(all, clock);
    }

    public Task<HttpResponseMessage> PostAsync(JsonNode activity, string? token = null) => PostAsync(activity.ToJsonString(), token);

    public async Task<HttpResponseMessage> PostAsync(string body, string? token = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/messages")
            { Content = new StringContent(body, Encoding.UTF8, contentType) };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<HttpStatusCode> StatusAsync(JsonNode activity, string? token = null)
    {
        using var response = await PostAsync(activity, token);
        return response.StatusCode;
    }

    public async Task StopAsync() => await app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        if (folder.Contains("teams-tests-", StringComparison.Ordinal) && Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}

/// <summary>Activities as Teams would send them.</summary>
internal static class AnActivity
{
    public static JsonObject Message(string text, string id = "1", string serviceUrl = "http://localhost:9/connector") => new()
    {
        ["type"] = "message",
        ["id"] = id,
        ["channelId"] = "msteams",
        ["serviceUrl"] = serviceUrl,
        ["text"] = text,
        ["from"] = new JsonObject { ["id"] = "29:dana", ["name"] = "Dana", ["aadObjectId"] = "33333333-3333-4333-8333-333333333300" },
        ["recipient"] = new JsonObject { ["id"] = $"28:{TeamsHost.AppId}", ["name"] = "Ops Bot" },
        ["conversation"] = new JsonObject { ["id"] = "a:1dana", ["conversationType"] = "personal", ["tenantId"] = TeamsHost.Tenant },
        ["channelData"] = new JsonObject { ["tenant"] = new JsonObject { ["id"] = TeamsHost.Tenant } },
    };

    /// <param name="name"><c>task/fetch</c> or <c>task/submit</c>.</param>
    public static JsonObject Dialog(string name, string id = "f:1") => Message("", id).With("type", "invoke").With("name", name)
        .With("value", new JsonObject
        {
            ["data"] = new JsonObject { ["form"] = "connect" }, ["context"] = new JsonObject { ["theme"] = "dark" },
        });

    public static JsonObject Click(string verb, string id = "f:1", string serviceUrl = "http://localhost:9/connector")
    {
        var click = Message("", id, serviceUrl);
        click.Remove("text");
        click["type"] = "invoke";
        click["name"] = "adaptiveCard/action";
        click["replyToId"] = "1776";
        click["value"] = new JsonObject
        {
            ["action"] =
                new JsonObject { ["type"] = "Action.Execute", ["verb"] = verb, ["data"] = new JsonObject { ["incident"] = "CON-1001" } },
            ["trigger"] = "manual",
        };
        return click;
    }

    public static JsonObject With(this JsonObject activity, string member, JsonNode? value)
    {
        activity[member] = value;
        return activity;
    }
}
