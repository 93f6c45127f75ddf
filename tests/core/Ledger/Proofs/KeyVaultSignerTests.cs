using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.Tests.Ledger.Proofs;

/// <summary>The protocol of Key Vault, as documented, played by a handler.</summary>
public sealed class KeyVaultSignerTests : IDisposable
{
    private const string Name = "https://msp.vault.azure.net/keys/ledger";
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private readonly Vault keyVault = new();
    private readonly HttpClient client;
    private readonly KeyVaultSigner signer;

    public KeyVaultSignerTests()
    {
        client = new(keyVault, disposeHandler: false);
        signer = new(client, _ => new("the-token"), Name);
    }

    [Fact]
    public async Task Raw_signatures_become_DER_whatever_their_first_bytes()
    {
        // Enough to meet numbers with a leading zero and with the highest bit set.
        for (var i = 0; i < 600; i++)
        {
            var signed = await signer.SignAsync(new Checkpoint("test/contoso", i, new byte[32]), Cancel);
            signed.Note.Verify([await signer.VerifierKeyAsync("test/contoso", Cancel)]).IsTrusted.ShouldBeTrue();
        }
        EcdsaSignatures.ToDer(new byte[64]).ShouldBe(Convert.FromHexString("3006020100020100"));
        keyVault.Requests[0].ShouldBe("GET https://msp.vault.azure.net/keys/ledger?api-version=7.4 Bearer the-token");
        keyVault.Requests[1].ShouldBe("POST https://msp.vault.azure.net/keys/ledger/v7/sign?api-version=7.4 Bearer the-token");
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "403", true)]
    [InlineData(HttpStatusCode.TooManyRequests, "429", true)]
    [InlineData(HttpStatusCode.InternalServerError, "500", true)]
    public async Task What_the_vault_refuses_is_named(HttpStatusCode status, string said, bool mayPass)
    {
        keyVault.Status = status;
        var problem = await Should.ThrowAsync<SigningKeyException>(async () => await signer.PublicKeyAsync(Cancel));
        problem.Message.ShouldContain(said);
        problem.Message.ShouldContain("(ForbiddenByPolicy)");
        problem.MayPass.ShouldBe(mayPass);
        keyVault.Status = HttpStatusCode.OK;
        (await signer.PublicKeyAsync(Cancel)).IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public async Task A_vault_that_cannot_be_reached_is_away_and_a_key_of_another_kind_is_wrong()
    {
        keyVault.IsAway = true;
        (await Should.ThrowAsync<SigningKeyException>(async () => await signer.PublicKeyAsync(Cancel))).MayPass.ShouldBeTrue();
        keyVault.IsAway = false;
        keyVault.Curve = "P-384";
        var wrong = await Should.ThrowAsync<SigningKeyException>(async () => await signer.PublicKeyAsync(Cancel));
        wrong.Message.ShouldContain("P-256");
        wrong.MayPass.ShouldBeFalse();
    }

    [Fact]
    public async Task A_signature_that_does_not_hold_is_not_handed_out()
    {
        keyVault.Bends = true;
        (await Should.ThrowAsync<SigningKeyException>(
            async () => await signer.SignAsync(new Checkpoint("test/contoso", 1, new byte[32]), Cancel))).Message.ShouldContain(
                "no signature of its own");
    }

    [Theory]
    [InlineData("https://msp.vault.azure.net/keys/ledger", true)]
    [InlineData("https://msp.vault.azure.net/keys/ledger/0f8c7e2a", true)]
    [InlineData("http://localhost:8443/keys/ledger", true)]
    [InlineData("http://msp.vault.azure.net/keys/ledger", false)]
    [InlineData("https://msp.vault.azure.net/secrets/ledger", false)]
    [InlineData("https://msp.vault.azure.net/keys/", false)]
    [InlineData("ledger", false)]
    public void Only_keys_over_https_are_key_identifiers(string text, bool isOne) => KeyVaultSigner.IsKeyIdentifier(text).ShouldBe(isOne);

    public void Dispose()
    {
        signer.Dispose();
        client.Dispose();
        keyVault.Dispose();
    }

    private sealed class Vault : HttpMessageHandler
    {
        private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public List<string> Requests { get; } = [];

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public bool IsAway { get; set; }

        public bool Bends { get; set; }

        public string Curve { get; set; } = "P-256";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add($"{request.Method} {request.RequestUri} {request.Headers.Authorization}");
            if (IsAway)
                throw new HttpRequestException("no route");
            if (Status != HttpStatusCode.OK)
                return Answer(new { error = new { code = "ForbiddenByPolicy", message = "no" } });
            if (request.Method == HttpMethod.Get)
            {
                var q = key.ExportParameters(false).Q;
                return Answer(new { key = new { kid = Name + "/v7", kty = "EC", crv = Curve, x = Base64Url.EncodeToString(q.X),
                    y = Base64Url.EncodeToString(q.Y) } });
            }
            var asked = JsonElement.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
            asked.GetProperty("alg").GetString().ShouldBe("ES256");
            var signature = key.SignHash(Base64Url.DecodeFromChars(asked.GetProperty("value").GetString()));
            if (Bends)
                signature[40] ^= 1;
            return Answer(new { kid = Name + "/v7", value = Base64Url.EncodeToString(signature) });
        }

        protected override void Dispose(bool disposing)
        {
            key.Dispose();
            base.Dispose(disposing);
        }

        private HttpResponseMessage Answer(object body) =>
            new(Status) { Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json") };
    }
}
