using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Connectors.Toolkit;

/// <summary>A request as the vendor gets it.</summary>
internal sealed record VendorRequest(
    string Method, string Path, IReadOnlyDictionary<string, string> Query, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public override string ToString() => $"{Method} {Path}?{string.Join('&', Query.Select(static one => $"{one.Key}={one.Value}"))} {Body}";
}

/// <summary>What the vendor answers. <paramref name="Cut"/>: nothing, and the connection is gone.</summary>
internal sealed record VendorReply(
    int Status, string Body = "", string ContentType = "application/json", string? RetryAfter = null, bool Cut = false)
{
    public static VendorReply Ok(string json) => new(200, json);
}

/// <summary>
/// A vendor on 127.0.0.1 that keeps state and can misbehave. Every request but those for tokens is judged first by the vendor's own
/// description, where Prism and the description are there.
/// </summary>
internal sealed class JudgedVendor : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly PrismServer? judge;
    private readonly HttpClient http = new();
    private readonly ConcurrentQueue<string> refusals = new();
    private readonly ConcurrentQueue<VendorRequest> requests = new();
    private int judged;

    private readonly string under;

    private JudgedVendor(WebApplication app, PrismServer? judge, string? notJudged, string under) =>
        (this.app, this.judge, NotJudged, this.under) = (app, judge, notJudged, under);

    /// <summary>Why nothing is judged; null when everything is.</summary>
    public string? NotJudged { get; }

    public Uri Address => new(app.Urls.Single());

    public IReadOnlyList<VendorRequest> Requests => [.. requests];

    /// <summary>What the vendor answers, unless it has no wish to.</summary>
    public required Func<VendorRequest, VendorReply> Answers { get; set; }

    /// <summary>Answers the next requests instead, in order.</summary>
    public ConcurrentQueue<Func<VendorRequest, VendorReply?>> Trouble { get; } = new();

    /// <summary>Whether the vendor's description knows such a request; the others are not judged.</summary>
    public Func<VendorRequest, bool> IsDescribed { get; set; } = static _ => true;

    /// <summary>Parameters that the vendor's description has wrong: a request is judged without them.</summary>
    public IReadOnlyCollection<string> WronglyDescribed { get; set; } = [];

    /// <summary>What goes by before the next requests are answered; given up on when the caller has gone, if it says so.</summary>
    public Func<VendorRequest, CancellationToken, Task> Before { get; set; } = static (_, _) => Task.CompletedTask;

    /// <param name="under">What the description's paths stand under at the vendor, as in <c>/api/v2</c>.</param>
    public static async Task<JudgedVendor> StartAsync(
        string description, string tokenPath, Func<VendorRequest, VendorReply> answers, string under = "")
    {
        var (judge, missing) = await PrismServer.ForAsync(description);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var vendor = new JudgedVendor(app, judge, missing, under) { Answers = answers };
        app.Run(http => vendor.HandleAsync(http, tokenPath));
        await app.StartAsync();
        return vendor;
    }

    /// <summary>Every request so far is one that the vendor's description allows; at least one was judged, where any can be.</summary>
    public void MustHaveBeenAccepted()
    {
        if (NotJudged is { } why)
            Assert.Skip($"What was asked was answered as expected, and not judged: {why}.");
        refusals.ShouldBeEmpty();
        judged.ShouldBeGreaterThan(0);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context, string tokenPath)
    {
        using var reader = new StreamReader(context.Request.Body);
        var request = new VendorRequest(
            context.Request.Method, context.Request.Path.Value!,
            context.Request.Query.ToDictionary(static one => one.Key, static one => one.Value.ToString()),
            await reader.ReadToEndAsync(), context.Request.Headers.ToDictionary(
                static one => one.Key, static one => one.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        requests.Enqueue(request);
        if (judge is not null && request.Path != tokenPath && IsDescribed(request))
            await JudgeAsync(context, request);
        await Before(request, context.RequestAborted);
        var reply = (Trouble.TryDequeue(out var trouble) ? trouble(request) : null) ?? Answers(request);
        if (reply.Cut)
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = reply.Status;
        if (reply.RetryAfter is { } after)
            context.Response.Headers.RetryAfter = after;
        if (reply.Status == 204)
            return;
        context.Response.ContentType = reply.ContentType;
        await context.Response.WriteAsync(reply.Body);
    }

    /// <summary>The sample answer that Prism makes up of the description does not fit it: nothing is wrong with the request.</summary>
    private static bool IsAboutItsOwnAnswer(string said)
    {
        try
        {
            return JsonNode.Parse(said)?["validation"] is JsonArray { Count: > 0 } all
                && all.All(static one => one?["location"]?[0]?.ToString() == "response");
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private async Task JudgeAsync(HttpContext context, VendorRequest request)
    {
        // As it was sent, so that escapes are judged too.
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        target = target.StartsWith(under, StringComparison.Ordinal) ? target[under.Length..] : target;
        if (target.Split('?') is [var path, var query] && WronglyDescribed.Count > 0)
            target = $"{path}?{string.Join('&', query.Split('&').Where(one => !WronglyDescribed.Contains(one.Split('=')[0])))}";
        using var message = new HttpRequestMessage(new(request.Method), judge!.Address.ToString().TrimEnd('/') + target);
        if (request.Body.Length > 0)
            message.Content = new StringContent(request.Body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in request.Headers.Where(static one => !one.Key.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
            && !one.Key.Equals("Host", StringComparison.OrdinalIgnoreCase) && !one.Key.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)))
            message.Headers.TryAddWithoutValidation(name, value);
        using var verdict = await http.SendAsync(message);
        Interlocked.Increment(ref judged);
        var said = await verdict.Content.ReadAsStringAsync();
        if (!verdict.IsSuccessStatusCode && !IsAboutItsOwnAnswer(said))
            refusals.Enqueue($"{request}: {(int)verdict.StatusCode} {said}");
    }
}
