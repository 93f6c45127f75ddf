using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using DevOpsAI.Connectors.Toolkit.Manifests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Connectors.Toolkit.Conformance;

/// <summary>A request as the stand-in understood it.</summary>
/// <param name="Use">Null for one that the manifest does not make.</param>
/// <param name="Page">Of a list, from 0.</param>
internal sealed record VendorAsked(RouteUse? Use, string Name, string? Id, int Page, string Line)
{
    /// <summary>All that the manifest makes such a request for: one list may be read for several reasons.</summary>
    public IReadOnlyList<RouteUse> Uses { get; init; } = [];
}

/// <summary>What the stand-in answers in place of what it would. <paramref name="Cut"/>: nothing, and the connection is gone.</summary>
internal sealed record VendorSays(int Status, string Body = "{}", string? RetryAfter = null, bool Cut = false);

/// <summary>
/// Plays the vendor of a manifest on 127.0.0.1: it answers the manifest's own requests, keeps records, counts what was done, and can
/// misbehave.
/// </summary>
internal sealed class StandInVendor : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Manifest manifest;
    private readonly List<VendorRoute> routes;
    private readonly ConcurrentQueue<VendorAsked> asked = new();
    private int tokens;
    private int effects;
    private volatile string token = "";

    private StandInVendor(WebApplication app, Manifest manifest, IEnumerable<VendorRoute> routes) =>
        (this.app, this.manifest, this.routes) = (app, manifest, [.. routes]);

    public Uri Address => new(app.Urls.Single());

    public IReadOnlyList<VendorAsked> Asked => [.. asked];

    public int Tokens => tokens;

    /// <summary>Records by kind of target; a check adds and takes away.</summary>
    public ConcurrentDictionary<string, List<JsonObject>> Records { get; } = new();

    /// <summary>What the last hint was about; null before there was one.</summary>
    public JsonObject? Hinted { get; set; }

    /// <summary>What is answered in place of the usual; null for the usual.</summary>
    public Func<VendorAsked, VendorSays?> Trouble { get; set; } = static _ => null;

    /// <summary>Called once an action was done and before it is answered.</summary>
    public Func<VendorAsked, VendorSays?> AfterActing { get; set; } = static _ => null;

    public static async Task<StandInVendor> StartAsync(Manifest manifest, IEnumerable<VendorRoute> routes)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = builder.Build();
        var vendor = new StandInVendor(server, manifest, routes);
        server.Run(vendor.HandleAsync);
        await server.StartAsync();
        return vendor;
    }

    /// <summary>How often anything was done.</summary>
    public int Effects => effects;

    /// <summary>What was sent with the last action; empty when nothing was.</summary>
    public string LastOrder { get; private set; } = "";

    public int AskedToAct => asked.Count(static one => one.Use == RouteUse.Act);

    public void EndToken() => token = "";

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var parameters = context.Request.Query.ToDictionary(static one => one.Key, static one => one.Value.ToString());
        var path = context.Request.Path.ToUriComponent();
        var fitting = routes.Select(route => (Route: route, Fit: route.Fits(context.Request.Method, path, parameters)))
            .Where(static one => one.Fit is not null).GroupBy(static one => one.Fit).MaxBy(static same => same.Key)
            ?.Select(static one => one.Route).ToList() ?? [];
        // A hint may lead to where a target is read as well.
        var route = (Hinted is null ? null : fitting.Find(static one => one.Use == RouteUse.Hinted)) ?? fitting.FirstOrDefault();
        var paging = fitting.Select(static one => one.Paging).FirstOrDefault(static one => one is not null);
        var page = Page(paging, parameters, fitting);
        var line = $"{context.Request.Method} {path}{context.Request.QueryString}";
        var request = new VendorAsked(route?.Use, route?.Name ?? "", route?.Id(path, parameters), page, line)
        {
            Uses = [.. fitting.Select(static one => one.Use)],
        };
        asked.Enqueue(request);
        if (request.Use == RouteUse.Act)
        {
            using var sent = new StreamReader(context.Request.Body);
            LastOrder = await sent.ReadToEndAsync(context.RequestAborted);
        }
        var says = Trouble(request) ?? Answer(context, request, fitting, paging);
        if (says.Cut)
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = says.Status;
        if (says.RetryAfter is { } after)
            context.Response.Headers.RetryAfter = after;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(says.Body, context.RequestAborted);
    }

    private VendorSays Answer(HttpContext context, VendorAsked request, List<VendorRoute> fitting, PagingRule? paging)
    {
        if (request.Use is null)
            return new(404, """{"message":"There is no such thing."}""");
        if (request.Use == RouteUse.Token)
            return Token();
        if ((manifest.Authentication.Token ?? (object?)manifest.Authentication.EntraScope) is not null
            && context.Request.Headers.Authorization != $"Bearer {token}")
            return new(401, """{"message":"The token is not valid."}""");
        if (request.Use == RouteUse.Act)
        {
            Interlocked.Increment(ref effects);
            return AfterActing(request) ?? new(200);
        }
        if (request.Use == RouteUse.Key)
            return new(200, DeliverySamples.Key(manifest.Webhook!.Sender.FetchedKey!).ToJsonString());
        if (request.Use == RouteUse.Hinted)
            return Told(fitting.Find(static one => one.Use == RouteUse.Hinted)!, request.Id);
        if (request.Use is RouteUse.Read or RouteUse.Beside)
            return One(fitting[0], request.Id);
        return fitting.Exists(static one => one.Items is not null) ? List(fitting, paging, request.Page) : new(200);
    }

    private VendorSays Token()
    {
        token = $"token-{Interlocked.Increment(ref tokens)}";
        if (manifest.Authentication.Token is not { } rule)
            return new(200, $$"""{"token_type":"Bearer","access_token":"{{token}}","expires_in":3600}""");
        var answer = new JsonObject();
        VendorDocuments.Set(answer, rule.Answer.ToString(), JsonValue.Create(token));
        if (rule.Lifetime is { } lifetime)
            VendorDocuments.Set(answer, lifetime.ToString(), JsonValue.Create(3600));
        return new(200, answer.ToJsonString());
    }

    private VendorSays One(VendorRoute route, string? id)
    {
        var all = route.Use == RouteUse.Beside
            ? route.Found()
            : Records.GetValueOrDefault(route.Name)?.Where(
                one => VendorDocuments.Text(manifest.Targets[route.Name].Id, one) == id) ?? [];
        if (all.FirstOrDefault() is not { } record)
            return new(404, """{"message":"There is no such thing."}""");
        return new(200, Wrapped(route.RecordAt, record.DeepClone()));
    }

    private VendorSays Told(VendorRoute route, string? id)
    {
        if (Hinted is not { } record || id is not (null or DeliverySamples.HintId))
            return new(404, """{"message":"There is no such thing."}""");
        return new(200, Wrapped(route.RecordAt, record.DeepClone()));
    }

    private VendorSays List(List<VendorRoute> fitting, PagingRule? paging, int page)
    {
        var all = fitting.SelectMany(Items).ToList();
        var size = paging is { Size: > 0 } ? paging.Size : Math.Max(1, (all.Count + 1) / 2);
        var part = paging is null ? all : [.. all.Skip(page * size).Take(size)];
        var list = new JsonArray([.. part.Select(static one => one.DeepClone())]);
        var at = fitting.Select(static one => one.Items).First(static one => one is not null)!.ToString();
        if (at == "$")
            return new(200, list.ToJsonString());
        var answer = new JsonObject();
        VendorDocuments.Set(answer, at, list);
        var isMore = (page + 1) * size < all.Count;
        if (isMore && paging is { Style: PagingStyle.Cursor, From: { } cursor })
            VendorDocuments.Set(answer, cursor.ToString(), JsonValue.Create($"{page + 1}"));
        if (isMore && paging is { Style: PagingStyle.NextLink, From: { } next })
            VendorDocuments.Set(answer, next.ToString(), JsonValue.Create(NextLink(fitting[0], page + 1)));
        return new(200, answer.ToJsonString());
    }

    private string NextLink(VendorRoute route, int page)
    {
        var last = asked.Last(one => one.Use == route.Use && one.Name == route.Name).Line.Split(' ', 2)[1];
        var query = last.Split('&').Where(static one => !one.Contains(PageParameter, StringComparison.Ordinal));
        var plain = string.Join('&', query);
        var sign = plain.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return $"{Address.GetLeftPart(UriPartial.Authority)}{plain}{sign}{PageParameter}={page}";
    }

    private const string PageParameter = "conformance-page";

    private IEnumerable<JsonObject> Items(VendorRoute route) =>
        route.Use == RouteUse.List ? Records.GetValueOrDefault(route.Name) ?? [] : route.Found();

    private int Page(PagingRule? paging, Dictionary<string, string> parameters, List<VendorRoute> fitting)
    {
        if (parameters.TryGetValue(PageParameter, out var link))
            return int.Parse(link, CultureInfo.InvariantCulture);
        if (paging?.Parameter is not { } name || !parameters.TryGetValue(name, out var value))
            return 0;
        return paging.Style switch
        {
            PagingStyle.Number => int.Parse(value, CultureInfo.InvariantCulture) - paging.FirstPage,
            PagingStyle.Offset => int.Parse(value, CultureInfo.InvariantCulture) / paging.Size,
            PagingStyle.Cursor => int.Parse(value, CultureInfo.InvariantCulture),
            _ => PageAfter(paging, value, fitting),
        };
    }

    /// <summary>The page that begins behind the item of this id.</summary>
    private int PageAfter(PagingRule paging, string id, List<VendorRoute> fitting)
    {
        var template = ValueTemplate.Parse($"{{{paging.From}}}");
        var at = fitting.SelectMany(Items).ToList().FindIndex(one => VendorDocuments.Text(template, one) == id);
        return (at + 1) / paging.Size;
    }

    private static string Wrapped(JsonPath? at, JsonNode record)
    {
        if (at is null || at.ToString() == "$")
            return record.ToJsonString();
        var answer = new JsonObject();
        VendorDocuments.Set(answer, at.ToString(), record);
        return answer.ToJsonString();
    }
}
