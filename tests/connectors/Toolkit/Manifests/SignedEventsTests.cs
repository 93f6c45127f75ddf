using System.Text;
using DevOpsAI.Common;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Tests.Support;
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

    /// <summary>
    /// https://docs.slack.dev/authentication/verifying-requests-from-slack has the example: its time, secret, body and signature.
    /// </summary>
    [Theory]
    [InlineData(0, "1531420618", true)]
    [InlineData(300, "1531420618", true)]
    [InlineData(-300, "1531420618", true)]
    [InlineData(301, "1531420618", false)]
    [InlineData(-301, "1531420618", false)]
    [InlineData(0, "1531420619", false)]
    [InlineData(0, "01531420618", false)]
    [InlineData(0, "-1531420618", false)]
    [InlineData(0, "99999999999", false)]
    [InlineData(0, "", false)]
    [InlineData(0, null, false)]
    public async Task A_time_that_is_signed_with_the_body_has_to_be_there_and_near(int secondsLater, string? time, bool isRight)
    {
        var clock = new ManualClock(DateTimeOffset.FromUnixTimeSeconds(1531420618 + secondsLater));
        var credentials = Credentials("sha256, time: { header: X-Time, text: \"v0:{time}:{body}\" }", out _, "8f742231b10e8888abcd99yyyzzz85a5");
        var authentication = new InboundAuthentication(new SecretSource(TimeProvider.System), clock);
        var request = Signed(
            "X-Hook-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
            "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA"
            + "&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F"
            + "397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c");
        if (time is not null)
            request.Headers["X-Time"] = time;
        (await authentication.CheckBodyAsync(credentials, request, Token)).ShouldBe(isRight);
    }

    private static WebhookRequest Signed(string header, string signature, string body) =>
        new("application/json", new HeaderDictionary { [header] = signature }, null, Encoding.UTF8.GetBytes(body));

    private static InboundCredentials Credentials(
        string algorithm, out InboundAuthentication authentication, string key = "Schlüssel-1234")
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
        authentication = new(new SecretSource(TimeProvider.System), TimeProvider.System);
        return host.Source("acme").GetCredentials(Connect("acme", ("Key", key)));
    }
}
