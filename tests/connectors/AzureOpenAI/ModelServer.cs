using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Connectors.AzureOpenAI;

/// <summary>What the service does with one question.</summary>
public enum ServiceMood { Good, Hangs, TooMany, Fails, FiltersQuestion, FiltersAnswer, Truncates, Prose, OtherSchema, Adversarial, NoSuchKey, Garbage }

/// <summary>
/// A service on loopback over TLS that speaks the wire format of Azure OpenAI's chat completions, and of OpenAI's own. Refuses a question
/// without a strict schema, as the real one would take it and answer anything.
/// </summary>
internal sealed class ModelServer : IAsyncDisposable
{
    public const string Key = "0123456789abcdef0123456789abcdef";

    private readonly WebApplication app;
    private readonly X509Certificate2 certificate;

    private ModelServer(WebApplication app, X509Certificate2 certificate) => (this.app, this.certificate) = (app, certificate);

    /// <summary>The next questions, in order; then <see cref="ServiceMood.Good"/>.</summary>
    public ConcurrentQueue<ServiceMood> Moods { get; } = [];

    public ConcurrentQueue<(string Path, string Query, string Credential, JsonNode Body)> Questions { get; } = [];

    /// <summary>Seconds in <c>Retry-After</c>.</summary>
    public int RetryAfter { get; set; } = 1;

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<ModelServer> StartAsync()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        var server = new ModelServer(app, certificate);
        app.MapPost("/openai/deployments/{deployment}/chat/completions", server.AnswerAsync);
        app.MapPost("/v1/chat/completions", server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Trusts this server's certificate and no other.</summary>
    public SocketsHttpHandler Handler() => new()
    {
        SslOptions = new()
        {
            RemoteCertificateValidationCallback = (_, shown, _, errors) =>
                errors is SslPolicyErrors.None or SslPolicyErrors.RemoteCertificateChainErrors
                    && shown?.GetCertHashString() == certificate.GetCertHashString(),
        },
    };

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        certificate.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var body = await JsonNode.ParseAsync(context.Request.Body) ?? new JsonObject();
        var credential = context.Request.Headers["api-key"].ToString() is { Length: > 0 } key
            ? key
            : context.Request.Headers.Authorization.ToString();
        Questions.Enqueue((context.Request.Path, context.Request.QueryString.Value ?? "", credential, body));
        var mood = Moods.TryDequeue(out var next) ? next : ServiceMood.Good;
        if (credential is not (Key or "Bearer " + Key) || mood == ServiceMood.NoSuchKey)
            await RefuseAsync(context, 401, "401", "Access denied");
        else if (body["response_format"]?["json_schema"]?["strict"]?.GetValue<bool>() != true)
            await RefuseAsync(context, 400, "invalid_request_error", "no strict schema");
        else
            await AnswerAsync(context, mood);
    }

    private async Task AnswerAsync(HttpContext context, ServiceMood mood)
    {
        switch (mood)
        {
            case ServiceMood.Hangs:
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
                return;
            case ServiceMood.TooMany:
                context.Response.Headers.RetryAfter = $"{RetryAfter}";
                await RefuseAsync(context, 429, "429", "Rate limit");
                return;
            case ServiceMood.Fails:
                await RefuseAsync(context, 500, "internal", "oops");
                return;
            case ServiceMood.FiltersQuestion:
                await RefuseAsync(context, 400, "content_filter", "The response was filtered");
                return;
            case ServiceMood.Garbage:
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync("<html>proxy</html>");
                return;
        }
        var (text, finish) = mood switch
        {
            ServiceMood.FiltersAnswer => ("", "content_filter"),
            ServiceMood.Truncates => ("{\"summary\":\"Re", "length"),
            ServiceMood.Prose => ("Sure! I would restart it.", "stop"),
            ServiceMood.OtherSchema => ("{\"answer\":42}", "stop"),
            ServiceMood.Adversarial => ("{\"summary\":\"<at>everyone</at> https://evil.example/\",\"plan\":[{\"action\":\"format\"}]}", "stop"),
            _ => ("{\"ok\":true}", "stop"),
        };
        await context.Response.WriteAsJsonAsync(new JsonObject
        {
            ["id"] = "chatcmpl-1", ["object"] = "chat.completion", ["created"] = 1_790_000_000, ["model"] = "gpt-4o-2024-11-20",
            ["choices"] = new JsonArray(new JsonObject
            {
                ["index"] = 0, ["finish_reason"] = finish, ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text },
            }),
            ["usage"] = new JsonObject { ["prompt_tokens"] = 1234, ["completion_tokens"] = 56, ["total_tokens"] = 1290 },
        });
    }

    private static Task RefuseAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } });
    }
}
