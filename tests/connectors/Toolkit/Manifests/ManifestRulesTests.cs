using DevOpsAI.Connectors.Toolkit.Manifests;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>Mistakes that would show at the first call, or never, are told when the file is read, and nothing else with them.</summary>
public sealed class ManifestRulesTests
{
    private const string Good = """
        name: acme
        title: Acme
        settings:
          Key: { title: API key, secret: true, example: env:ACME_KEY }
          Company: { title: company, example: "1" }
          Host: { title: host, example: api.acme.example }
        address: https://{$setting.Host}/v1
        authentication:
          headers: { X-Api-Key: "{$secret.Key}", Accept-Version: 2022-11-28 }
        health: GET /me
        targets:
          device:
            find: { request: "GET /devices?name={$name}", items: devices, paging: { style: nextLink, from: next } }
            id: "{id}"
            names: ["{name}"]
            belongs: ["{company} == {$setting.Company}"]
            read: GET /devices/{$target.id}
        actions:
          device.reboot:
            reversibility: irreversible
            idempotent: false
            command: Acme reboot {target}
            call: POST /devices/{$target.id}/reboot
        webhook:
          sender: { proof: header, header: X-Key, secret: Key }
          events:
            - belongs: ["{company} == {$setting.Company}"]
              id: "{id}"
              kind: "{type}"
              key: "{id}"
        """;

    [Fact]
    public void A_good_one_is_read()
    {
        var errors = new List<string>();
        ManifestReader.Read("acme.yaml", Good, errors).ShouldNotBeNull(string.Join('\n', errors));
    }

    [Theory]
    [InlineData("https://{$setting.Host}", "http://{$setting.Host}", ":7: 'address' is none that is called: it must be https")]
    [InlineData("address: https://{$setting.Host}/v1", "address: file:{$setting.Host}", ":7: 'address' is none that is called")]
    [InlineData("address: https://{$setting.Host}/v1", "address: \"env:{$setting.Host}\"", ":7: 'address' is none that is called")]
    [InlineData("https://{$setting.Host}", "https://me:word@{$setting.Host}", ":7: 'address' is none that is called")]
    [InlineData("{$setting.Host}/v1", "{$setting.Host}/v1?tenant=1", ":7: 'address' is none that is called")]
    [InlineData("{$setting.Host}/v1", "{$setting.Host}/v1#a", ":7: 'address' is none that is called")]
    [InlineData("address: https://{$setting.Host}/v1", "address: \"{$setting.Host}\"",
        ":7: 'address' with Host as 'api.acme.example' is none that is called")]
    [InlineData("example: api.acme.example", "example: a, values: { a: api.acme.example, b: \"x?y\" }",
        ":7: 'address' with Host as 'x?y' is none that is called")]
    [InlineData("GET /me", "GET /v1/../me", ":10: 'health' has a path that leads back")]
    [InlineData("GET /me", "GET /%2e%2e/me", ":10: 'health' has a path that leads back")]
    [InlineData("GET /devices/{$target.id}", "GET /devices/./{$target.id}", ":17: 'read' has a path that leads back")]
    [InlineData("GET /me", "\"GET /me#a\"", ":10: 'health' has # or \\")]
    [InlineData("X-Api-Key:", "\"X Api Key\":", ":9: 'headers' has 'X Api Key', which no header can be called")]
    [InlineData("X-Api-Key:", "\"X-Api-Key\\r\\nX-Other\":", ":9: 'headers' has 'X-Api-Key\\u000d\\u000aX-Other', which no header can be called")]
    [InlineData("X-Api-Key:", "Host:", ":9: 'Host' in 'headers' is a header that is not a manifest's to write")]
    [InlineData("X-Api-Key:", "transfer-encoding:", ":9: 'transfer-encoding' in 'headers' is a header that is not a manifest's to write")]
    [InlineData("X-Api-Key:", "Content-Type:", ":9: 'Content-Type' in 'headers' is a header that is not a manifest's to write")]
    [InlineData("header: X-Key", "header: X Key", ":25: 'header' has 'X Key', which no header can be called")]
    [InlineData("\"{$secret.Key}\", Accept", "0a1b2c3d4e5f, Accept",
        ":9: 'X-Api-Key' in 'headers' looks like a secret that stands in the file: write {$secret.Key}, or another setting")]
    [InlineData("2022-11-28", "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        ":9: 'Accept-Version' in 'headers' looks like a secret that stands in the file: write {$secret.Key}, or another setting")]
    [InlineData("key: \"{id}\"", "key: alert", ":30: 'key' is the same for every event: it has to name a member, as in {id}")]
    [InlineData("      id: \"{id}\"\n      kind", "      id: \"{$setting.Company}\"\n      kind", "'id' refers to $setting.Company")]
    [InlineData("      id: \"{id}\"\n      kind", "      id: one\n      kind", ":28: 'id' is the same for every event")]
    [InlineData("title: Acme\n", "title: \"Ac\\u202Eme\"\n", ":2: 'title' has characters that are not seen, or turn the text round: Ac\\u202eme")]
    [InlineData("title: company,", "title: \"com\\u0007pany\",", ":5: 'title' has characters that are not seen")]
    [InlineData("command: Acme reboot {target}", "command: \"Acme reboot \\u2066{target}\"", ":22: 'command' has characters that are not seen")]
    [InlineData("style: nextLink", "style: nxtLink", ":13: 'style' must be one of lastId, number, offset, cursor, nextLink")]
    [InlineData("style: nextLink", "style: pages, parameter: page, first: 0, size: 50",
        ":13: 'style' must be one of lastId, number, offset, cursor, nextLink")]
    [InlineData("proof: header, header", "proof: haeder, header", ":25: 'proof' must be one of bearer, basic, header, hmac")]
    [InlineData("    read: GET /devices/{$target.id}\n", "", "'read' is missing: it must be a text")]
    [InlineData("style: nextLink, from: next", "style: nextLink", ":13: 'from' is missing: it must be a text")]
    [InlineData("  device.reboot:", "  acme.start:\n    target:", ":20: 'target' must be a text")]
    public void Each_is_told_at_its_line_and_alone(string good, string bad, string told)
    {
        Good.ShouldContain(good);
        var errors = new List<string>();
        ManifestReader.Read("acme.yaml", Good.Replace(good, bad, StringComparison.Ordinal), errors).ShouldBeNull();
        if (told.Contains("'target'", StringComparison.Ordinal))
            errors.ShouldNotContain(static one => one.Contains("is for a", StringComparison.Ordinal));
        else
            errors.ShouldHaveSingleItem();
        errors.ShouldContain(one => one.Contains(told, StringComparison.Ordinal), string.Join('\n', errors));
    }

    [Fact]
    public void A_setting_that_nothing_uses_is_told_to_whoever_checks_the_file()
    {
        var errors = new List<string>();
        var yaml = Good.Replace("  Host: {", "  Old: { title: left over, example: \"1\" }\n  Host: {", StringComparison.Ordinal);
        ManifestReader.Read("acme.yaml", yaml, errors).ShouldNotBeNull();
        ManifestCheck.ValidationErrors("acme.yaml", yaml)
            .ShouldBe(["acme.yaml:6: the setting 'Old' is asked for, and nothing in the manifest uses it"]);
        ManifestCheck.ValidationErrors("acme.yaml", Good).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("    id: \"{id}\"\n    names", "\tid: \"{id}\"\n    names", 14)]
    [InlineData("  device.reboot:\n", "  device.reboot:\n\t\tx: y\n", 20)]
    [InlineData("settings:\n", "settings:\n\tOther: { title: x }\n", 4)]
    [InlineData("title: Acme\n", "title: Acme\n\ttarget: x\n", 3)]
    public void A_tab_is_told_at_its_line(string good, string bad, int line)
    {
        Good.ShouldContain(good);
        var errors = new List<string>();
        ManifestReader.Read("acme.yaml", Good.Replace(good, bad, StringComparison.Ordinal), errors).ShouldBeNull();
        errors.ShouldHaveSingleItem().ShouldBe($"acme.yaml:{line}: not YAML: a tab before the text; lines are indented with blanks");
    }

    [Theory]
    [InlineData("authentication:\n", "authentication: {\n", 8, 32)]
    [InlineData("names: [\"{name}\"]", "names: [\"{name}\"", 15, 16)]
    [InlineData("id: \"{id}\"\n    names", "id: \"{id}\n    names", 14, 32)]
    public void What_is_not_closed_is_told_near_where_it_is(string good, string bad, int from, int to)
    {
        var errors = new List<string>();
        ManifestReader.Read("acme.yaml", Good.Replace(good, bad, StringComparison.Ordinal), errors).ShouldBeNull();
        var line = int.Parse(errors.ShouldHaveSingleItem().Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        line.ShouldBeInRange(from, to, errors[0]);
    }

    [Fact]
    public void An_address_that_a_setting_spoils_is_told_at_that_setting()
    {
        using var all = new ManifestHost(Good);
        all.Connector("acme").Problems(Connect("acme", ("Key", "env:K"), ("Company", "1"), ("Host", "api.acme.example?a=b#c"))).ShouldHaveSingleItem()
            .ShouldStartWith("Host: the address of Acme must be https");
        all.Connector("acme").Problems(Connect("acme", ("Key", "env:K"), ("Company", "1"), ("Host", "h"), ("Address", "ftp://x")))
            .ShouldHaveSingleItem().ShouldStartWith("Address: the address of Acme must be https");
    }
}
