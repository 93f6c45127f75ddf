using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DevOpsAI.Common;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Http;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>Vendors that prove themselves with a certificate, or with a secret that they write into what they send.</summary>
public sealed class SenderProofTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly X509Certificate2 Vendor = Make("CN=vendor", Now.AddDays(-1), Now.AddDays(30));

    [Theory]
    [InlineData("{'state':'s3cret','id':1}", true)]
    [InlineData("{'state':'S3CRET','id':1}", false)]
    [InlineData("{'state':'','id':1}", false)]
    [InlineData("{'state':null,'id':1}", false)]
    [InlineData("{'state':['s3cret'],'id':1}", false)]
    [InlineData("{'id':1}", false)]
    [InlineData("[]", false)]
    [InlineData("s3cret", false)]
    [InlineData("{'state':'other','state':'s3cret'}", false)]
    public async Task A_secret_in_the_delivery_is_the_connections(string body, bool isRight) =>
        (await IsLetInAsync("proof: member, member: state, secret: Hook", body)).ShouldBe(isRight);

    [Theory]
    [InlineData("{'value':[{'state':'s3cret'},{'state':'s3cret'}]}", true)]
    [InlineData("{'value':[{'state':'s3cret'},{'state':'other'}]}", false)]
    [InlineData("{'value':[{'state':'s3cret'},{}]}", false)]
    [InlineData("{'value':[]}", false)]
    [InlineData("{'value':{'state':'s3cret'}}", false)]
    [InlineData("{'state':'s3cret'}", false)]
    public async Task Every_item_of_a_list_has_to_bear_it(string body, bool isRight) =>
        (await IsLetInAsync("proof: member, each: value, member: state, secret: Hook", body)).ShouldBe(isRight);

    [Fact]
    public async Task A_certificate_proves_a_sender_by_its_thumbprint_alone()
    {
        const string sender = "proof: certificate, thumbprint: Certificate";
        var print = Vendor.GetCertHashString(HashAlgorithmName.SHA256);
        (await IsLetInAsync(sender, "{}", Vendor, print)).ShouldBeTrue();
        (await IsLetInAsync(sender, "{}", Vendor, string.Join(':', print.Chunk(2).Select(static pair => new string(pair))))).ShouldBeTrue();
        (await IsLetInAsync(sender, "{}", Vendor, print.ToLowerInvariant())).ShouldBeTrue();
        (await IsLetInAsync(sender, "{}", Vendor, $"{new string('0', 64)}, {print}")).ShouldBeTrue("both hold while it is replaced");
        (await IsLetInAsync(sender, "{}", null, print)).ShouldBeFalse();
        (await IsLetInAsync(sender, "{}", Vendor, new string('0', 64))).ShouldBeFalse();
        using var namesake = Make("CN=vendor", Now.AddDays(-1), Now.AddDays(30));
        (await IsLetInAsync(sender, "{}", namesake, print)).ShouldBeFalse("it is another one of that name");
    }

    [Theory]
    [InlineData(-30, -1)]
    [InlineData(1, 30)]
    public async Task A_certificate_out_of_its_dates_proves_nothing(int from, int to)
    {
        using var stale = Make("CN=vendor", Now.AddDays(from), Now.AddDays(to));
        (await IsLetInAsync(
            "proof: certificate, thumbprint: Certificate", "{}", stale, stale.GetCertHashString(HashAlgorithmName.SHA256))).ShouldBeFalse();
    }

    [Theory]
    [InlineData("8d9b4c", "has to be a SHA-256 thumbprint, 64 hex digits")]
    [InlineData("AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD", "that is a SHA-1 thumbprint; what is wanted is SHA-256")]
    public void What_is_no_SHA256_thumbprint_is_told(string print, string problem)
    {
        using var host = new ManifestHost(Acme("proof: certificate, thumbprint: Certificate"));
        host.Source("acme").Problems(Connect("acme", ("Certificate", print))).ShouldHaveSingleItem().ShouldStartWith($"Certificate: {problem}");
    }

    [Theory]
    [InlineData("proof: certificate, thumbprint: Hook", "'thumbprint' is 'Hook', which is no setting of this manifest")]
    [InlineData("proof: certificate", "'thumbprint'")]
    [InlineData("proof: member, member: state, secret: Certificate", "'secret' is 'Certificate', which is no secret setting")]
    [InlineData("proof: member, secret: Hook", "'member'")]
    [InlineData("proof: bearer, secret: Hook, member: state", "'member'")]
    public void A_proof_that_lacks_something_is_refused_at_load(string sender, string error)
    {
        List<string> errors = [];
        DevOpsAI.Connectors.Toolkit.Manifests.ManifestReader.Read("acme.connector.yaml", Acme(sender), errors);
        errors.ShouldContain(one => one.Contains(error, StringComparison.Ordinal), string.Join('\n', errors));
    }

    private static async Task<bool> IsLetInAsync(
        string sender, string body, X509Certificate2? certificate = null, string? thumbprint = null)
    {
        using var host = new ManifestHost(Acme(sender));
        var authentication = new InboundAuthentication(new SecretSource(TimeProvider.System), new ManualClock(Now));
        var credentials = host.Source("acme").GetCredentials(
            Connect("acme", ("Hook", "s3cret"), ("Certificate", thumbprint ?? new string('f', 64))));
        var request = new WebhookRequest("application/json", new HeaderDictionary(), null, Encoding.UTF8.GetBytes(body.Replace('\'', '"')))
        {
            Certificate = certificate,
        };
        var verdict = authentication.CheckHeaders(credentials, request);
        return verdict == Verdict.Accepted
            || (verdict == Verdict.DependsOnBody && await authentication.CheckBodyAsync(credentials, request, Token));
    }

    private static X509Certificate2 Make(string name, DateTimeOffset from, DateTimeOffset to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest(name, key, HashAlgorithmName.SHA256).CreateSelfSigned(from, to);
    }

    private static string Acme(string sender) => $$"""
        name: acme
        title: Acme
        settings:
          Hook: { title: client state, secret: true, example: env:ACME_HOOK }
          Certificate: { title: thumbprint, example: "ff" }
        address: https://api.acme.example
        webhook:
          sender: { {{sender}} }
          events:
            - belongs: credential
              id: "{id}"
              kind: ticket
              key: "{id}"
        """;
}
