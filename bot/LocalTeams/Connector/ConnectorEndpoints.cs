using System.Globalization;
using System.Text.Json;

namespace DevOpsAI.LocalTeams.Connector;

/// <summary>The Bot Connector routes. Every call passes the switches and the rate limits first.</summary>
internal sealed class ConnectorEndpoints(ConnectorService service, RateLimits limits, Switches switches, TimeProvider clock)
{
    private const int MaxBodyBytes = 100 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var connector = routes.ServiceProvider.GetRequiredService<ConnectorEndpoints>();
        var v3 = routes.MapGroup("/connector/v3");
        v3.MapPost("/conversations", (Delegate)connector.CreateAsync);
        v3.MapPost("/conversations/{id}/activities", (string id, HttpContext http) =>
            connector.WithBodyAsync(http, CallKind.Send, id, body => connector.Service.Send(id, body)));
        v3.MapPost("/conversations/{id}/activities/{activity}", (string id, string activity, HttpContext http) =>
            connector.WithBodyAsync(http, CallKind.Send, id, body => connector.Service.Send(id, body, activity)));
        v3.MapPut("/conversations/{id}/activities/{activity}", (string id, string activity, HttpContext http) =>
            connector.WithBodyAsync(http, CallKind.Update, id, body => connector.Service.Update(id, activity, body)));
        v3.MapDelete("/conversations/{id}/activities/{activity}", (string id, string activity, HttpContext http) =>
            connector.AnswerAsync(http, CallKind.Delete, id, () => connector.Service.Delete(id, activity)));
        v3.MapGet("/conversations/{id}/members", (string id, HttpContext http) =>
            connector.AnswerAsync(http, CallKind.Members, id, () => Roster.Members(id)));
        v3.MapGet("/conversations/{id}/pagedmembers", (string id, HttpContext http) =>
            connector.AnswerAsync(http, CallKind.Members, id, () => Roster.Page(id)));
        v3.MapGet("/conversations/{id}/members/{member}", (string id, string member, HttpContext http) =>
            connector.AnswerAsync(http, CallKind.Members, id, () => Roster.One(id, member)));
        v3.MapGet("/teams/{id}", (string id, HttpContext http) =>
            connector.AnswerAsync(http, CallKind.Conversations, id, () => Roster.Team(id)));
        v3.MapGet("/teams/{id}/conversations", (string id, HttpContext http) =>
            connector.AnswerAsync(http, CallKind.Conversations, id, () => Roster.Channels(id)));
    }

    private ConnectorService Service => service;

    private async Task<IResult> CreateAsync(HttpContext http)
    {
        var (body, refusal) = await ReadAsync(http);
        if (refusal is not null)
            return refusal.ToResult();
        var conversation = Target(body);
        return await AnswerAsync(http, CallKind.Create, conversation, () => service.Create(body));
    }

    private async Task<IResult> WithBodyAsync(HttpContext http, CallKind kind, string conversation, Func<JsonElement, ConnectorResult> act)
    {
        var (body, refusal) = await ReadAsync(http);
        return refusal is not null ? refusal.ToResult() : await AnswerAsync(http, kind, conversation, () => act(body));
    }

    private async Task<IResult> AnswerAsync(HttpContext http, CallKind kind, string conversation, Func<ConnectorResult> act)
    {
        var settings = switches.Current;
        if (settings.SlowMs > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(settings.SlowMs), clock, http.RequestAborted);
        if (settings.Offline)
            return ConnectorResult.Error(StatusCodes.Status503ServiceUnavailable, "ServiceUnavailable", "Teams is offline (switch)")
                .ToResult();
        if (switches.TakeHttp429())
        {
            limits.CountSwitched429();
            return Throttled(http, settings.RetryAfter);
        }

        if (switches.TakeHttp5xx())
            return ConnectorResult.Error(settings.Code, "ServiceError", "Broken by a switch").ToResult();
        if (limits.Enter(kind, Address.Find(conversation)?.Place.Id ?? conversation) is { } wait)
            return Throttled(http, Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)));

        var result = act();
        if (result.IsSuccess && kind is CallKind.Send or CallKind.Create or CallKind.Update or CallKind.Delete && switches.TakeLoseAnswer())
        {
            http.Abort();
            return Results.Empty;
        }

        return result.ToResult();
    }

    private static IResult Throttled(HttpContext http, int? retryAfter)
    {
        if (retryAfter is not null)
            http.Response.Headers.RetryAfter = retryAfter.Value.ToString(CultureInfo.InvariantCulture);
        return ConnectorResult.Error(StatusCodes.Status429TooManyRequests, "Throttled", "Too many requests").ToResult();
    }

    private static async Task<(JsonElement Body, ConnectorResult? Refusal)> ReadAsync(HttpContext http)
    {
        if (http.Request.ContentLength > MaxBodyBytes)
            return (default, TooBig);
        try
        {
            using var buffer = new MemoryStream();
            await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
            if (buffer.Length > MaxBodyBytes)
                return (default, TooBig);
            var body = JsonSerializer.Deserialize<JsonElement>(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
            return body.ValueKind == JsonValueKind.Object
                ? (body, null)
                : (default, ConnectorResult.BadSyntax("Body is not a JSON object"));
        }
        catch (JsonException)
        {
            return (default, ConnectorResult.BadSyntax("Body is not JSON"));
        }
    }

    private static ConnectorResult TooBig { get; } =
        ConnectorResult.Error(StatusCodes.Status413PayloadTooLarge, "MessageSizeTooBig", "Message size too large");

    private static string Target(JsonElement body) =>
        body.TryGetProperty("channelData", out var data) && data.ValueKind == JsonValueKind.Object
        && data.TryGetProperty("channel", out var channel) && channel.ValueKind == JsonValueKind.Object
        && channel.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
            ? id.GetString()!
            : "personal chats";
}
