using System.Text.Json;
using DevOpsAI.Connectors.Toolkit.Manifests;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>What is wrong with a manifest is told with its line and what would be right, all of it at once.</summary>
public sealed class ManifestReaderTests
{
    private const string Good = """
        name: acme
        title: Acme
        settings:
          Key: { title: API key, secret: true, example: env:ACME_KEY }
          Company: { title: company, example: "1" }
        address: https://api.acme.example
        authentication:
          headers: { X-Api-Key: "{$secret.Key}" }
        health: GET /me
        targets:
          device:
            find: { request: "GET /devices?name={$name}", items: devices }
            id: "{id}"
            names: ["{name}"]
            belongs: ["{company} == {$setting.Company}"]
            read: GET /devices/{$target.id}
            observe:
              - values: { device.online: "{online}" }
        actions:
          device.reboot:
            reversibility: irreversible
            idempotent: false
            command: Acme reboot {target}
            call: POST /devices/{$target.id}/reboot
            body: { reason: "{$operation}", force: false, minutes: 5 }
            reconcile: { request: "GET /devices/{$target.id}/reboots", where: ["{reason} == {$operation}"], belongs: target }
        webhook:
          sender: { proof: header, header: X-Key, secret: Key }
          events:
            - belongs: ["{company} == {$setting.Company}"]
              id: "{id}"
              kind: "{type}"
              key: "{id}"
        """;

    private const string TellsNone =
        "'where' has to tell our operation by the vendor's member that holds it, as in \"{reference} == {$operation}\"";

    [Fact]
    public void A_good_one_is_read()
    {
        var errors = new List<string>();
        var manifest = ManifestReader.Read("acme.yaml", Good, errors);
        errors.ShouldBeEmpty();
        manifest.ShouldNotBeNull().Actions["device.reboot"].Spec.Title.ShouldBe("Restart a device");
    }

    [Theory]
    [InlineData("name: acme", "name: Acme Inc", ":1: the name 'Acme Inc' may only have lower-case letters, digits and hyphens")]
    [InlineData("title: Acme\n", "", ": 'title' is missing: it must be a text")]
    [InlineData("title: Acme\n", "title: Acme\ncolour: red\n", ":3: unknown key 'colour'; known here are actions, address, authentication")]
    [InlineData("example: env:ACME_KEY", "example: abc123", ":4: the example of a secret is a reference, as in env:CONTOSO_KEY")]
    [InlineData("title: company, example", "title: company, pattern: \"[\", example", ":5:")]
    [InlineData("{$secret.Key}", "{$secret.Kye}", ": 'headers' refers to $secret.Kye, which is not known there; known are $secret.Key, $setting.Company")]
    [InlineData("{ proof: header, header: X-Key, secret: Key }", "{ proof: fetchedKey, header: X, keyAddress: at, key: k, keyPath: \"/.*\" }",
        ": 'keyPath' takes any address: it names the path, as in /system/keys/[0-9a-f]+")]
    [InlineData("{ proof: header, header: X-Key, secret: Key }", "{ proof: fetchedKey, header: X, keyAddress: at, key: k }",
        ": 'keyPath' is missing")]
    [InlineData("GET /me", "GET me", ":9: 'health' must be a method and a path, as in GET /v2/devices?q={$name}")]
    [InlineData("GET /me", "FETCH /me", ":9: 'health' must be a method and a path")]
    [InlineData("GET /me", "GET //evil.example/me", ":9: 'health' must be a method and a path")]
    [InlineData("GET /me", "GET /me?key={$secret.Key}", ":9: 'health' refers to $secret.Key, which is not known there")]
    [InlineData("name={$name}", "name={$nmae}", "refers to $nmae, which is not known there; known are $name, $setting.Company")]
    [InlineData("name={$name}", "name={$name | qoute}", "there is no filter 'qoute'; known are bracketed, first100, first50, flag, gigabytes")]
    [InlineData("id: \"{id}\"\n    names", "id: \"{id\"\n    names", "has an opening brace without its closing one")]
    [InlineData("id: \"{id}\"\n    names", "id: \"id}\"\n    names", "has a closing brace without its opening one")]
    [InlineData("id: \"{id}\"\n    names", "id: \"{a..b}\"\n    names", "'a..b' is no path of a JSON document")]
    [InlineData("id: \"{id}\"\n    names", "id: \"{a[x]}\"\n    names", "'a[x]' is no path of a JSON document")]
    [InlineData("reversibility: irreversible", "reversibility: reversible", "device.reboot: is irreversible at best, whoever does it, and not reversible")]
    [InlineData("idempotent: false", "idempotent: false\n    blastRadius: nothing", "device.reboot: reaches oneDevice at least, whoever does it, and not nothing")]
    [InlineData("POST /devices/{$target.id}/reboot", "POST /devices/all/reboot", "'call' does not send $target.id: what is done would be something else")]
    [InlineData("POST /devices/{$target.id}/reboot", "POST /devices/{$target.name}/reboot", "'call' does not send $target.id")]
    [InlineData("GET /devices?name={$name}", "POST /devices/delete?x=/search", "a list is read by GET, or by POST to an address that ends in /query or /search")]
    [InlineData("belongs: [\"{company} == {$setting.Company}\"]\n    read", "belongs: [\"1 == 1\"]\n    read", "'belongs' holds nothing of the vendor's against a setting")]
    [InlineData("belongs: [\"{company} == {$setting.Company}\"]\n    read", "belongs: [\"{company} != {$setting.Company}\"]\n    read", "'belongs' holds nothing of the vendor's against a setting")]
    [InlineData("    belongs: [\"{company} == {$setting.Company}\"]\n    read", "    read", "'belongs' is missing: it must be a list of conditions, or the word credential")]
    [InlineData("    belongs: [\"{company} == {$setting.Company}\"]\n    read", "    belongs: anybody\n    read", "'belongs' must be a list of conditions, or the word credential")]
    [InlineData("\"{company} == {$setting.Company}\"]\n    read", "\"{company} = 1\"]\n    read", "'belongs' must be a list of conditions, as in \"{status} == open\"")]
    [InlineData("read: GET /devices", "read: POST /devices", "'read' must be a GET")]
    [InlineData("device.online: \"{online}\"", "device.awake: \"{online}\"", "the vocabulary has no observation 'device.awake' (docs/capabilities.md)")]
    [InlineData("device.online: \"{online}\"", "user.enabled: \"{online}\"", "'user.enabled' is observed of a user, not of a device")]
    [InlineData("device.online: \"{online}\"", "device.online: { of: \"{online}\", map: { up: yes-it-is } }", "'device.online' is one of true, false, never 'yes-it-is'")]
    [InlineData("values: { device.online: \"{online}\" }", "values: { device.online: perhaps }", "'device.online' is one of true, false, never 'perhaps'")]
    [InlineData("values: { device.online", "refused: { device.tickets: unreadable }\n        values: { device.online", "'refused' is told of what is 'optional'")]
    [InlineData("values: { device.online", "optional: true\n        refused: { device.tickets: none }\n        values: { device.online", "'device.tickets' is one of unreadable, never 'none'")]
    [InlineData("  device.reboot:\n", "  device.restart:\n", "the vocabulary has no action 'device.restart' (docs/capabilities.md); one that is this vendor's alone is called acme.device.restart")]
    [InlineData("reversibility: irreversible", "reversibility: maybe", "'reversibility' must be one of reversible, partly, irreversible")]
    [InlineData("idempotent: false", "idempotent: \"no\"", "'idempotent' must be true or false")]
    [InlineData("command: Acme reboot {target}", "command: Acme reboot it", "device.reboot: its command must show {target}")]
    [InlineData("call: POST /devices/{$target.id}/reboot", "call: GET /devices/{$target.id}/reboot", "'call' is what changes something, and a GET does not")]
    [InlineData("reason: \"{$operation}\"", "reason: \"{$argument.reason}\"", "'body' refers to $argument.reason, which is not known there")]
    [InlineData("minutes: 5", "minutes: ~", "'body' must be a document in which everything has a value")]
    [InlineData("minutes: 5", "minutes: [1, { x: }]", "'body' must be a document in which everything has a value")]
    [InlineData("command: Acme reboot {target}", "command: Acme reboot {target}\n    rollback: device.undo", "its rollback device.undo is not in the catalog")]
    [InlineData("proof: header, header: X-Key, secret: Key", "proof: header, header: X-Key, secret: Company", "'secret' is 'Company', which is no secret setting of this manifest")]
    [InlineData("proof: header, header: X-Key", "proof: magic, header: X-Key", "'proof' must be one of bearer, basic, header, hmac")]
    [InlineData("    - belongs: [\"{company} == {$setting.Company}\"]\n      id", "    - id", "'belongs' is missing")]
    [InlineData("kind: \"{type}\"", "kind: \"{type}\"\n      status: { of: \"{s}\", map: { x: over } }", "'status' is firing or resolved, never 'over'")]
    [InlineData("kind: \"{type}\"", "kind: \"{type}\"\n      severity: { of: \"{s}\", map: { x: bad } }", "'severity' is info, warning, error or critical, never 'bad'")]
    [InlineData("kind: \"{type}\"", "kind: \"{type}\"\n      severity: { of: \"{s}\", map: { x: \"2\" } }", "'severity' is info, warning, error or critical, never '2'")]
    [InlineData("proof: header, header: X-Key", "proof: hmac, header: X-Key, algorithm: md5", "'algorithm' must be one of sha1, sha256, sha512")]
    [InlineData("authentication:\n", "authentication:\n  signature: { secret: Key, text: \"{$request.time}\", headers: { X-S: \"{$signature}\" } }\n", "'text' refers to $request.time, which is not known there")]
    [InlineData("authentication:\n", "authentication:\n  signature: { secret: Key, text: \"{$request.body}\", headers: { X-S: x } }\n", "'headers', or the password of 'basic', has to send {$signature}")]
    [InlineData("authentication:\n", "authentication:\n  basic: { username: a, password: b }\n  signature: { secret: Key, text: \"{$request.body}\", headers: { authorization: \"{$signature}\" } }\n", "'signature' is sent as the header Authorization, and so is 'basic', 'token' or 'entra': take one")]
    [InlineData("authentication:\n", "authentication:\n  token: { request: POST /token, answer: t, refresh: { secret: Key, request: POST /token, form: { a: b } } }\n", "'form' or 'body' has to send {$refreshToken}")]
    [InlineData("authentication:\n", "authentication:\n  token: { request: POST /token, answer: t, refresh: { secret: Company, request: POST /token, form: { a: \"{$refreshToken}\" } } }\n", "'secret' is 'Company', which is no secret setting of this manifest")]
    [InlineData("authentication:\n", "authentication:\n  entra: { scope: https://acme.example }\n", "'scope' must be what tokens are for, as in https://management.azure.com/.default")]
    [InlineData("authentication:\n", "authentication:\n  basic: { username: a, password: b }\n  entra: { scope: x/.default }\n", "'entra' is sent as the header Authorization, and so is 'basic' or 'token': take one")]
    [InlineData("proof: header, header: X-Key", "proof: hmac, header: X-Key, time: { header: X-T, text: \"{time}{time}.{body}\" }", "what is signed has {time} and {body} once each")]
    [InlineData("proof: header, header: X-Key", "proof: header, header: X-Key, time: { header: X-T, text: \"{time}.{body}\" }", "unknown key 'time'")]
    [InlineData("\"{reason} == {$operation}\"", "\"{reason} == {$target.id}\"", TellsNone)]
    [InlineData("\"{reason} == {$operation}\"", "\"{reason} != {$operation}\"", TellsNone)]
    [InlineData("\"{reason} == {$operation}\"", "\"{$operation} == {reason}\"", TellsNone)]
    [InlineData("\"{reason} == {$operation}\"", "\"{reason ?? $operation} == {$operation}\"", TellsNone)]
    [InlineData("\"{reason} == {$operation}\"", "\"{reason} == {reason ?? $operation}\"", TellsNone)]
    [InlineData("\"{reason} == {$operation}\"", "\"{reason} == {$setting.Company ?? $operation}\"", TellsNone)]
    [InlineData("\"{reason} == {$operation}\"", "\"{reason | first20} == {$operation | first20}\"", TellsNone)]
    [InlineData("\"{reason} == {$operation}\"", "\"{reason} == {$operation}\", \"{other} != {$operation}\"", TellsNone)]
    [InlineData("\"{reason} == {$operation}\"", "\"{reason} == {$let.job}\"", "'where' refers to $let.job, which is not known there")]
    [InlineData("where: [\"{reason} == {$operation}\"], ", "", TellsNone)]
    [InlineData("reason: \"{$operation}\"", "reason: fixed", "'reconcile' tells a record by {$operation}, which 'call' does not give the vendor")]
    [InlineData("/devices/{$target.id}/reboots", "/reboots", "'belongs' is target where 'request' is about {$target.id} alone")]
    [InlineData(", belongs: target }", " }", "'belongs' is missing: it must be a list of conditions, or the word credential")]
    [InlineData(", belongs: target }", ", belongs: anybody }", "'belongs' must be a list of conditions, or the word credential")]
    [InlineData(", belongs: target }", ", belongs: target, absence: proof }", "unknown key 'absence'")]
    [InlineData(", belongs: target }", ", belongs: target, absenceProvesNotDone: perhaps }", "'absenceProvesNotDone' must be true or false")]
    [InlineData("{ request: \"GET /devices/{$target.id}/reboots\"", "{ request: \"DELETE /devices/{$target.id}/reboots\"", "a list is read by GET")]
    [InlineData("webhook:\n", "webhook: yes\nx:\n", "'webhook' must be a mapping")]
    [InlineData("title: Acme\n", "title: [Acme\n", ": not YAML: ")]
    public void A_mistake_is_told_with_its_line_and_what_would_be_right(string good, string bad, string told)
    {
        Good.ShouldContain(good);
        var errors = new List<string>();
        ManifestReader.Read("acme.yaml", Good.Replace(good, bad, StringComparison.Ordinal), errors).ShouldBeNull();
        errors.ShouldAllBe(static error => error.StartsWith("acme.yaml:"));
        string.Join('\n', errors).ShouldContain(told, Case.Sensitive);
    }

    [Fact]
    public void Several_mistakes_are_told_at_once()
    {
        var errors = new List<string>();
        ManifestReader.Read("acme.yaml", Good.Replace("GET /me", "me", StringComparison.Ordinal)
            .Replace("    idempotent: false\n", "", StringComparison.Ordinal).Replace("device.online", "device.awake", StringComparison.Ordinal), errors);
        errors.Count.ShouldBe(3, string.Join('\n', errors));
    }

    [Theory]
    [InlineData("body: &a { again: *a, reason")]
    [InlineData("body: &a { again: *a, more: *a, reason")]
    [InlineData("body: { a: &a [1, 1], b: &b [*a, *a, *a, *a, *a, *a, *a, *a], c: &c [*b, *b, *b, *b, *b, *b, *b, *b], d: &d [*c, *c, *c, *c, *c, *c, *c, *c], "
        + "e: &e [*d, *d, *d, *d, *d, *d, *d, *d], f: [*e, *e, *e, *e, *e, *e, *e, *e], reason")]
    public void A_document_that_does_not_end_is_a_mistake_and_reading_it_ends(string body)
    {
        var errors = new List<string>();
        ManifestReader.Read("acme.yaml", Good.Replace("body: { reason", body, StringComparison.Ordinal), errors).ShouldBeNull();
        errors.ShouldHaveSingleItem().ShouldStartWith("acme.yaml:");
        errors[0].ShouldContain("'body' must be a document that ends");
    }

    [Theory]
    [InlineData("{name}", "SRV-1")]
    [InlineData("{missing ?? name}", "SRV-1")]
    [InlineData("{inner.list[1].x}", "2")]
    [InlineData("a {name} b {inner.flag}", "a SRV-1 b true")]
    [InlineData("{name} {missing}", null)]
    [InlineData("{inner}", null)]
    [InlineData("{inner.list[9]}", null)]
    [InlineData("{empty ?? $given}", "g")]
    [InlineData("{nothing}", null)]
    [InlineData("{inner.flag | not}", "false")]
    [InlineData("{name | number}", null)]
    [InlineData("{size | gigabytes}", "120")]
    [InlineData("{seconds | time}", "2025-03-19T13:41:15Z")]
    [InlineData("{milliseconds | time}", "2026-08-25T07:38:15Z")]
    [InlineData("{never | time}", null)]
    [InlineData("{drive | volume}", "C")]
    [InlineData("{mount | volume}", "var-log")]
    [InlineData("{quoted | plain}", null)]
    [InlineData("{note | parenthesized}", "op-1")]
    [InlineData("{name | parenthesized}", null)]
    public void A_template_is_filled_from_the_document_or_has_no_value(string template, string? expected)
    {
        using var document = JsonDocument.Parse("""
            {"name":"SRV-1","inner":{"flag":true,"list":[{"x":1},{"x":2}]},"empty":"","nothing":null,"size":128849018880,
             "seconds":1742391675.556,"milliseconds":1787643495000,"never":"1900-01-01T00:00:00","drive":"c:\\","mount":"/var/log",
             "quoted":"x\" or \"1","note":"Seen (by Ana). (op-1)\n"}
            """);
        ValueTemplate.Parse(template).Text(new(document.RootElement, new Dictionary<string, string> { ["given"] = "g" })).ShouldBe(expected);
    }

    [Theory]
    [InlineData("2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z")]
    [InlineData("2026-12-01T02:00:00+02:00", "2026-12-01T00:00:00Z")]
    [InlineData("2026-12-01T02:00:00.123+0200", "2026-12-01T00:00:00Z")]
    [InlineData("2026-12-01 00:00:00", "2026-12-01T00:00:00Z")]
    [InlineData("2026-12-01T00:00:00.117", "2026-12-01T00:00:00Z")]
    [InlineData("1796083200", "2026-12-01T00:00:00Z")]
    [InlineData("1796083200000", "2026-12-01T00:00:00Z")]
    [InlineData("0", null)]
    [InlineData("1900-01-01T00:00:00", null)]
    [InlineData("-5", null)]
    [InlineData("1e400", null)]
    [InlineData("99999999999999999999999999999", null)]
    [InlineData("yesterday", null)]
    [InlineData("", null)]
    public void The_times_of_vendors_are_read_or_are_none(string text, string? expected) =>
        (VendorTimes.Find(text) is { } time
            ? time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)
            : null).ShouldBe(expected);

    [Theory]
    [InlineData("call: POST /devices/{$target.id}/services/{$argument.service}/restart", null)]
    [InlineData("call: POST /devices/{$target.id}/services/Spooler/restart", "'call' does not send $argument.service")]
    [InlineData("call: POST /restart\n    body: { device: \"{$target.id}\", names: [\"{$argument.service}\"] }", null)]
    [InlineData("lookups:\n      - { request: \"GET /d/{$target.id}/s\", where: [\"{n} == {$argument.service}\"], let: { s: \"{id}\" }, what: a service }\n    call: POST /services/{$let.s}/restart", null)]
    [InlineData("lookups:\n      - { request: \"GET /d/{$target.id}/s\", where: [\"{n} == Spooler\"], let: { s: \"{id}\" }, what: a service }\n    call: POST /services/{$let.s}/restart", "'call' does not send $argument.service")]
    [InlineData("lookups:\n      - { request: \"GET /d/{$target.id}/s\", where: [\"{n} == {$argument.service}\"], let: { s: \"{id}\" }, what: a service }\n    call: POST /services/all/restart", "'call' does not send $target.id")]
    public void What_the_card_shows_is_what_the_vendor_is_told(string call, string? error)
    {
        var errors = new List<string>();
        ManifestReader.Read("acme.yaml", Good.Replace("\r", "", StringComparison.Ordinal).Replace(
            "webhook:", $"  service.restart:\n    reversibility: reversible\n    idempotent: true\n    command: \"Acme restart {{service}} on {{target}}\"\n    {call}\nwebhook:",
            StringComparison.Ordinal), errors);
        if (error is null)
            errors.ShouldBeEmpty();
        else
            errors.ShouldContain(one => one.Contains(error, StringComparison.Ordinal), string.Join('\n', errors));
    }
}
