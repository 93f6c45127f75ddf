using System.Collections.Concurrent;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Common;

/// <summary>Keys and checkpoints go to the address in the settings and nowhere else, wherever that address points on.</summary>
public sealed class RedirectTests : IAsyncLifetime
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private readonly ConcurrentQueue<string> asked = [];
    private readonly ConcurrentQueue<string> elsewhere = [];
    private WebApplication other = null!;
    private WebApplication redirecting = null!;
    private int status;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Uri Address => new(redirecting.Urls.Single());

    public static TheoryData<int> Redirects => [301, 302, 303, 307, 308];

    public async ValueTask InitializeAsync()
    {
        other = await ServeAsync(http =>
        {
            elsewhere.Enqueue($"{http.Request.Method} {http.Request.Path}");
            return Task.CompletedTask;
        });
        redirecting = await ServeAsync(http =>
        {
            asked.Enqueue($"{http.Request.Method} {http.Request.Path}");
            http.Response.StatusCode = status;
            http.Response.Headers.Location = other.Urls.Single() + http.Request.Path + http.Request.QueryString;
            return Task.CompletedTask;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await redirecting.DisposeAsync();
        await other.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Redirects))]
    public async Task A_data_key_is_not_carried_on(int redirect)
    {
        status = redirect;
        var wrapper = EncryptionServices.KeyVault(
            new() { Provider = KeyProvider.KeyVault, VaultUri = Address, KeyName = "bot-{tenant}" }, static (_, _) => new("token"));
        var unavailable =
            await Should.ThrowAsync<KeyUnavailableException>(
                async () => await wrapper.WrapAsync(Contoso, new byte[32], mayCreate: true, Stop));
        unavailable.Message.ShouldContain($"answered {redirect}");
        asked.ShouldBe(["POST /keys/bot-contoso/wrapkey"]);
        elsewhere.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Redirects))]
    public async Task A_checkpoint_is_not_handed_to_another_witness(int redirect)
    {
        status = redirect;
        var log = new TestKey("test/contoso");
        var client = new WitnessClient(Client(), Address, new TestKey("witness.example").Witness);
        var signed = await log.SignAsync(new Checkpoint("test/contoso", 1, new byte[32]), Stop);
        (await client.AddAsync(signed, 0, null, Stop)).ShouldBeOfType<WitnessResult.Away>().Problem.ShouldContain($"answered {redirect}");
        asked.ShouldBe(["POST /add-checkpoint"]);
        elsewhere.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Redirects))]
    public async Task The_signing_key_of_another_vault_is_not_taken(int redirect)
    {
        status = redirect;
        using var signer = new KeyVaultSigner(Client(), static _ => new("token"), new Uri(Address, "keys/ledger").ToString());
        (await Should.ThrowAsync<SigningKeyException>(async () => await signer.PublicKeyAsync(Stop))).Message.ShouldContain($"{redirect}");
        asked.ShouldBe(["GET /keys/ledger"]);
        elsewhere.ShouldBeEmpty();
    }

    /// <summary>As the bot makes it.</summary>
    private static HttpClient Client() => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddCheckpoints(static _ => new("token"))
        .BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient(CheckpointServices.Client);

    private static async Task<WebApplication> ServeAsync(RequestDelegate result)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(result);
        await app.StartAsync();
        return app;
    }
}
