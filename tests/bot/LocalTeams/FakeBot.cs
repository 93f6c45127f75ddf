using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DevOpsAI.Tests.LocalTeams;

/// <summary>The smallest bot there is: keeps what it gets, answers what the test says.</summary>
internal sealed class FakeBot
{
    private readonly Lock gate = new();
    private readonly List<JsonElement> received = [];
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The body that answers an invoke; null answers 501.</summary>
    public Func<JsonElement, CancellationToken, Task<JsonNode?>> OnInvoke { get; set; } = (_, _) => Task.FromResult<JsonNode?>(null);

    /// <summary>Invokes are answered with 200 and no body.</summary>
    public bool AnswersNothing { get; set; }

    /// <summary>Status for everything that is no invoke.</summary>
    public Func<JsonElement, int> OnActivity { get; set; } = _ => StatusCodes.Status200OK;

    public IReadOnlyList<JsonElement> Received
    {
        get
        {
            lock (gate)
                return [.. received];
        }
    }

    public IReadOnlyList<JsonElement> Invokes => [.. Received.Where(activity => activity.Text("type") == "invoke")];

    /// <summary>What came to its webhooks: path, credentials, body.</summary>
    public ConcurrentQueue<(string Path, string? Authorization, string Body)> Hooks { get; } = new();

    /// <summary>Status for a webhook.</summary>
    public Func<string, int> OnHook { get; set; } = _ => StatusCodes.Status202Accepted;

    public void Map(IEndpointRouteBuilder routes)
    {
        MapMessages(routes);
        routes.MapPost("/hooks/{**rest}", async (HttpContext http) =>
        {
            using var body = new StreamReader(http.Request.Body);
            Hooks.Enqueue((http.Request.Path, http.Request.Headers.Authorization, await body.ReadToEndAsync()));
            return Results.StatusCode(OnHook(http.Request.Path));
        });
    }

    private void MapMessages(IEndpointRouteBuilder routes) => routes.MapPost("/api/messages", async (HttpContext http) =>
    {
        var activity = await JsonSerializer.DeserializeAsync<JsonElement>(http.Request.Body);
        Keep(activity);
        if (activity.Text("type") != "invoke")
            return Results.StatusCode(OnActivity(activity));
        if (AnswersNothing)
            return Results.Ok();
        var result = await OnInvoke(activity, http.RequestAborted);
        return result is null
            ? Results.StatusCode(StatusCodes.Status501NotImplemented)
            : Results.Text(result.ToJsonString(), "application/json");
    });

    /// <summary>The first activity that matches, waiting for it when it has not come yet.</summary>
    public async Task<JsonElement> GetAsync(Func<JsonElement, bool> wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                foreach (var activity in received)
                {
                    if (wanted(activity))
                        return activity;
                }

                wait = more.Task;
            }

            await wait.WaitAsync(Hang.Limit, cancellationToken);
        }
    }

    private void Keep(JsonElement activity)
    {
        TaskCompletionSource told;
        lock (gate)
        {
            received.Add(activity);
            told = more;
            more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        told.SetResult();
    }
}
