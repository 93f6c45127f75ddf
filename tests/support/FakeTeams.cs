using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Support;

/// <summary>A call that the bot made, as received.</summary>
/// <param name="Path">Still percent-encoded, below the service URL.</param>
public sealed record FakeCall(string Method, string Path, JsonNode? Body, string? Authorization)
{
    public bool Is(string method, string pathPart) => Method == method && Path.Contains(pathPart, StringComparison.Ordinal);
}

/// <summary>What to answer instead of the usual.</summary>
/// <param name="Status">0 to hang up without an answer, after the call was recorded.</param>
/// <param name="Release">The answer waits for it.</param>
public sealed record FakeResponse(int Status, string? Body = null, string? RetryAfter = null, string? Location = null, Task? Release = null)
{
    public static readonly FakeResponse HangUp = new(0);
}

/// <summary>
/// A real server on loopback that plays the Bot Connector, the signing keys' host and Entra's token endpoint: records every call, answers
/// as documented, or as scripted.
/// </summary>
public sealed class FakeTeams : IAsyncDisposable
{
    private const string ConnectorPath = "/connector";
    private readonly WebApplication app;
    private readonly ConcurrentQueue<FakeCall> calls = new();
    private readonly ConcurrentQueue<FakeResponse> script = new();
    private long lastId = 1_776_000_000_000;
    private int tokens;
    private int keyFetches;

    private FakeTeams()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Map("/v1/.well-known/openidconfiguration", () => KeysAreDown
            ? Results.StatusCode(StatusCodes.Status503ServiceUnavailable)
            : Results.Text(
                new JsonObject { ["issuer"] = TokenIssuer.Issuer, ["jwks_uri"] = KeysUrl ?? $"{Root}v1/.well-known/keys" }.ToJsonString(),
                "application/json"));
        app.Map("/v1/.well-known/keys", () =>
        {
            Interlocked.Increment(ref keyFetches);
            return Results.Text(Issuer.KeySet([.. Endorsements]), "application/json");
        });
        app.MapPost("/{tenant}/oauth2/v2.0/token", () => TokenRefusal is { } refusal
            ? Results.Text(refusal.Body ?? "", "application/json", statusCode: refusal.Status)
            : Results.Text(
                $$"""{"token_type":"Bearer","expires_in":3599,"access_token":"token-{{Interlocked.Increment(ref tokens)}}"}""",
                "application/json"));
        app.Map(ConnectorPath + "/{**rest}", AnswerAsync);
    }

    public TokenIssuer Issuer { get; } = new();

    /// <summary>Channels that every published key endorses.</summary>
    public IList<string> Endorsements { get; } = ["msteams"];

    /// <summary>The metadata answers 503.</summary>
    public bool KeysAreDown { get; set; }

    /// <summary>What Entra answers in place of a token.</summary>
    public FakeResponse? TokenRefusal { get; set; }

    /// <summary>Overrides <c>jwks_uri</c>.</summary>
    public string? KeysUrl { get; set; }

    public int KeyFetches => Volatile.Read(ref keyFetches);

    public int TokensIssued => Volatile.Read(ref tokens);

    public Uri Root => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/");

    public string ServiceUrl => $"{Root.ToString().TrimEnd('/')}{ConnectorPath}";

    public Uri MetadataUrl => new(Root, "v1/.well-known/openidconfiguration");

    public IReadOnlyList<FakeCall> Calls => [.. calls];

    /// <summary>What <c>pagedmembers</c> answers, one page each.</summary>
    public IList<JsonArray> MemberPages { get; } = [];

    public static async Task<FakeTeams> StartAsync()
    {
        var teams = new FakeTeams();
        await teams.app.StartAsync();
        return teams;
    }

    /// <summary>The next call is answered so, the one after that by the next scripted answer, then as usual.</summary>
    public FakeTeams Next(params ReadOnlySpan<FakeResponse> results)
    {
        foreach (var result in results)
            script.Enqueue(result);
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        Issuer.Dispose();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var raw = http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        var body = http.Request.ContentLength > 0 ? await JsonNode.ParseAsync(http.Request.Body) : null;
        var call = new FakeCall(http.Request.Method, raw[ConnectorPath.Length..], body, http.Request.Headers.Authorization);
        calls.Enqueue(call);
        var result = script.TryDequeue(out var scripted) ? scripted : Usual(call);
        if (result.Release is { } release)
            await release;
        if (result.Status == 0)
        {
            http.Abort();
            return;
        }
        if (result.RetryAfter is not null)
            http.Response.Headers.RetryAfter = result.RetryAfter;
        if (result.Location is not null)
            http.Response.Headers.Location = result.Location;
        http.Response.StatusCode = result.Status;
        http.Response.ContentType = "application/json";
        if (result.Body is not null)
            await http.Response.WriteAsync(result.Body);
    }

    private FakeResponse Usual(FakeCall call)
    {
        if (call.Path.Contains("/pagedmembers", StringComparison.Ordinal))
            return MembersPage(call.Path);
        if (call.Method == HttpMethods.Put)
            return new(200, """{"id":"same"}""");
        if (call.Method != HttpMethods.Post)
            return new(404, """{"error":{"code":"MemberNotFoundInConversation","message":"no"}}""");
        var id = Interlocked.Increment(ref lastId).ToString();
        if (!call.Path.EndsWith("/v3/conversations", StringComparison.Ordinal))
            return new(201, $$"""{"id":"{{id}}"}""");
        return call.Body?["channelData"]?["channel"]?["id"]?.GetValue<string>() is { } channel
            ? new(201, $$"""{"id":"{{channel}};messageid={{id}}","activityId":"{{id}}"}""")
            : new(201, $$"""{"id":"a:{{call.Body?["members"]?[0]?["id"]}}"}""");
    }

    private FakeResponse MembersPage(string path)
    {
        var mark = path.IndexOf("continuationToken=", StringComparison.Ordinal);
        var page = mark < 0 ? 0 : int.Parse(path[(mark + "continuationToken=".Length)..].Split('&')[0]);
        var result = new JsonObject { ["members"] = page < MemberPages.Count ? MemberPages[page].DeepClone() : new JsonArray() };
        if (page + 1 < MemberPages.Count)
            result["continuationToken"] = $"{page + 1}";
        return new(200, result.ToJsonString());
    }
}
