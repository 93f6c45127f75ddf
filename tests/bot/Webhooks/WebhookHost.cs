using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Webhooks;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connectors;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Bot.Webhooks;

/// <summary>The event intake on a real web server, over a ledger in memory.</summary>
internal sealed class WebhookHost : IAsyncDisposable
{
    public const string Bearer = "Bearer s3cret-token";

    public static readonly TenantId Contoso = TenantId.Parse("contoso");

    private readonly WebApplication app;

    private WebhookHost(WebApplication app, ILedger ledger)
    {
        this.app = app;
        Ledger = ledger as InMemoryLedger ?? new();
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public InMemoryLedger Ledger { get; }

    /// <summary>What was logged as a warning or worse, also by the web server.</summary>
    public ConcurrentQueue<string> Troubles { get; private init; } = [];

    /// <summary>Puts on record what was counted so far.</summary>
    public Task RecordReceiptsAsync() => app.Services.GetRequiredService<DeliveryReceipts>().RecordAsync(CancellationToken.None);

    public static async Task<WebhookHost> StartAsync(ILedger? ledger = null, params (string Key, string Value)[] settings)
    {
        var keys = new InMemoryKeyRing();
        ledger ??= new InMemoryLedger(keys: keys);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var troubles = new Keeper();
        builder.Logging.AddProvider(troubles);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Configuration.AddInMemoryCollection(Settings.Concat(settings).ToDictionary(pair => pair.Key, pair => (string?)pair.Value));
        builder.Services
            .AddSingleton(ledger)
            .AddSingleton<IKeyRing>(keys)
            .AddSingleton<ServiceFactory>(provider => provider.GetRequiredService)
            .AddSingleton<IMediator, Mediator>()
            .AddCoreFeatures().AddTenancy().AddTenantConnections().AddIncidents().AddWebhooks().AddConnectors(null, ".");
        foreach (var type in new[] { typeof(ReceiveEvents), typeof(IWebhookSource) }.SelectMany(one => one.Assembly.GetTypes())
            .Where(type => type is { IsClass: true, Namespace: "DevOpsAI.Incidents" }
                || type.Namespace?.StartsWith("DevOpsAI.Connectors", StringComparison.Ordinal) is true))
        {
            foreach (var role in type.GetInterfaces()
                .Where(role => role.IsGenericType && role.GetGenericTypeDefinition() == typeof(IRequestHandler<,>)))
                builder.Services.AddSingleton(role, type);
        }
        var built = builder.Build();
        built.UseForwardedSenders();
        built.MapWebhooks();
        await built.StartAsync();
        return new(built, ledger) { Troubles = troubles.Kept };
    }

    /// <summary>Posts to a connection.</summary>
    public async Task<WebhookResponse> PostAsync(
        string connection, byte[] body, string? contentType = "application/json", string? authorization = Bearer,
        params (string Name, string Value)[] headers)
    {
        using var content = new ByteArrayContent(body);
        return await PostAsync(connection, content, contentType, authorization, headers);
    }

    public async Task<WebhookResponse> PostAsync(
        string connection, HttpContent content, string? contentType, string? authorization, params (string Name, string Value)[] headers)
    {
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/events/" + connection) { Content = content };
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new((int)response.StatusCode, response.Headers, response.Content.Headers.ContentType?.MediaType,
            text.Length > 0 ? JsonNode.Parse(text) : null);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }

    private static readonly (string Key, string Value)[] Settings =
    [
        ("Tenants:contoso:Name", "Contoso Ltd"),
        .. Connection("contoso-alertmanager", "alertmanager", ("Bearer", "s3cret-token"), ("Username", "am"), ("Password", "päss")),
        .. Connection("contoso-cloudevents", "cloudevents", ("Bearer", "s3cret-token"), ("HmacSecret", "hmac-key")),
        .. Connection("contoso-signed", "cloudevents", ("HmacSecret", "hmac-key")),
        .. Connection("contoso-strict", "cloudevents", ("HmacSecret", "hmac-key"), ("SignedAttributes", "required")),
        .. Connection("contoso-lenient", "cloudevents", ("HmacSecret", "hmac-key"), ("SignedAttributes", "optional")),
        .. Connection("contoso-sandbox", "sandbox", ("Token", "s3cret-token")),
        .. Connection("contoso-graph", "microsoft-graph", ("DirectoryId", "84841066-274d-4ec0-a5c1-276be684bdd3"),
            ("ClientId", "6e7b768e-07e2-4810-8459-485f84f8f204"), ("ClientSecret", "x"), ("Authority", "http://127.0.0.1:1/"),
            ("NotificationUrl", "https://bot.example/api/events/contoso-graph"), ("ClientState", "7c1f2b9e-secret-client-state")),
        .. Connection("contoso-lost", "sandbox", ("Token", "env:NO_SUCH_VARIABLE")),
    ];

    private static IEnumerable<(string, string)> Connection(string name, string connector, params (string Name, string Value)[] settings) =>
    [
        ($"Connections:{name}:Tenant", "contoso"),
        ($"Connections:{name}:Connector", connector),
        .. settings.Select(pair => ($"Connections:{name}:Settings:{pair.Name}", pair.Value)),
    ];

    private sealed class Keeper : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Kept { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
            // Keeps nothing open.
        }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                Kept.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");
        }
    }
}

internal sealed record WebhookResponse(int Status, HttpResponseHeaders Headers, string? ContentType, JsonNode? Json)
{
    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    /// <summary>It is a problem as RFC 9457 has it, with the correlation id that the header has too.</summary>
    public WebhookResponse ShouldBeProblem(int status, string? field = null)
    {
        Status.ShouldBe(status, Json?.ToJsonString());
        ContentType.ShouldBe("application/problem+json");
        ((int)Json!["status"]!).ShouldBe(status);
        ((string?)Json["field"]).ShouldBe(field);
        ((string?)Json["correlationId"]).ShouldBe(Header("X-Correlation-Id"));
        return this;
    }
}

internal static class Body
{
    public static readonly byte[] Alert = Samples.Quoted("{'kind':'DiskSpaceLow','device':'SRV-FILE01','id':'1'}");

    public static readonly byte[] CloudEvent = Encoding.UTF8.GetBytes("""{"specversion":"1.0","id":"1","source":"/s","type":"t"}""");
}
