using System.Text;
using DevOpsAI.Common;
using DevOpsAI.Connectors.Toolkit;
using Microsoft.AspNetCore.Http;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>Vendors that sign what they send, each with a hash of its own; the signatures here were made by another program.</summary>
public sealed class SignedEventsTests
{
    private const string Body = """{"Id":5,"Text":"ä"}""";

    [Theory]
    [InlineData("sha1", "sha1=drsNrAhEjYPq7EZgxy40uJFrqVA=", true)]
    [InlineData("sha1", "drsNrAhEjYPq7EZgxy40uJFrqVA=", true)]
    [InlineData("sha1", "sha1=76bb0dac08448d83eaec4660c72e34b8916ba950", true)]
    [InlineData("sha1", "sha1=DrsNrAhEjYPq7EZgxy40uJFrqVA=", false)]
    [InlineData("sha1", "sha256=drsNrAhEjYPq7EZgxy40uJFrqVA=", false)]
    [InlineData("sha1", "sha256=WeX6bvO8kapeUHHcMlk+ucC47HNYyx0yYXEJOf791Pc=", false)]
    [InlineData("sha1", "sha1=", false)]
    [InlineData("sha256", "sha256=WeX6bvO8kapeUHHcMlk+ucC47HNYyx0yYXEJOf791Pc=", true)]
    [InlineData("sha256", "sha1=drsNrAhEjYPq7EZgxy40uJFrqVA=", false)]
    [InlineData("sha512", "8fMdL3LCKPwKr3D/MLHeQHhMn/n/ZaEFx38k+NcSMEsGHkyz7VQVa180mp/bNh0OlCg6tjP+2/v/cq0vts/i8Q==", true)]
    public async Task A_signature_is_that_of_the_body_by_the_hash_that_the_manifest_names(string algorithm, string signature, bool isRight)
    {
        var credentials = Credentials(algorithm, out var authentication);
        var request = Signed("X-Hook-Signature", signature, Body);
        authentication.CheckHeaders(credentials, request).ShouldBe(Verdict.DependsOnBody);
        (await authentication.CheckBodyAsync(credentials, request, Token)).ShouldBe(isRight);
        (await authentication.CheckBodyAsync(credentials, Signed("X-Hook-Signature", signature, Body.Replace('5', '6')), Token))
            .ShouldBeFalse();
    }

    [Fact]
    public void A_signature_in_another_header_than_the_manifests_is_none()
    {
        var credentials = Credentials("sha1", out var authentication);
        var elsewhere = Signed("X-Signature", "sha1=drsNrAhEjYPq7EZgxy40uJFrqVA=", Body);
        authentication.CheckHeaders(credentials, elsewhere).ShouldBe(Verdict.Refused);
    }

    private static WebhookRequest Signed(string header, string signature, string body) =>
        new("application/json", new HeaderDictionary { [header] = signature }, null, Encoding.UTF8.GetBytes(body));

    private static InboundCredentials Credentials(string algorithm, out InboundAuthentication authentication)
    {
        using var host = new ManifestHost($$$"""
            name: acme
            title: Acme
            settings:
              Key: { title: key of the webhook, secret: true, example: env:ACME_HOOK }
            address: https://api.acme.example
            authentication: {}
            webhook:
              sender: { proof: hmac, header: X-Hook-Signature, algorithm: {{{algorithm}}}, secret: Key }
              events:
                - belongs: credential
                  id: "{Id}"
                  kind: ticket
                  key: "{Id}"
            """);
        authentication = new(new SecretSource(TimeProvider.System));
        return host.Source("acme").GetCredentials(Connect("acme", ("Key", "Schlüssel-1234")));
    }
}
