using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>A HaloPSA on 127.0.0.1 that keeps tickets and what is written into them: one client, 21, and one of its assets.</summary>
internal sealed class PlayedHalo : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Lock gate = new();
    private readonly List<JsonObject> tickets = [];
    private readonly List<JsonObject> actions = [];

    private PlayedHalo(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    /// <summary>What was asked, as <c>POST /Actions</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>It answers 503 to everything.</summary>
    public bool IsAway { get; set; }

    public IReadOnlyList<JsonObject> Tickets
    {
        get
        {
            lock (gate)
                return [.. tickets.Select(static one => one.DeepClone().AsObject())];
        }
    }

    public static async Task<PlayedHalo> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var halo = new PlayedHalo(builder.Build());
        halo.app.Run(halo.HandleAsync);
        await halo.app.StartAsync();
        return halo;
    }

    /// <summary>A ticket of asset 88 that somebody opened; its id.</summary>
    public int AddTicket(string summary)
    {
        lock (gate)
            return Add(new() { ["summary"] = summary, ["client_id"] = 21, ["assets"] = new JsonArray(new JsonObject { ["id"] = 88 }) });
    }

    /// <summary>Notes on a ticket, oldest first.</summary>
    public IReadOnlyList<JsonObject> Notes(int ticket)
    {
        lock (gate)
            return [.. actions.Where(one => (int)one["ticket_id"]! == ticket).Select(static one => one.DeepClone().AsObject())];
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private int Add(JsonObject ticket)
    {
        var id = 10423 + tickets.Count;
        ticket["id"] = id;
        ticket["status_id"] = 1;
        ticket["status_name"] = "New";
        ticket["dateclosed"] = "1900-01-01T00:00:00";
        tickets.Add(ticket);
        return id;
    }

    private async Task HandleAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        Requests.Enqueue($"{http.Request.Method} {http.Request.Path}");
        http.Response.ContentType = "application/json";
        if (IsAway)
        {
            http.Response.StatusCode = 503;
            return;
        }
        JsonNode? answer;
        lock (gate)
            answer = Answer(http.Request, body);
        if (answer is null)
            http.Response.StatusCode = 404;
        else
            await http.Response.WriteAsync(answer.ToJsonString());
    }

    private JsonNode? Answer(HttpRequest request, string body)
    {
        var path = request.Path.Value!;
        const string asset = """{"id":88,"inventory_number":"SRV-NINJA01","client_id":21,"client_name":"Contoso Ltd","ninjarmm_id":7}""";
        return (request.Method, path) switch
        {
            ("POST", "/auth/token") => JsonNode.Parse("""{"access_token":"t","expires_in":3600}"""),
            ("GET", "/Asset") => JsonNode.Parse($$"""{"record_count":1,"assets":[{{asset}}]}"""),
            ("GET", "/Asset/88") => JsonNode.Parse(asset),
            ("GET", "/Tickets") => Listed("tickets", tickets.Where(ticket => Fits(request, ticket))),
            ("GET", "/Actions") => Listed("actions", actions.Where(one => one["ticket_id"]!.ToString() == request.Query["ticket_id"])),
            ("GET", _) when path.StartsWith("/Tickets/", StringComparison.Ordinal) =>
                tickets.Find(one => path.EndsWith($"/{one["id"]}", StringComparison.Ordinal))?.DeepClone(),
            ("POST", "/Tickets") => Write(JsonNode.Parse(body)![0]!.DeepClone().AsObject()),
            ("POST", "/Actions") => Act(JsonNode.Parse(body)![0]!.DeepClone().AsObject()),
            _ => null,
        };
    }

    private static JsonObject Listed(string name, IEnumerable<JsonObject> all)
    {
        var list = new JsonArray([.. all.Select(static one => one.DeepClone())]);
        return new() { ["record_count"] = list.Count, [name] = list };
    }

    private static bool Fits(HttpRequest request, JsonObject ticket)
    {
        var isOpen = ticket["status_id"]!.GetValue<int>() != 9;
        return (request.Query["open_only"] != "true" || isOpen)
            && (request.Query["asset_id"] is not [var asset] || ticket["assets"]?[0]?["id"]?.ToString() == asset)
            && (request.Query["search_id"] is not [var id] || ticket["id"]!.ToString() == id)
            && (request.Query["search_summary"] is not [var words]
                || ticket["summary"]!.ToString().Contains(words!, StringComparison.OrdinalIgnoreCase));
    }

    private JsonNode Write(JsonObject written)
    {
        if (written["id"] is not { } id)
            return new JsonObject { ["id"] = Add(written) };
        var ticket = tickets.Find(one => one["id"]!.ToString() == id.ToString())!;
        if (written["status_id"]?.GetValue<decimal>() == 9)
        {
            ticket["status_id"] = 9;
            ticket["status_name"] = "Closed";
            ticket["dateclosed"] = "2026-12-01T08:00:00";
        }
        return ticket.DeepClone();
    }

    private JsonObject Act(JsonObject written)
    {
        written["id"] = actions.Count + 1;
        written["ticket_id"] = int.Parse(written["ticket_id"]!.ToString(), CultureInfo.InvariantCulture);
        actions.Add(written);
        return new() { ["id"] = actions.Count };
    }
}
