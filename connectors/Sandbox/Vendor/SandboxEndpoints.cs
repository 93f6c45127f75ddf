using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DevOpsAI.Connections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Connectors.Sandbox.Vendor;

/// <summary>The simulated vendor's HTTP interface, described in <c>docs/sandbox.md</c>.</summary>
internal static class SandboxEndpoints
{
    private const string RetryAfterSeconds = "1";
    private const int MaxLogLength = 200;
    private static readonly TimeSpan HoldPause = TimeSpan.FromMilliseconds(50);
    private static readonly object Caller = new();

    private static readonly JsonSerializerOptions Wire = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = false,
    };

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var all = endpoints.MapGroup("/sandbox").AddEndpointFilter(LetInAsync).AddEndpointFilter(AnswerRefusalsAsync);

        var api = all.MapGroup("").AddEndpointFilter(MisbehaveAsync);
        foreach (var (collection, kind) in SandboxVendor.KindOfCollection)
        {
            api.MapGet(collection,
                (HttpContext context, SandboxVendor vendor, string? name) => Results.Json(vendor.Find(GetTenant(context), kind, name)));
            api.MapGet($"{collection}/{{id}}", (HttpContext context, SandboxVendor vendor, string id) =>
                vendor.Get(GetTenant(context), kind, id) is { } thing ? Results.Json(thing) : NotFound(kind, id));
            all.MapPost($"{collection}/{{id}}/state", async (HttpContext context, SandboxVendor vendor, string id) =>
                vendor.Merge(GetTenant(context), kind, id, await ReadAsync<JsonObject>(context)) is { } thing
                    ? Results.Json(thing)
                    : NotFound(kind, id));
        }
        api.MapGet("tickets", (HttpContext context, SandboxVendor vendor) => Results.Json(vendor.Tickets(GetTenant(context))));
        api.MapPost("actions", ActAsync);
        api.MapGet("operations/{operationId}", (HttpContext context, SandboxVendor vendor, string operationId) =>
        {
            var (status, effects) = vendor.LookUp(GetTenant(context), operationId);
            return Results.Json(new { operationId, status, effects }, Wire);
        });

        api.MapGet("log", (HttpContext context, SandboxVendor vendor, string? after, int? limit) => ReadLog(context, vendor, after, limit));

        all.MapPost("console/actions", async (HttpContext context, SandboxVendor vendor) =>
        {
            var effect = vendor.ActAtConsole(GetTenant(context), await ReadAsync<SandboxConsoleRequest>(context));
            return Results.Json(new { simulation = true, by = effect.By, effect.Action, target = effect.TargetId, effect.Detail }, Wire);
        });
        all.MapGet("effects", (HttpContext context, SandboxVendor vendor, string? operationId) =>
        {
            var effects = vendor.Effects(GetTenant(context), operationId);
            return Results.Json(new { count = effects.Count, effects }, Wire);
        });
        all.MapGet("alerts", (HttpContext context, SandboxVendor vendor) => Results.Json(vendor.Alerts(GetTenant(context))));
        all.MapPost("raise", RaiseAsync);
        all.MapGet("switches",
            (HttpContext context, SandboxVendor vendor) => Results.Json(vendor.GetSwitches(GetTenant(context)).Now, Wire));
        all.MapPut("switches", async (HttpContext context, SandboxVendor vendor) =>
        {
            var board = vendor.GetSwitches(GetTenant(context));
            board.Now = await ReadAsync<SandboxSwitches>(context);
            return Results.Json(board.Now, Wire);
        });
        all.MapPost("reset", (HttpContext context, SandboxVendor vendor) =>
        {
            vendor.Reset(GetTenant(context));
            return Results.NoContent();
        });
    }

    private static async Task<IResult> ActAsync(HttpContext context, SandboxVendor vendor)
    {
        var tenant = GetTenant(context);
        var request = await ReadAsync<SandboxRequest>(context);
        SandboxResponse result;
        using (vendor.Begin(tenant, request.OperationId))
        {
            // A caller that gives up does not stop what it asked for.
            await SlowAsync(context, vendor, CancellationToken.None);
            result = vendor.Act(tenant, request, $"API token of {GetCaller(context).Name}");
        }
        switch (result.Mishap)
        {
            case Mishap.Before:
                return Unavailable(context, StatusCodes.Status503ServiceUnavailable);
            case Mishap.After:
                return Results.Json(new { code = "internal-error", message = "Something went wrong." }, Wire,
                    statusCode: StatusCodes.Status500InternalServerError);
            case Mishap.LostReply:
                context.Abort();
                return Results.Empty;
            default:
                return Results.Json(
                    new { operationId = request.OperationId, status = "applied", detail = result.Effect?.Detail ?? "Done." }, Wire);
        }
    }

    /// <summary>
    /// Who did what, in order, page by page; a place in the log that it no longer has is answered with <c>known: false</c> and its end.
    /// </summary>
    private static IResult ReadLog(HttpContext context, SandboxVendor vendor, string? after, int? limit)
    {
        var part = vendor.Log(GetTenant(context), after, Math.Clamp(limit ?? MaxLogLength, 1, MaxLogLength));
        var lines = part.Lines.Select(line => new
        {
            id = line.Effect.Number.ToString(CultureInfo.InvariantCulture),
            operationId = line.Effect.OperationId.Length > 0 ? line.Effect.OperationId : null,
            line.Effect.Action,
            target = new
            {
                kind = SandboxWorld.GetKind(line.Effect.Action),
                id = line.Effect.TargetId,
                name = line.Thing?["name"]?.ToString() ?? line.Effect.TargetId,
                client = line.Thing?["client"]?.ToString() ?? "",
            },
            line.Effect.Arguments,
            by = line.Effect.Console ? $"{line.Effect.By} (console, simulated)" : line.Effect.By,
            source = line.Effect.Console ? "console" : "api",
            line.Effect.At,
            line.Effect.Detail,
        });
        return Results.Json(new { lines, next = part.Next, part.More, part.Known }, Wire);
    }

    /// <summary>Sends one alert to the bot: the one that the state of the world calls for, or whatever the caller makes up.</summary>
    private static async Task<IResult> RaiseAsync(
        HttpContext context, SandboxVendor vendor, SandboxWebhook webhook, CancellationToken cancellationToken)
    {
        var wanted = await ReadAsync<JsonObject>(context);
        var alert = vendor.Alerts(GetTenant(context)).FirstOrDefault(alert => wanted.All(pair => Same(pair.Value, alert[pair.Key]))) ?? [];
        foreach (var (name, value) in wanted)
            alert[name] = value?.DeepClone();
        alert["id"] ??= $"sandbox-{Guid.NewGuid():N}";
        if (string.IsNullOrEmpty(alert["kind"]?.ToString()))
            throw new SandboxRefusal("bad-request",
                "Nothing in the state of the world matches; name at least a kind, as in DiskSpaceLow.", 400);
        try
        {
            var (status, body) = await webhook.DeliverAsync(GetCaller(context), alert, cancellationToken);
            return Results.Json(new { alert, answer = new { status, body } }, Wire, statusCode: status is >= 200 and < 300 ? 200 : 502);
        }
        catch (HttpRequestException problem)
        {
            throw new SandboxRefusal("undelivered", $"The event intake could not be reached: {problem.Message}", 502);
        }
    }

    private static async ValueTask<object?> LetInAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.RequestServices.GetRequiredService<SandboxDoor>().WhoIs(http.Request) is { } connection)
        {
            http.Items[Caller] = connection;
            return await next(context);
        }
        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"sandbox\"";
        return Refusal("unauthorized", "Authorization: Bearer with the Token of a sandbox connection is needed.",
            StatusCodes.Status401Unauthorized);
    }

    private static async ValueTask<object?> AnswerRefusalsAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (SandboxRefusal refusal)
        {
            return Refusal(refusal.Code, refusal.Message, refusal.Status);
        }
        catch (Exception problem) when (problem is InvalidOperationException or FormatException)
        {
            return Refusal(
                "odd-state", "The state of this thing was changed by hand into something the vendor cannot read; POST reset mends it.",
                StatusCodes.Status422UnprocessableEntity);
        }
    }

    private static async ValueTask<object?> MisbehaveAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var vendor = http.RequestServices.GetRequiredService<SandboxVendor>();
        var board = vendor.GetSwitches(GetTenant(http));
        if (board.Now.Hang || (board.Now.HangActions && HttpMethods.IsPost(http.Request.Method)))
            await Task.Delay(Timeout.InfiniteTimeSpan, http.RequestServices.GetRequiredService<TimeProvider>(), http.RequestAborted);
        while (board.Now.HoldActions && HttpMethods.IsPost(http.Request.Method))
            await Task.Delay(HoldPause, http.RequestServices.GetRequiredService<TimeProvider>(), http.RequestAborted);
        if (board.TakeThrottle())
            return Unavailable(http, StatusCodes.Status429TooManyRequests);
        if (HttpMethods.IsGet(http.Request.Method))
            await SlowAsync(http, vendor, http.RequestAborted);
        return await next(context);
    }

    private static Task SlowAsync(HttpContext context, SandboxVendor vendor, CancellationToken cancellationToken) =>
        vendor.GetSwitches(GetTenant(context)).Now.SlowMs is > 0 and var slow
            ? Task.Delay(TimeSpan.FromMilliseconds(slow), context.RequestServices.GetRequiredService<TimeProvider>(), cancellationToken)
            : Task.CompletedTask;

    private static async Task<T> ReadAsync<T>(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Wire, context.RequestAborted)
                ?? throw new SandboxRefusal("bad-request", "A JSON object is needed.", 400);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw new SandboxRefusal("bad-request", $"The body is not what is needed: {problem.Message}", 400);
        }
    }

    private static bool Same(JsonNode? wanted, JsonNode? has) =>
        string.Equals(wanted?.ToString(), has?.ToString(), StringComparison.OrdinalIgnoreCase);

    private static IResult Unavailable(HttpContext context, int status)
    {
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        return Refusal("busy", "Not now; nothing was done.", status);
    }

    private static IResult NotFound(string kind, string id) =>
        Refusal("not-found", string.Create(CultureInfo.InvariantCulture, $"There is no {kind} {id}."), StatusCodes.Status404NotFound);

    private static IResult Refusal(string code, string message, int status) =>
        Results.Json(new { code, message }, Wire, statusCode: status);

    private static Connection GetCaller(HttpContext context) => (Connection)context.Items[Caller]!;

    private static Tenancy.TenantId GetTenant(HttpContext context) => GetCaller(context).Tenant;
}
