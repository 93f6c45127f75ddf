using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DevOpsAI.Bot.Webhooks;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Bot.Webhooks;

/// <summary>From where deliveries come and with what certificate, directly and behind a proxy.</summary>
public sealed class ForwardedSendersTests
{
    private const string Alertmanager = "contoso-alertmanager";
    private static readonly byte[] Empty = Samples.Quoted("{'alerts':[]}");
    private static readonly X509Certificate2 Certificate = Make();
    private static readonly string Print = Certificate.GetCertHashString(HashAlgorithmName.SHA256);

    [Theory]
    [InlineData("127.0.0.1", 202)]
    [InlineData("127.0.0.0/8, 2001:db8::/32", 202)]
    [InlineData("203.0.113.7", 401)]
    public async Task A_sender_from_elsewhere_is_refused_whatever_it_knows(string addresses, int status)
    {
        await using var host = await WebhookHost.StartAsync(settings: ($"Connections:{Alertmanager}:Settings:SenderAddresses", addresses));
        var answer = await host.PostAsync(Alertmanager, Empty);
        answer.Status.ShouldBe(status);
        if (status == 401)
        {
            // The same as for somebody without the token: nobody learns that the token is right.
            ((string?)answer.Json!["detail"]).ShouldBe((string?)(await host.PostAsync(Alertmanager, Empty, authorization: null)).Json!["detail"]);
            host.Troubles.ShouldContain(static one => one.Contains("It came from 127.0.0.1, which is not in", StringComparison.Ordinal));
        }
        (await host.PostAsync("contoso-cloudevents", Body.CloudEvent, "application/cloudevents+json")).Status.ShouldBe(202, "that is another connection");
    }

    [Fact]
    public async Task Right_address_and_wrong_token_is_refused()
    {
        await using var host = await WebhookHost.StartAsync(settings: ($"Connections:{Alertmanager}:Settings:SenderAddresses", "127.0.0.1"));
        (await host.PostAsync(Alertmanager, Empty, authorization: "Bearer wrong")).Status.ShouldBe(401);
    }

    [Theory]
    [InlineData("", "203.0.113.7", 401, "nobody is believed")]
    [InlineData("198.51.100.0/24", "203.0.113.7", 401, "that proxy is another")]
    [InlineData("127.0.0.1", "203.0.113.7", 202, "the proxy says so")]
    [InlineData("127.0.0.1", "203.0.113.7, 198.51.100.1", 401, "the last is what the proxy has seen")]
    [InlineData("127.0.0.1", "198.51.100.1, 203.0.113.7", 202, "the last is what the proxy has seen")]
    [InlineData("127.0.0.1", "nonsense", 401, "it says nothing")]
    public async Task Behind_a_proxy_the_sender_is_whom_the_proxy_has_seen(string proxies, string forwarded, int status, string why)
    {
        await using var host = await WebhookHost.StartAsync(settings:
        [
            ($"Connections:{Alertmanager}:Settings:SenderAddresses", "203.0.113.7"), ("Webhooks:Proxies", proxies),
        ]);
        (await host.PostAsync(Alertmanager, Empty, headers: ("X-Forwarded-For", forwarded))).Status.ShouldBe(status, why);
    }

    public static TheoryData<string, string> Told => new()
    {
        { "X-Forwarded-Client-Cert", $"Hash=00;Cert=\"{Uri.EscapeDataString(Pem)}\";Subject=\"CN=a,O=\\\"b;Cert=c\\\"\"" },
        { "X-Forwarded-Client-Cert", $"Hash=00;Cert=\"x\",Hash=11;Cert=\"{Uri.EscapeDataString(Pem)}\"" },
        { "X-ARR-ClientCert", Convert.ToBase64String(Certificate.RawData) },
        { "X-Client-Cert", Uri.EscapeDataString(Pem) },
    };

    [Theory]
    [MemberData(nameof(Told))]
    public async Task A_proxy_hands_on_the_certificate_in_the_header_that_is_set(string header, string value)
    {
        (string, string)[] settings =
        [
            ($"Connections:{Alertmanager}:Settings:CertificateThumbprint", Print), ("Webhooks:Proxies", "127.0.0.1"),
            ("Webhooks:CertificateHeader", header),
        ];
        await using var host = await WebhookHost.StartAsync(settings: settings);
        (await host.PostAsync(Alertmanager, Empty, authorization: null, headers: (header, value))).Status.ShouldBe(202);
        (await host.PostAsync(Alertmanager, Empty, authorization: null, headers: ("X-Other", value))).Status.ShouldBe(401);
        await using var unset = await WebhookHost.StartAsync(settings: settings[..2]);
        (await unset.PostAsync(Alertmanager, Empty, authorization: null, headers: (header, value))).Status.ShouldBe(401);
        await using var direct = await WebhookHost.StartAsync(settings: settings[0]);
        (await direct.PostAsync(Alertmanager, Empty, authorization: null, headers: (header, value))).Status.ShouldBe(401);
    }

    [Theory]
    [InlineData("Cert=\"\"")]
    [InlineData("Cert=\"%2D%2D%2D%2D%2DBEGIN%20CERTIFICATE%2D%2D%2D%2D%2D\"")]
    [InlineData("Hash=00;Subject=\"CN=x\"")]
    [InlineData("AAAA")]
    [InlineData("\"")]
    public void A_header_that_holds_no_certificate_is_none(string value) =>
        ForwardedSenders.Read(new HeaderDictionary { ["X-Cert"] = value }, "X-Cert").ShouldBeNull();

    [Fact]
    public void Only_the_nearest_proxys_element_counts() => ForwardedSenders.Read(
        new HeaderDictionary { ["X-Cert"] = $"Cert=\"{Uri.EscapeDataString(Pem)}\",Hash=00" }, "X-Cert").ShouldBeNull();

    [Fact]
    public async Task A_sender_shows_its_certificate_to_a_bot_that_ends_TLS_itself()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.pfx");
        await File.WriteAllBytesAsync(file, Certificate.Export(X509ContentType.Pkcs12), TestContext.Current.CancellationToken);
        try
        {
            await using var host = await WebhookHost.StartAsync(settings:
            [
                ($"Connections:{Alertmanager}:Settings:CertificateThumbprint", Print),
                ("Kestrel:Endpoints:Https:Url", "https://127.0.0.1:0"), ("Kestrel:Endpoints:Https:Certificate:Path", file),
                ("Kestrel:Endpoints:Https:ClientCertificateMode", "AllowCertificate"),
            ]);
            (await PostAsync(host.Client.BaseAddress!, Certificate)).ShouldBe(HttpStatusCode.Accepted);
            using var other = Make();
            (await PostAsync(host.Client.BaseAddress!, other)).ShouldBe(HttpStatusCode.Unauthorized);
            (await PostAsync(host.Client.BaseAddress!, null)).ShouldBe(HttpStatusCode.Unauthorized);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("10.0.0.1/33", null, "Webhooks:Proxies: '10.0.0.1/33' is no address")]
    [InlineData("", "X-ARR-ClientCert", "Webhooks:CertificateHeader: anybody could write that header")]
    [InlineData("10.0.0.0/8", "X-ARR-ClientCert", null)]
    public void Settings_that_believe_everybody_or_nobody_are_refused(string proxies, string? header, string? problem)
    {
        var result = new WebhookProxiesValidator().Validate(null, new() { Proxies = proxies, CertificateHeader = header });
        if (problem is null)
            result.ShouldBe(ValidateOptionsResult.Success);
        else
            result.Failures.ShouldNotBeNull().ShouldHaveSingleItem().ShouldStartWith(problem);
    }

    private static async Task<HttpStatusCode> PostAsync(Uri bot, X509Certificate2? certificate)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, shown, _, _) => shown?.GetCertHashString(HashAlgorithmName.SHA256) == Print;
        if (certificate is not null)
            handler.SslOptions.ClientCertificates = [certificate];
        using var client = new HttpClient(handler) { BaseAddress = bot };
        using var body = new ByteArrayContent(Empty) { Headers = { ContentType = new("application/json") } };
        using var answer = await client.PostAsync(new Uri($"/api/events/{Alertmanager}", UriKind.Relative), body);
        return answer.StatusCode;
    }

    private static string Pem => Certificate.ExportCertificatePem();

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = new CertificateRequest("CN=vendor", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
