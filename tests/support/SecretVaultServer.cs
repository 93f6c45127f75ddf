using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using DevOpsAI.Connections.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Support;

/// <summary>
/// A real server on loopback, with TLS, that plays the secrets of Key Vault: versions, soft delete, purge, pages of a list, and the
/// challenge that a client answers with a token.
/// </summary>
public sealed class SecretVaultServer : IAsyncDisposable
{
    private const string Token = "token-of-the-managed-identity";
    private const int PageLength = 2;

    private readonly WebApplication app;
    private readonly X509Certificate2 certificate = MakeCertificate();
    private readonly ConcurrentDictionary<string, List<JsonObject>> secrets = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, JsonObject> deleted = new(StringComparer.OrdinalIgnoreCase);
    private HttpClient? client;

    private SecretVaultServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        app = builder.Build();
        app.Use(LetInAsync);
        app.MapPut("/secrets/{name}", Set);
        app.MapGet("/secrets/{name}/{version?}", (string name, string? version) => Get(name, version));
        app.MapGet("/secrets", List);
        app.MapDelete("/secrets/{name}", Delete);
        app.MapGet("/deletedsecrets/{name}", (string name) =>
            deleted.TryGetValue(name, out var gone) ? Results.Json(gone) : Results.NotFound());
        app.MapDelete("/deletedsecrets/{name}", Purge);
    }

    public Uri Address => new(app.Urls.Single().Replace("[::]", "127.0.0.1", StringComparison.Ordinal) + "/");

    /// <summary>Method and path of every call that was let in.</summary>
    public ConcurrentQueue<string> Calls { get; } = [];

    /// <summary>What the bot may not do, as <c>get</c>, <c>set</c>, <c>delete</c>, <c>list</c> and <c>purge</c>.</summary>
    public ICollection<string> Withheld { get; } = [];

    /// <summary>When the next secret is made.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Names of the secrets that there are.</summary>
    public IReadOnlyList<string> Names => [.. secrets.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Names of those that were deleted and not purged.</summary>
    public IReadOnlyCollection<string> Deleted => [.. deleted.Keys];

    public static async Task<SecretVaultServer> StartAsync()
    {
        var vault = new SecretVaultServer();
        await vault.app.StartAsync();
        return vault;
    }

    /// <summary>Puts a secret there, as its owner does; a new version where there is one.</summary>
    public string Put(string name, string value) => Add(name, value, null)["id"]!.GetValue<string>().Split('/')[^1];

    /// <summary>The SDK's own client, with a token that needs no Entra and a certificate that is of here.</summary>
    public SecretClient Connect(Uri address) => new(
        address, new FixedToken(),
        new SecretClientOptions
        {
            Transport = new HttpClientTransport(client ??= new HttpClient(new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString(),
                },
            })),
            DisableChallengeResourceVerification = true,
            Retry = { MaxRetries = 0 },
        });

    /// <summary>In the place of the bot's own.</summary>
    public void Put(IServiceCollection services) => services.AddSingleton(new KeyVaultSecrets(Address, Connect));

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        client?.Dispose();
        certificate.Dispose();
    }

    private async Task LetInAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Headers.Authorization == "Bearer " + Token)
        {
            Calls.Enqueue($"{http.Request.Method} {http.Request.Path}");
            await next(http);
            return;
        }
        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        http.Response.Headers.WWWAuthenticate =
            "Bearer authorization=\"https://login.microsoftonline.com/f0000000-0000-4000-8000-000000000001\", "
            + "resource=\"https://vault.azure.net\"";
    }

    private IResult Set(string name, JsonObject asked) => Refused("set")
        ?? Results.Json(Add(name, asked["value"]!.GetValue<string>(), asked["tags"]?.DeepClone()));

    private IResult Get(string name, string? version)
    {
        if (Refused("get") is { } refused)
            return refused;
        var found = secrets.GetValueOrDefault(name)?.LastOrDefault(
            one => string.IsNullOrEmpty(version) || one["id"]!.GetValue<string>().EndsWith(version, StringComparison.Ordinal));
        return found is null
            ? Results.Json(new { error = new { code = "SecretNotFound" } }, statusCode: StatusCodes.Status404NotFound)
            : Results.Json(found);
    }

    private IResult List(HttpRequest request)
    {
        if (Refused("list") is { } refused)
            return refused;
        var start = int.TryParse(request.Query["$skiptoken"], out var given) ? given : 0;
        var page = Names.Skip(start).Take(PageLength).Select(name => (JsonNode)new JsonObject
        {
            ["id"] = $"{Address}secrets/{name}", ["attributes"] = secrets[name][^1]["attributes"]!.DeepClone(),
        });
        return Results.Json(new JsonObject
        {
            ["value"] = new JsonArray([.. page]),
            ["nextLink"] = start + PageLength < secrets.Count
                ? $"{Address}secrets?api-version={request.Query["api-version"]}&$skiptoken={start + PageLength}"
                : null,
        });
    }

    private IResult Delete(string name)
    {
        if (Refused("delete") is { } refused)
            return refused;
        if (!secrets.TryRemove(name, out var versions))
            return Results.NotFound();
        var gone = versions[^1].DeepClone().AsObject();
        gone.Remove("value");
        gone["recoveryId"] = $"{Address}deletedsecrets/{name}";
        gone["deletedDate"] = Clock.GetUtcNow().ToUnixTimeSeconds();
        gone["scheduledPurgeDate"] = Clock.GetUtcNow().AddDays(90).ToUnixTimeSeconds();
        deleted[name] = gone;
        return Results.Json(gone);
    }

    private IResult Purge(string name)
    {
        if (Refused("purge") is { } refused)
            return refused;
        return deleted.TryRemove(name, out _) ? Results.NoContent() : Results.NotFound();
    }

    private JsonObject Add(string name, string value, JsonNode? tags)
    {
        var now = Clock.GetUtcNow().ToUnixTimeSeconds();
        var made = new JsonObject
        {
            ["id"] = $"{Address}secrets/{name}/{RandomNumberGenerator.GetHexString(32, lowercase: true)}",
            ["value"] = value,
            ["attributes"] = new JsonObject { ["enabled"] = true, ["created"] = now, ["updated"] = now },
            ["tags"] = tags,
        };
        secrets.GetOrAdd(name, static _ => []).Add(made);
        return made;
    }

    private IResult? Refused(string right) => Withheld.Contains(right)
        ? Results.Json(new { error = new { code = "Forbidden" } }, statusCode: StatusCodes.Status403Forbidden)
        : null;

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private sealed class FixedToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(Token, TimeProvider.System.GetUtcNow().AddHours(1));

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
