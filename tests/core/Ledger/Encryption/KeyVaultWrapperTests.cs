using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Ledger.Encryption;

public sealed class KeyVaultWrapperTests : IDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private readonly FakeVault keyVault = new();

    [Fact]
    public async Task A_key_is_wrapped_by_the_newest_version_and_unwrapped_by_the_one_that_wrapped_it()
    {
        var wrapper = Wrapper();
        var key = RandomNumberGenerator.GetBytes(32);
        var wrapped = await wrapper.WrapAsync(Contoso, key, mayCreate: true, Stop);
        wrapped.Kek.ShouldBe("https://kv.vault.azure.net/keys/bot-contoso/v1");
        wrapped.Algorithm.ShouldBe("RSA-OAEP-256");
        keyVault.Rotate();
        (await wrapper.WrapAsync(Contoso, key, mayCreate: false, Stop)).Kek.ShouldEndWith("/v2");
        (await wrapper.UnwrapAsync(Contoso, wrapped, Stop)).ShouldBe(key);
        keyVault.Audiences.Distinct().ShouldBe(["https://vault.azure.net/.default"]);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "'ledger verify' works without it")]
    [InlineData(HttpStatusCode.NotFound, "soft-delete")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "answered 503")]
    public async Task A_refusal_says_what_to_do(HttpStatusCode status, string said)
    {
        var wrapped = await Wrapper().WrapAsync(Contoso, new byte[32], mayCreate: true, Stop);
        keyVault.Refuse = status;
        var unavailable = await Should.ThrowAsync<KeyUnavailableException>(async () => await Wrapper().UnwrapAsync(Contoso, wrapped, Stop));
        unavailable.Message.ShouldContain(said);
        unavailable.Tenant.ShouldBe(Contoso);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"kid":"https://kv.vault.azure.net/keys/bot-contoso/v1"}""")]
    [InlineData("""{"kid":"https://kv.vault.azure.net/keys/bot-contoso/v1","value":"no base64url!"}""")]
    [InlineData("<html>")]
    public async Task An_answer_that_makes_no_sense_is_as_good_as_none(string body)
    {
        var wrapped = await Wrapper().WrapAsync(Contoso, new byte[32], mayCreate: true, Stop);
        keyVault.Says = body;
        await Should.ThrowAsync<KeyUnavailableException>(async () => await Wrapper().UnwrapAsync(Contoso, wrapped, Stop));
        await Should.ThrowAsync<KeyUnavailableException>(async () => await Wrapper().WrapAsync(Contoso, new byte[32], mayCreate: true,
            Stop));
    }

    [Fact]
    public async Task A_stored_address_of_another_vault_does_not_get_our_token()
    {
        keyVault.Audiences.Clear();
        await Should.ThrowAsync<LedgerUnavailableException>(async () =>
            await Wrapper().UnwrapAsync(Contoso, new("https://evil.example/keys/x/1", "RSA-OAEP-256", [1]), Stop));
        keyVault.Audiences.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("VaultUri", "http://kv.vault.azure.net/")]
    [InlineData("VaultUri", "kv.vault.azure.net")]
    [InlineData("Tenants:contoso:VaultUri", "http://kv.vault.azure.net/")]
    public void A_vault_that_is_not_asked_over_https_is_refused_at_start(string setting, string address)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Storage:Keys:Provider"] = "KeyVault",
            ["Storage:Keys:VaultUri"] = "https://kv.vault.azure.net/",
            [$"Storage:Keys:{setting}"] = address,
        };
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).AddEncryption()
            .BuildServiceProvider();
        Should.Throw<OptionsValidationException>(() => services.GetRequiredService<IOptions<KeysOptions>>().Value).Message
            .ShouldContain("a VaultUri is an https address");
    }

    public void Dispose() => keyVault.Dispose();

    private KeyVaultWrapper Wrapper() => new(
        new HttpClient(keyVault, disposeHandler: false),
        new() { Provider = KeyProvider.KeyVault, VaultUri = new("https://kv.vault.azure.net/"), KeyName = "bot-{tenant}" },
        (audience, _) =>
        {
            keyVault.Audiences.Add(audience);
            return new("token");
        });

    /// <summary>Wraps and unwraps as Key Vault's REST interface does.</summary>
    private sealed class FakeVault : HttpMessageHandler
    {
        private readonly Dictionary<string, RSA> versions = new() { ["v1"] = RSA.Create(2048) };

        public List<string> Audiences { get; } = [];

        public HttpStatusCode? Refuse { get; set; }

        /// <summary>Answered in place of anything sensible.</summary>
        public string? Says { get; set; }

        public void Rotate() => versions["v2"] = RSA.Create(2048);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Refuse is { } status)
                return new(status);
            if (Says is { } body)
                return new(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.Authorization!.ToString().ShouldBe("Bearer token");
            request.RequestUri!.Query.ShouldBe("?api-version=7.4");
            var parts = request.RequestUri.AbsolutePath.Trim('/').Split('/');
            var version = parts.Length == 4 ? parts[2] : versions.Keys.Last();
            var sent = JsonElement.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
            sent.GetProperty("alg").GetString().ShouldBe("RSA-OAEP-256");
            var value = Base64Url.DecodeFromChars(sent.GetProperty("value").GetString());
            var result = parts[^1] == "wrapkey"
                ? versions[version].Encrypt(value, RSAEncryptionPadding.OaepSHA256)
                : versions[version].Decrypt(value, RSAEncryptionPadding.OaepSHA256);
            return new(HttpStatusCode.OK)
            {
                Content = new StringContent(
                    $$"""{"kid":"https://kv.vault.azure.net/keys/{{parts[1]}}/{{version}}","value":"{{Base64Url.EncodeToString(result)}}"}""", Encoding.UTF8, "application/json"),
            };
        }

        protected override void Dispose(bool disposing)
        {
            foreach (var version in versions.Values)
                version.Dispose();
            base.Dispose(disposing);
        }
    }
}
