using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Support;

/// <summary>
/// A real server on loopback that plays Key Vault (a key that signs, and a key for each client that wraps and unwraps) and the managed
/// identity endpoint of Container Apps, which gives the token for it.
/// </summary>
public sealed class VaultServer : IAsyncDisposable
{
    private const string Token = "token-of-the-managed-identity";
    private const string IdentityHeader = "header-of-this-container";

    private readonly ConcurrentQueue<string> strangers = new();
    private readonly WebApplication app;
    private readonly HttpClient client = new();
    private readonly ECDsa signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA wrapping = RSA.Create(2048);
    private int signatures;

    private VaultServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapGet("/identity", GetToken);
        var keys = app.MapGroup("/keys").AddEndpointFilter(LetInAsync);
        keys.MapGet("/{name}", (string name) => Refused("get") ?? Results.Json(GetPublicKey(name)));
        keys.MapPost("/{name}/v1/sign", (JsonObject asked) => Refused("sign") ?? Answer("ledger", Bend(Sign(asked))));
        keys.MapPost("/{name}/wrapkey", (string name, JsonObject asked) => Refused("wrapkey") ?? Answer(
            name, wrapping.Encrypt(Read(asked), RSAEncryptionPadding.OaepSHA256)));
        keys.MapPost("/{name}/v1/unwrapkey", (string name, JsonObject asked) => Refused("unwrapkey") ?? Answer(
            name, Bend(wrapping.Decrypt(Read(asked), RSAEncryptionPadding.OaepSHA256))));
    }

    /// <summary>The rights that the bot does not have.</summary>
    public ICollection<string> Withheld { get; } = [];

    /// <summary>Whether what it gives back is not what it should be.</summary>
    public bool Bends { get; set; }

    /// <summary>Calls that showed another token, or none.</summary>
    public IReadOnlyCollection<string> Strangers => strangers;

    public int Signatures => Volatile.Read(ref signatures);

    /// <summary>As Container Apps sets them, and the setting that names the key.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["IDENTITY_ENDPOINT"] = $"{Root}identity", ["IDENTITY_HEADER"] = IdentityHeader, ["Ledger:KeyVaultKey"] = SigningKey,
    };

    public string SigningKey => $"{Root}keys/ledger";

    private string Root => app.Urls.Single() + "/";

    public static async Task<VaultServer> StartAsync()
    {
        var vault = new VaultServer();
        await vault.app.StartAsync();
        return vault;
    }

    /// <summary>The bot's own parts, with a token that needs no Entra and an address that is here.</summary>
    public void Put(IServiceCollection services) => services
        .AddSingleton<ICheckpointSigner>(new KeyVaultSigner(client, static _ => new(Token), SigningKey))
        .AddSingleton<IKeyWrapper>(new KeyVaultWrapper(
            client, new() { Provider = KeyProvider.KeyVault, VaultUri = new(Root), KeyName = "bot-{tenant}" },
            static (_, _) => new(Token)));

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        client.Dispose();
        signing.Dispose();
        wrapping.Dispose();
    }

    private static IResult GetToken(HttpRequest request)
    {
        if (request.Headers["X-IDENTITY-HEADER"] != IdentityHeader)
            return Results.StatusCode(StatusCodes.Status401Unauthorized);
        var ends = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return Results.Json(
            new { access_token = Token, expires_on = ends, resource = request.Query["resource"].ToString(), token_type = "Bearer" });
    }

    private async ValueTask<object?> LetInAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var request = call.HttpContext.Request;
        if (request.Headers.Authorization == "Bearer " + Token)
            return await next(call);
        strangers.Enqueue($"{request.Method} {request.Path}");
        return Results.StatusCode(StatusCodes.Status401Unauthorized);
    }

    private IResult? Refused(string right) => Withheld.Contains(right)
        ? Results.Json(new { error = new { code = "Forbidden" } }, statusCode: StatusCodes.Status403Forbidden)
        : null;

    private byte[] Sign(JsonObject asked)
    {
        Interlocked.Increment(ref signatures);
        return signing.SignHash(Read(asked));
    }

    private object GetPublicKey(string name)
    {
        var point = signing.ExportParameters(includePrivateParameters: false).Q;
        return new { key = new { kid = $"{Root}keys/{name}/v1", kty = "EC", crv = "P-256", x = Base64Url.EncodeToString(point.X),
            y = Base64Url.EncodeToString(point.Y) } };
    }

    private IResult Answer(string name, byte[] value) =>
        Results.Json(new { kid = $"{Root}keys/{name}/v1", value = Base64Url.EncodeToString(value) });

    private byte[] Bend(byte[] value)
    {
        if (Bends)
            value[^1] ^= 1;
        return value;
    }

    private static byte[] Read(JsonObject asked) => Base64Url.DecodeFromChars(asked["value"]!.GetValue<string>());
}
