using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cards.Keeping;
using DevOpsAI.Bot.Hosting;
using DevOpsAI.Ledger;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Isolation;

/// <summary>Somebody who types and clicks.</summary>
internal sealed record Someone(string ObjectId, string Name)
{
    public string Mri => $"29:{ObjectId}";
}

/// <summary>
/// The whole bot as it is started, in this process, with everything that leaves it kept: messages, answers, logs and metrics.
/// </summary>
internal sealed class RunningBot : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly MeterListener meters = new();
    private readonly string storage;

    private RunningBot(WebApplication app, FakeTeams teams, string storage)
    {
        (this.app, Teams, this.storage) = (app, teams, storage);
        Http = new(new LocalCaller(new SocketsHttpHandler())) { BaseAddress = new(app.Urls.Single()) };
        meters.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("DevOpsAI.", StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Keep(instrument, tags));
        meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Keep(instrument, tags));
        meters.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Keep(instrument, tags));
        meters.Start();
    }

    public FakeTeams Teams { get; }

    public HttpClient Http { get; }

    public string Storage => storage;

    public IServiceProvider Services => app.Services;

    /// <summary>What was logged, one line each.</summary>
    public ConcurrentQueue<string> Log { get; } = [];

    /// <summary>Tags of what was measured.</summary>
    public ConcurrentQueue<string> Measured { get; } = [];

    public static async Task<RunningBot> StartAsync(
        IEnumerable<(string Key, string Value)> settings, string? storage = null, Action<IServiceCollection>? replace = null)
    {
        storage ??= Directory.CreateTempSubdirectory("running-").FullName;
        (string Key, string Value)[] own =
        [
            ("urls", "http://127.0.0.1:0"), ("Storage:Path", storage), ("LocalTeams:Enabled", "false"),
            ("LocalTeams:Token", LocalCaller.Token), ("Access:Local", "none"), ("Digests:Enabled", "false"),
            ("Logging:Console:LogLevel:Default", "None"),
        ];
        var built = BotHost.Build([.. own.Concat(settings).Select(pair => $"--{pair.Key}={pair.Value}")], replace);
        var teams = await FakeTeams.StartAsync();
        var log = new Keeper();
        built.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        await built.StartAsync();
        var bot = new RunningBot(built, teams, storage);
        log.Bot = bot;
        return bot;
    }

    /// <summary>Types something and waits until it was answered.</summary>
    /// <param name="channel">Null for the personal chat.</param>
    public async Task SayAsync(Someone who, string? channel, string text)
    {
        var activity = Activity("message", who, channel);
        activity["text"] = "<at>Bot</at> " + text;
        activity["textFormat"] = "plain";
        activity["entities"] = new JsonArray(new JsonObject
        {
            ["type"] = "mention", ["text"] = "<at>Bot</at>", ["mentioned"] = new JsonObject { ["id"] = "28:bot", ["name"] = "Bot" },
        });
        var before = AnswersIn(channel ?? PersonalChat(who));
        await Http.DeliverAsync(activity);
        await UntilAsync(() => AnswersIn(channel ?? PersonalChat(who)) > before);
    }

    /// <summary>Presses a button whose data says whatever the caller wants; the answer's body.</summary>
    public async Task<string> PressAsync(Someone who, string? channel, string verb, JsonObject data)
    {
        var activity = Activity("invoke", who, channel);
        activity["name"] = "adaptiveCard/action";
        activity["replyToId"] = "1";
        activity["value"] = new JsonObject
        {
            ["action"] = new JsonObject { ["type"] = "Action.Execute", ["verb"] = verb, ["data"] = data }, ["trigger"] = "manual",
        };
        return (await Http.InvokeAsync(activity)).ToJsonString();
    }

    /// <summary>Opens a dialog, or submits what was filled into it; what it shows then, and null where it closes.</summary>
    /// <param name="id">Of the delivery; null for one of its own.</param>
    public Task<JsonObject?> DialogAsync(Someone who, string? channel, bool isFilledIn, JsonObject data, string? id = null)
    {
        var activity = Activity("invoke", who, channel);
        activity["id"] = id ?? activity["id"]!.DeepClone();
        activity["name"] = isFilledIn ? "task/submit" : "task/fetch";
        activity["value"] = new JsonObject
        {
            ["data"] = data.DeepClone(), ["context"] = new JsonObject { ["theme"] = "default" },
        };
        return Http.DialogAsync(activity);
    }

    /// <summary>Waits until everything that is recorded has been reacted to and every card is as it should be.</summary>
    public async Task SettleAsync()
    {
        for (var quiet = 0; quiet < 6; quiet++)
        {
            await Services.GetRequiredService<LedgerSubscriptions>().CaughtUpAsync(CancellationToken.None).WaitAsync(Hang.Limit);
            await Services.GetRequiredService<CardSync>().IdleAsync().WaitAsync(Hang.Limit);
        }
        meters.RecordObservableInstruments();
    }

    public static string PersonalChat(Someone who) => $"a:{who.ObjectId}";

    public static async Task UntilAsync(Func<bool> condition, string? what = null)
    {
        for (var clock = Stopwatch.StartNew(); !condition(); await Task.Delay(10))
            clock.Elapsed.ShouldBeLessThan(Hang.Limit, what ?? "it took too long");
    }

    public async ValueTask DisposeAsync()
    {
        meters.Dispose();
        Http.Dispose();
        // What goes on in the background ends before what it writes to is taken away.
        await app.StopAsync();
        await app.DisposeAsync();
        await Teams.DisposeAsync();
    }

    /// <summary>Where a call to Teams put something.</summary>
    public static string GetPlace(FakeCall call) => call.Body?["channelData"]?["channel"]?["id"]?.GetValue<string>()
        ?? Uri.UnescapeDataString(call.Path).Split("/conversations/") switch
        {
            [_, var rest] => rest.Split("/activities")[0].Split(";messageid=")[0],
            _ => "",
        };

    /// <summary>How many messages were sent there.</summary>
    public int AnswersIn(string place) => Teams.Calls.Count(call => call.Method == "POST" && GetPlace(call) == place);

    private JsonObject Activity(string type, Someone who, string? channel)
    {
        var activity = new JsonObject
        {
            ["type"] = type,
            ["id"] = $"f:{Guid.NewGuid()}",
            ["channelId"] = "msteams",
            ["serviceUrl"] = Teams.ServiceUrl,
            ["from"] = new JsonObject { ["id"] = who.Mri, ["name"] = who.Name, ["aadObjectId"] = who.ObjectId },
            ["recipient"] = new JsonObject { ["id"] = "28:bot", ["name"] = "Bot" },
            ["conversation"] = new JsonObject
            {
                ["id"] = channel is null ? PersonalChat(who) : $"{channel};messageid=1",
                ["conversationType"] = channel is null ? "personal" : "channel", ["tenantId"] = "directory",
            },
            ["channelData"] = new JsonObject { ["tenant"] = new JsonObject { ["id"] = "directory" } },
        };
        if (channel is not null)
        {
            activity["channelData"]!["team"] = new JsonObject { ["id"] = $"{channel}-team" };
            activity["channelData"]!["channel"] = new JsonObject { ["id"] = channel };
        }
        return activity;
    }

    private void Keep(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = instrument.Name;
        foreach (var (name, value) in tags)
            text += $" {name}={value}";
        Measured.Enqueue(text);
    }

    private sealed class Keeper : ILoggerProvider, ILogger
    {
        public RunningBot? Bot { get; set; }

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
            // Keeps nothing open.
        }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            Bot?.Log.Enqueue(state.ToString() ?? "");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            Bot?.Log.Enqueue($"{formatter(state, exception)} {exception}");
    }
}
