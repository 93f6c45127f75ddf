using System.Text;
using DevOpsAI.Common;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Tests.Support;
using Microsoft.AspNetCore.Http;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>
/// Signatures in the forms that vendors have. That of Standard Webhooks is the published one
/// (https://docs.svix.com/receiving/verifying-payloads/how-manual); the others were made by another program.
/// </summary>
public sealed class SignatureFormsTests
{
    private const string Text = "Schlüssel-1234";
    private const string Body = """{"Id":5,"Text":"ä"}""";
    private const string Stripe = "937b6da4a1d54ddba73dc5f0138c27095f5395696bf1bacfbb94c45d9a4e0037";
    private const string Svix = "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private const string SvixUrl = "g0hM9SsE-OTPJTGt_tmIKtSyZlE3uFJELVlNIOLJ1OE";
    private const string SvixRule = "base64Key: true, time: { header: webhook-timestamp, id: webhook-id, text: \"{id}.{time}.{body}\" }";
    private const string StripeRule = "time: { header: X-Sign, text: \"{time}.{body}\" }";
    private const string ZendeskRule = "time: { header: X-Time, text: \"{time}{body}\" }";
    private const string HubSpotRule = "time: { header: X-Time, text: \"POST{$setting.HookAddress}{body}{time}\" }";
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1735689600);

    [Theory]
    [InlineData($"v1,{Svix}", true)]
    [InlineData(Svix, true)]
    [InlineData($"v1={Svix}", true)]
    [InlineData($"v1,bm9wZQ== v1,{Svix}", true)]
    [InlineData($"v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== v1,{Svix}", true)]
    [InlineData($"v1,{SvixUrl}", true)]
    [InlineData(SvixUrl, true)]
    [InlineData("v1,bm9wZQ==", false)]
    [InlineData("v1,", false)]
    [InlineData("v1", false)]
    [InlineData($"sha512={Svix}", false)]
    [InlineData($"v1,{Svix}x", false)]
    [InlineData($"v1,G0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", false)]
    public async Task A_list_of_versions_has_the_right_one_among_it(string signature, bool isRight)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(1614265330);
        foreach (var secret in (string[])["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
        {
            (await FaultAsync(SvixRule, secret, at, """{"test": 2432232314}""", ("X-Sign", signature), ("webhook-timestamp", "1614265330"),
                ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")) is null).ShouldBe(isRight);
            (await FaultAsync(SvixRule, secret, at, """{"test": 2432232314}""", ("X-Sign", signature), ("webhook-timestamp", "1614265330"),
                ("webhook-id", "msg_another"))).ShouldNotBeNull();
        }
    }

    [Theory]
    [InlineData($"t=1735689600,v1={Stripe}", true)]
    [InlineData($"t=1735689600,v1=00{Stripe},v0={Stripe}", true)]
    [InlineData($"v1={Stripe}, t=1735689600", true)]
    [InlineData($"ts=1735689600;h1={Stripe}", true)]
    [InlineData($"t=1735689601,v1={Stripe}", false)]
    [InlineData($"t=1735689600,v1={Stripe},t=1735689601", true)]
    [InlineData($"v1={Stripe}", false)]
    [InlineData("t=1735689600", false)]
    [InlineData($"t=,v1={Stripe}", false)]
    public async Task The_time_may_stand_beside_the_signature(string header, bool isRight) =>
        (await FaultAsync(StripeRule, Text, At, Body, ("X-Sign", header)) is null).ShouldBe(isRight);

    [Theory]
    [InlineData(ZendeskRule, "w93VnAg2H32d6/q2UOPwUVyluxPryr0r25Zy3GeWrKE=", "2025-01-01T00:00:00Z", true)]
    [InlineData(ZendeskRule, "Wi1ezJww5+ae5eOgYDjicSMnE1IJILRVncPX1nvXZ9c=", "2025-01-01T01:00:00.250+01:00", true)]
    [InlineData(ZendeskRule, "w93VnAg2H32d6/q2UOPwUVyluxPryr0r25Zy3GeWrKE=", "2025-01-01T01:00:00+01:00", false)]
    [InlineData(HubSpotRule, "NPqC6rDOjwfAjo/yL/VKk5r36LkcRVjpvSmVqbtYtJ0=", "1735689600250", true)]
    [InlineData(HubSpotRule, "NPqC6rDOjwfAjo/yL/VKk5r36LkcRVjpvSmVqbtYtJ0=", "1735689600251", false)]
    [InlineData(HubSpotRule, "NPqC6rDOjwfAjo/yL/VKk5r36LkcRVjpvSmVqbtYtJ0=", "1735689600", false)]
    public async Task Times_are_taken_as_they_are_sent(string rule, string signature, string time, bool isRight) =>
        (await FaultAsync(rule, Text, At, Body, ("X-Sign", signature), ("X-Time", time)) is null).ShouldBe(isRight);

    [Theory]
    [InlineData(301, "The time in X-Time is 301 s ago, and 300 s are allowed.", "1735689600")]
    [InlineData(-302, "The time in X-Time is 302 s ahead, and 300 s are allowed.", "1735689600000")]
    [InlineData(86400, "The time in X-Time is 86400 s ago, and 300 s are allowed.", "2025-01-01T00:00:00Z")]
    [InlineData(0, "What is in X-Time is no time.", "yesterday")]
    [InlineData(0, "What is in X-Time is no time.", "-1735689600")]
    [InlineData(0, "There is no time in X-Time.", null)]
    [InlineData(0, "There is no time in X-Time.", "")]
    [InlineData(0, "The signature is another one: the secret is, or what is signed was changed on the way or is put together otherwise.",
        "1735689600")]
    public async Task Why_a_signature_is_not_taken_is_known(int secondsLater, string fault, string? time)
    {
        List<(string, string)> headers = [("X-Sign", Stripe)];
        if (time is not null)
            headers.Add(("X-Time", time));
        (await FaultAsync(ZendeskRule, Text, At.AddSeconds(secondsLater), Body, [.. headers])).ShouldBe(fault);
    }

    [Fact]
    public async Task What_is_missing_besides_is_known_as_well()
    {
        (await FaultAsync(ZendeskRule, Text, At, Body)).ShouldBe("There is no signature in X-Sign.");
        (await FaultAsync(ZendeskRule, Text, At, Body, ("X-Sign", "hello"), ("X-Time", "1735689600")))
            .ShouldBe("What is in X-Sign is no signature by Sha256.");
        (await FaultAsync(SvixRule, Text, At, Body, ("X-Sign", Svix), ("webhook-timestamp", "1735689600")))
            .ShouldBe("There is no id in webhook-id.");
        (await FaultAsync(SvixRule, "no base64!", At, Body, ("X-Sign", Svix), ("webhook-timestamp", "1735689600"), ("webhook-id", "1")))
            .ShouldBe("The secret of the connection is not base64, as this sender's is.");
        (await FaultAsync(HubSpotRule, Text, At, Body, "", ("X-Sign", Svix), ("X-Time", "1735689600")))
            .ShouldBe("setting.HookAddress of the connection is signed, and is missing.");
        (await FaultAsync("algorithm: sha256", Text, At, Body, ("X-Sign", "sha1=drsNrAhEjYPq7EZgxy40uJFrqVA=")))
            .ShouldBe("What is in X-Sign is no signature by Sha256.");
    }

    [Theory]
    [InlineData("time: { header: X-Time, text: \"{body}\" }", "what is signed has {time} and {body} once each")]
    [InlineData("time: { header: X-Time, text: \"{time}{time}{body}\" }", "what is signed has {time} and {body} once each")]
    [InlineData("time: { header: X-Time, text: \"{time}{body}{path}\" }", "what is signed has {time} and {body} once each")]
    [InlineData("time: { header: X-Time, text: \"{id}{time}{body}\" }", "'id' is the header whose value is {id} in 'text'")]
    [InlineData("time: { header: X-Time, id: X-Id, text: \"{time}{body}\" }", "'id' is the header whose value is {id} in 'text'")]
    [InlineData("time: { header: X-Time, text: \"{$setting.Other}{time}{body}\" }", "'text' has $setting.Other, which is no setting")]
    [InlineData("time: { header: X-Time, text: \"{$setting.Key}{time}{body}\" }", "'text' has $setting.Key, which is no setting")]
    public void A_text_that_nobody_could_sign_is_refused(string rule, string error)
    {
        var errors = new List<string>();
        ManifestReader.Read("acme.yaml", Acme(rule), errors).ShouldBeNull();
        errors.ShouldHaveSingleItem().ShouldStartWith($"acme.yaml:9: {error}");
    }

    private static Task<string?> FaultAsync(
        string rule, string secret, DateTimeOffset now, string body, params (string Name, string Value)[] headers) =>
        FaultAsync(rule, secret, now, body, "https://bot.contoso.com/api/events/contoso-acme", headers);

    private static async Task<string?> FaultAsync(
        string rule, string secret, DateTimeOffset now, string body, string address, params (string Name, string Value)[] headers)
    {
        using var host = new ManifestHost(Acme(rule));
        var credentials = host.Source("acme").GetCredentials(Connect("acme", ("Key", secret), ("HookAddress", address)));
        var request = new WebhookRequest("application/json", new HeaderDictionary(), null, Encoding.UTF8.GetBytes(body));
        foreach (var (name, value) in headers)
            request.Headers[name] = value;
        var authentication = new InboundAuthentication(new SecretSource(TimeProvider.System), new ManualClock(now));
        return await authentication.FindFaultAsync(credentials, request, Token);
    }

    private static string Acme(string rule) => $$$"""
        name: acme
        title: Acme
        settings:
          Key: { title: key of the webhook, secret: true, example: env:ACME_HOOK }
          HookAddress: { title: where Acme sends to, optional: true, example: "https://bot.contoso.com/api/events/contoso-acme" }
        address: https://api.acme.example
        authentication: {}
        webhook:
          sender: { proof: hmac, header: X-Sign, secret: Key, {{{rule}}} }
          events:
            - belongs: credential
              id: "{Id}"
              kind: ticket
              key: "{Id}"
        health: GET /hooks?address={$setting.HookAddress}
        """;
}
