using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>
/// Plays Azure Key Vault with one EC P-256 key that signs, and the managed identity endpoint of Container Apps that gives tokens for it.
/// </summary>
internal sealed class PlayedKeyVault : IAsyncDisposable
{
    private const string Token = "token-of-the-managed-identity";
    private const string IdentityHeader = "header-of-this-container";

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ConcurrentQueue<string> refused = new();
    private readonly WebApplication app;
    private int signatures;

    private PlayedKeyVault()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapGet("/identity", GetToken);
        app.MapGet("/keys/ledger", (HttpRequest request) => Guarded(request, () => Results.Json(Key())));
        app.MapGet("/keys/ledger/v1", (HttpRequest request) => Guarded(request, () => Results.Json(Key())));
        app.MapPost("/keys/ledger/v1/sign", async (HttpRequest request) =>
        {
            var asked = (await JsonNode.ParseAsync(request.Body))!;
            return Guarded(request, () => Results.Json(new { kid = $"{Root}keys/ledger/v1", value = Sign(asked) }));
        });
    }

    public int Signatures => Volatile.Read(ref signatures);

    /// <summary>Calls without the token.</summary>
    public IReadOnlyCollection<string> Refused => refused;

    /// <summary>As Container Apps sets them, and the setting that names the key.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["IDENTITY_ENDPOINT"] = $"{Root}identity",
        ["IDENTITY_HEADER"] = IdentityHeader,
        ["Ledger:KeyVaultKey"] = $"{Root}keys/ledger",
    };

    private Uri Root => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/");

    public static async Task<PlayedKeyVault> StartAsync()
    {
        var vault = new PlayedKeyVault();
        await vault.app.StartAsync();
        return vault;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        key.Dispose();
    }

    private static IResult GetToken(HttpRequest request) => request.Headers["X-IDENTITY-HEADER"] == IdentityHeader
        ? Results.Json(new
        {
            access_token = Token,
            expires_on = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds().ToString(
                System.Globalization.CultureInfo.InvariantCulture),
            resource = request.Query["resource"].ToString(),
            token_type = "Bearer",
        })
        : Results.StatusCode(StatusCodes.Status401Unauthorized);

    private IResult Guarded(HttpRequest request, Func<IResult> answer)
    {
        if (request.Headers.Authorization == "Bearer " + Token)
            return answer();
        refused.Enqueue($"{request.Method} {request.Path}");
        return Results.StatusCode(StatusCodes.Status401Unauthorized);
    }

    private object Key()
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new
        {
            key = new
            {
                kid = $"{Root}keys/ledger/v1", kty = "EC", crv = "P-256", x = Base64Url.EncodeToString(point.X),
                y = Base64Url.EncodeToString(point.Y),
            },
        };
    }

    private string Sign(JsonNode asked)
    {
        Interlocked.Increment(ref signatures);
        return Base64Url.EncodeToString(key.SignHash(Base64Url.DecodeFromChars(asked["value"]!.GetValue<string>())));
    }
}
