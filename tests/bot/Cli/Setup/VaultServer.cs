using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Bot.Commands.Setup;

/// <summary>A real server on loopback that plays Key Vault: a key that signs, and a key for each client that wraps and unwraps.</summary>
internal sealed class VaultServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient client = new();
    private readonly ECDsa signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA wrapping = RSA.Create(2048);

    private VaultServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapGet("/keys/{name}", (string name) => Refused("get") ?? Results.Json(GetPublicKey(name)));
        app.MapPost("/keys/{name}/v1/sign", (JsonObject asked) => Refused("sign") ?? Answer(
            "ledger", Bend(signing.SignHash(Read(asked)))));
        app.MapPost("/keys/{name}/wrapkey", (string name, JsonObject asked) => Refused("wrapkey") ?? Answer(
            name, wrapping.Encrypt(Read(asked), RSAEncryptionPadding.OaepSHA256)));
        app.MapPost("/keys/{name}/v1/unwrapkey", (string name, JsonObject asked) => Refused("unwrapkey") ?? Answer(
            name, Bend(wrapping.Decrypt(Read(asked), RSAEncryptionPadding.OaepSHA256))));
    }

    /// <summary>The rights that the bot does not have.</summary>
    public ICollection<string> Withheld { get; } = [];

    /// <summary>Whether what it gives back is not what it should be.</summary>
    public bool Bends { get; set; }

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
        .AddSingleton<ICheckpointSigner>(new KeyVaultSigner(client, static _ => new("token"), SigningKey))
        .AddSingleton<IKeyWrapper>(new KeyVaultWrapper(
            client, new() { Provider = KeyProvider.KeyVault, VaultUri = new(Root), KeyName = "bot-{tenant}" },
            static (_, _) => new("token")));

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        client.Dispose();
        signing.Dispose();
        wrapping.Dispose();
    }

    private IResult? Refused(string right) => Withheld.Contains(right)
        ? Results.Json(new { error = new { code = "Forbidden" } }, statusCode: StatusCodes.Status403Forbidden)
        : null;

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
