using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Tests.Support;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>Requests that are signed, as vendors of the field want it.</summary>
public sealed class SignedRequestsTests
{
    private const string LogicMonitor = """
        name: acme
        title: Acme
        settings:
          AccessId: { title: access id, example: a }
          AccessKey: { title: access key, secret: true, example: env:ACME_KEY }
        address: https://acme.example/santaba/rest
        authentication:
          signature:
            secret: AccessKey
            text: "{$request.method}{$request.time.milliseconds}{$request.body}{$request.resource}"
            encoding: base64OfHex
            headers: { Authorization: "LMv1 {$setting.AccessId}:{$signature}:{$request.time.milliseconds}" }
        health: GET /device/devices?filter=x
        targets:
          device:
            find: { request: "GET /device/devices?name={$name}" }
            id: "{id}"
            names: ["{name}"]
            belongs: credential
            read: GET /device/devices/{$target.id}
        actions:
          acme.note:
            title: Note
            target: device
            arguments: { text: { title: Text, pattern: ".*" } }
            reversibility: irreversible
            idempotent: false
            command: "Acme note {text} on {target}"
            call: POST /device/devices/{$target.id}/notes
            body: { note: "{$argument.text}" }
        """;

    /// <summary>https://duo.com/docs/adminapi#authentication has the example.</summary>
    [Fact]
    public void Duos_example_is_signed_as_Duo_signs_it()
    {
        var given = RequestSignature.Describe(
            HttpMethod.Post, new("https://API-xxxxxxxx.duosecurity.com/accounts/v1/account/list"), "username=root&realname=First+Last"u8.ToArray(),
            isForm: true, "", new(2012, 8, 21, 17, 29, 18, TimeSpan.Zero));
        RequestSignature.Sign(
            Rule("{$request.time.mail}\n{$request.method}\n{$request.host}\n{$request.path}\n{$request.parameters}", SignatureEncoding.Hex, "sha1"),
            "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep", given).ShouldBe("2d97d6166319781b5a3a07af39d366f491234edc");
    }

    /// <summary>https://learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources has the example.</summary>
    [Fact]
    public void A_shared_key_of_Microsofts_signs_as_in_its_example()
    {
        var given = RequestSignature.Describe(
            HttpMethod.Get, new("https://contoso.example/dbs/ToDoList"), [], isForm: false, "/dbs", new(2017, 4, 27, 0, 51, 12, TimeSpan.Zero));
        RequestSignature.Sign(
            Rule("{$request.method | lower}\ndbs\ndbs{$request.resource}\n{$request.time.http | lower}\n\n", SignatureEncoding.Base64, "sha256", true),
            "dsZQi3KtZmCv1ljt3VNWNm7sQUF1y5rJfC6kv5JiwvW0EndXdDku/dkKBp8/ufDToSxLzR4y+O/0H/t4bQtVNw==", given)
            .ShouldBe("c09PEVJrgp2uQRkr934kFbTqhByc7TVr3OHyqlu+c+c=");
    }

    [Fact]
    public async Task The_vendor_finds_the_signature_right_for_what_it_got()
    {
        var clock = new ManualClock();
        await using var vendor = await JudgedVendor.StartAsync("none", "/none", static request => IsRight(request)
            ? VendorReply.Ok("""{"id":7,"name":"SRV-FILE01"}""")
            : new(401, "{}"));
        using var host = new ManifestHost(LogicMonitor, clock);
        var connection = Connect("acme", ("Address", $"{vendor.Address}santaba/rest"), ("AccessId", "id"), ("AccessKey", "clé-1234"));
        (await DoneAsync(host.Connector("acme").CheckAsync(connection, Token))).ShouldBe("Acme takes the credentials of contoso-acme.");
        clock.Advance(TimeSpan.FromMinutes(1));
        (await new ManifestConnectorOf(host, connection).ActAsync("acme.note", "7", ("text", "ä \"quoted\" 😀")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        vendor.Requests.Select(static one => one.Headers["Authorization"].Split(':')[2]).Distinct().Count().ShouldBe(2, "each has its time");
        vendor.Requests.ShouldAllBe(static one => !one.ToString().Contains("clé", StringComparison.Ordinal));
        var other = connection with { Settings = new Dictionary<string, string>(connection.Settings) { ["AccessKey"] = "other" } };
        (await host.Connector("acme").CheckAsync(other, Token)).ShouldBeOfType<CallOutcome<string>.Refused>().Message
            .ShouldBe("Acme does not take the credentials of contoso-acme (401). Set AccessKey anew.");
    }

    [Fact]
    public async Task An_attempt_that_is_made_again_is_signed_anew()
    {
        var clock = new SkippingClock();
        await using var vendor = await JudgedVendor.StartAsync("none", "/none", static _ => VendorReply.Ok("{}"));
        using var host = new ManifestHost(LogicMonitor, clock);
        vendor.Trouble.Enqueue(_ =>
        {
            clock.Skip(TimeSpan.FromSeconds(1));
            return new(0, Cut: true);
        });
        await DoneAsync(host.Connector("acme").CheckAsync(
            Connect("acme", ("Address", $"{vendor.Address}santaba/rest"), ("AccessId", "id"), ("AccessKey", "clé-1234")), Token));
        vendor.Requests.Count.ShouldBe(2);
        vendor.Requests.ShouldAllBe(static one => IsRight(one));
        vendor.Requests.Select(static one => one.Headers["Authorization"]).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_key_that_is_none_is_told_without_showing_it()
    {
        await using var vendor = await JudgedVendor.StartAsync("none", "/none", static _ => VendorReply.Ok("{}"));
        using var host = new ManifestHost(LogicMonitor.Replace("encoding: base64OfHex", "base64Key: true", StringComparison.Ordinal));
        (await host.Connector("acme").CheckAsync(
            Connect("acme", ("Address", $"{vendor.Address}"), ("AccessId", "id"), ("AccessKey", "not base64!")), Token))
            .ShouldBeOfType<CallOutcome<string>.Refused>().Message.ShouldBe("AccessKey is no base64: it is misspelt or not the key itself.");
        vendor.Requests.ShouldBeEmpty();
    }

    private static bool IsRight(VendorRequest request)
    {
        if (request.Headers["Authorization"].Split(':', ' ') is not ["LMv1", "id", var signature, var time])
            return false;
        var text = request.Method + time + request.Body + request.Path["/santaba/rest".Length..];
        var hex = Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes("clé-1234"), Encoding.UTF8.GetBytes(text))).ToLowerInvariant();
        return Convert.ToBase64String(Encoding.ASCII.GetBytes(hex)) == signature;
    }

    private static SignatureRule Rule(string text, SignatureEncoding encoding, string algorithm, bool isBase64 = false) => new(
        "Key", isBase64, Enum.Parse<DevOpsAI.Connectors.Toolkit.HmacAlgorithm>(algorithm, ignoreCase: true), ValueTemplate.Parse(text), encoding,
        new Dictionary<string, ValueTemplate>(), null);
}
