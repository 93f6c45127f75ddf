using System.Text;
using DevOpsAI.Connections;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>A vendor that says in its answer what it was called with: none of it is told any further.</summary>
public sealed class EchoedSecretTests : IAsyncLifetime
{
    private const string Key = "k3y/with+ümlaut and=more";
    private const string Bearer = "eyJ.fetched-token.abc";
    private static readonly string Base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(Key));

    private JudgedVendor vendor = null!;

    public static TheoryData<string> Echoes =>
    [
        Key, Key.ToUpperInvariant(), Uri.EscapeDataString(Key), Uri.EscapeDataString(Key).ToLowerInvariant(),
        System.Net.WebUtility.UrlEncode(Key),
        Base64, Base64.TrimEnd('='), Base64.TrimEnd('=').Replace('+', '-').Replace('/', '_'),
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"acme:{Key}")),
    ];

    private Connection Connection => Connect("acme", ("Address", $"{vendor.Address}"), ("Key", Key));

    public async ValueTask InitializeAsync() => vendor = await JudgedVendor.StartAsync("none", "/none", static _ => VendorReply.Ok("{}"));

    public ValueTask DisposeAsync() => vendor.DisposeAsync();

    [Theory]
    [MemberData(nameof(Echoes))]
    public async Task A_key_that_the_vendor_quotes_is_told_in_no_form(string echo)
    {
        using var host = new ManifestHost(Acme("basic: { username: acme, password: \"{$secret.Key}\" }"));
        foreach (var quoted in (string[])[Json(echo), Escaped(echo)])
        {
            foreach (var status in (int[])[400, 401, 403, 404, 418, 429, 500, 503])
            {
                vendor.Answers = _ => new(status, $$"""{"message":"no key {{quoted}} here","code":"{{quoted}}","text":"{{quoted}}"}""");
                var outcome = await host.Connector("acme").CheckAsync(Connection, Token);
                outcome.ShouldNotBeOfType<CallOutcome<string>.Done>();
                $"{outcome}".ShouldNotContain(echo, Case.Insensitive, $"{status}");
            }
        }
        vendor.Answers = _ => new(404, $$"""{"message":"no key {{Json(echo)}} here"}""");
        (await host.Connector("acme").CheckAsync(Connection, Token)).Reason.ShouldBe("no key (secret) here");
    }

    [Theory]
    [MemberData(nameof(Echoes))]
    public async Task What_is_kept_of_an_answer_that_is_no_refusal_is_without_it_as_well(string echo)
    {
        using var host = new ManifestHost(Acme("basic: { username: acme, password: \"{$secret.Key}\" }"));
        vendor.Answers = _ => VendorReply.Ok($$"""{"id":7,"name":"SRV-1","os":"Windows {{Escaped(echo)}}","job":"j {{Json(echo)}}","n":1.50}""");
        var target = new Target(Connection.Name, "device", "7", "SRV-1", "");
        (await DoneAsync(host.Connector("acme").ObserveAsync(Connection, target, Token)))["device.os"].ShouldBe("Windows (secret)");
        (await DoneAsync(host.Connector("acme").ActAsync(
            Connection, new("op-1", "device.reboot", target, new Dictionary<string, string>()), Token))).Detail.ShouldBe("Acme took j (secret), 1.50.");
    }

    /// <summary>A text that is cut to its length is cut when the secret is out of it, or half of the secret would be left.</summary>
    [Fact]
    public async Task A_long_text_ends_in_no_part_of_the_key()
    {
        using var host = new ManifestHost(Acme("headers: { X-Api-Key: \"{$secret.Plain}\" }, basic: { username: acme, password: \"{$secret.Key}\" }"));
        vendor.Answers = static _ => new(404, $$"""{"message":"{{new string('x', 290)}} plain-secret-of-the-connection"}""");
        var outcome = await host.Connector("acme").CheckAsync(
            Connect("acme", ("Address", $"{vendor.Address}"), ("Key", Key), ("Plain", "plain-secret-of-the-connection")), Token);
        outcome.Reason.ShouldBe($"{new string('x', 290)} (secret)");
    }

    [Fact]
    public async Task A_token_that_was_fetched_is_told_no_more_than_what_it_was_fetched_with()
    {
        using var host = new ManifestHost(Acme("""
            token: { request: POST /token, form: { key: "{$secret.Key}" }, answer: token }
            """));
        vendor.Answers = request => request.Path == "/token"
            ? VendorReply.Ok($$"""{"token":"{{Bearer}}","for":"{{Json(Key)}}"}""")
            : new(403, $$"""{"message":"{{Bearer}} may not, {{Convert.ToBase64String(Encoding.UTF8.GetBytes(Bearer))}}"}""");
        (await host.Connector("acme").CheckAsync(Connection, Token)).Reason.ShouldBe("(secret) may not, (secret)");
        vendor.Requests[1].Headers["Authorization"].ShouldBe($"Bearer {Bearer}");

        vendor.Answers = _ => new(401, $$"""{"error_description":"wrong secret {{Json(Key)}}"}""");
        using var other = new ManifestHost(Acme("""
            token: { request: POST /token, form: { key: "{$secret.Key}" }, answer: token }
            """));
        (await other.Connector("acme").CheckAsync(Connection, Token)).Reason
            .ShouldBe("Acme does not take the credentials of contoso-acme (wrong secret (secret)). Set Key anew.");
    }

    [Fact]
    public async Task A_short_one_hides_no_names_in_records()
    {
        using var host = new ManifestHost(Acme("headers: { X-Api-Key: \"{$secret.Key}\" }"));
        vendor.Answers = static _ => VendorReply.Ok("""{"id":7,"name":"admin","os":"admin"}""");
        var connection = Connect("acme", ("Address", $"{vendor.Address}"), ("Key", "admin"));
        (await DoneAsync(host.Connector("acme").ObserveAsync(connection, new(connection.Name, "device", "7", "admin", ""), Token)))["device.os"]
            .ShouldBe("admin");
        vendor.Answers = static _ => new(404, """{"message":"key admin"}""");
        (await host.Connector("acme").CheckAsync(connection, Token)).Reason.ShouldBe("key (secret)");
    }

    private static string Json(string text) => System.Text.Json.JsonEncodedText.Encode(
        text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();

    private static string Escaped(string text) =>
        string.Concat(text.Select(static c => $"\\u{(int)c:x4}"));

    private static string Acme(string authentication) => $$"""
        name: acme
        title: Acme
        settings:
          Key: { title: API key, secret: true, example: env:ACME_KEY }
          {{(authentication.Contains("Plain", StringComparison.Ordinal) ? "Plain: { title: another, secret: true, example: env:ACME_KEY }" : "")}}
        address: https://api.acme.example
        authentication: { {{authentication.Trim()}} }
        errors:
          - { status: 418, meaning: refused, message: "Acme says {text}" }
        health: GET /me
        targets:
          device:
            find: { request: "GET /devices?q={$name}", items: d }
            id: "{id}"
            names: ["{name}"]
            belongs: credential
            read: GET /devices/{$target.id}
            observe:
              - values: { device.os: "{os}" }
        actions:
          device.reboot:
            reversibility: irreversible
            idempotent: false
            command: Acme reboot {target}
            call: POST /devices/{$target.id}/reboot
            receipt: Acme took {job}, {n}.
        """;
}
