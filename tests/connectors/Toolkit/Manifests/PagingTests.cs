using System.Globalization;
using DevOpsAI.Connections;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>Lists that come in parts, in each of the ways that vendors have: 25 devices, at most 10 in a part.</summary>
public sealed class PagingTests : IAsyncLifetime
{
    private const int Size = 10;
    private JudgedVendor vendor = null!;
    private int count = 25;

    public async ValueTask InitializeAsync() => vendor = await JudgedVendor.StartAsync("none", "/none", Answer);

    public ValueTask DisposeAsync() => vendor.DisposeAsync();

    [Theory]
    [InlineData("style: lastId, parameter: after, from: id, size: 10", "|after=10|after=20")]
    [InlineData("style: number, parameter: page, size: 10", "page=1|page=2|page=3")]
    [InlineData("style: number, parameter: page0, first: 0, size: 10", "page0=0|page0=1|page0=2")]
    [InlineData("style: offset, parameter: skip, size: 10", "|skip=10|skip=20")]
    [InlineData("style: cursor, parameter: cursor, from: meta.next", "|cursor=c 10|cursor=c 20")]
    [InlineData("style: nextLink, from: meta.link", "|skip=10|skip=20")]
    public async Task Every_part_is_read_once_and_no_more(string paging, string asked)
    {
        (await FindAsync(paging)).ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Done>().Value.Count.ShouldBe(25);
        Asked().ShouldBe(asked.Split('|'));
    }

    [Theory]
    [InlineData("style: lastId, parameter: after, from: id, size: 10", 2)]
    [InlineData("style: number, parameter: page, size: 10", 3)]
    [InlineData("style: offset, parameter: skip, size: 10", 3)]
    [InlineData("style: cursor, parameter: cursor, from: meta.next", 2)]
    [InlineData("style: nextLink, from: meta.link", 2)]
    public async Task A_last_part_that_is_full_ends_the_list_as_well(string paging, int atMost)
    {
        count = 20;
        (await FindAsync(paging)).ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Done>().Value.Count.ShouldBe(20);
        vendor.Requests.Count.ShouldBeInRange(2, atMost + 1);
    }

    [Theory]
    [InlineData("style: lastId, parameter: after, from: id, size: 10")]
    [InlineData("style: number, parameter: page, size: 10")]
    [InlineData("style: offset, parameter: skip, size: 10")]
    [InlineData("style: cursor, parameter: cursor, from: meta.next")]
    [InlineData("style: nextLink, from: meta.link")]
    public async Task A_list_that_goes_round_or_never_ends_is_given_up_on(string paging)
    {
        var calls = 0;
        vendor.Answers = _ => VendorReply.Ok($$"""
            {"devices":[{{string.Join(',', Enumerable.Range(1, Size).Select(static n => Device(n)))}}],
             "meta":{"next":"c{{++calls % 2}}","link":"{{vendor.Address}}devices?turn={{calls % 2}}"} }
            """);
        var outcome = await FindAsync(paging);
        vendor.Requests.Count.ShouldBeLessThanOrEqualTo(500);
        if (paging.Contains("lastId", StringComparison.Ordinal))
            outcome.ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Done>().Value.Count.ShouldBe(Size);
        else
            outcome.ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Unknown>().Message.ShouldBe("Acme's list does not end.");
    }

    [Theory]
    [InlineData("style: cursor, parameter: cursor, from: meta.next")]
    [InlineData("style: nextLink, from: meta.link")]
    public async Task A_part_without_items_does_not_end_a_list_that_goes_on(string paging)
    {
        vendor.Answers = _ => vendor.Requests.Count switch
        {
            1 => Part(Device(1), 2),
            2 => Part("", 3),
            3 => Part("", 4),
            _ => VendorReply.Ok($$$"""{"devices":[{{{Device(2)}}}],"meta":{}}"""),
        };
        (await FindAsync(paging)).ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Done>().Value.Select(static one => one.Id)
            .ShouldBe(["1", "2"]);
        vendor.Requests.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData("style: cursor, parameter: cursor, from: meta.next")]
    [InlineData("style: nextLink, from: meta.link")]
    public async Task Parts_without_items_that_never_end_are_given_up_on_early(string paging)
    {
        vendor.Answers = _ => Part("", vendor.Requests.Count + 1);
        (await FindAsync(paging)).ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Unknown>().Message.ShouldBe("Acme's list does not end.");
        vendor.Requests.Count.ShouldBe(51);
    }

    private static VendorReply Part(string devices, int next) =>
        VendorReply.Ok($$$"""{"devices":[{{{devices}}}],"meta":{"next":"c{{{next}}}","link":"/devices?part={{{next}}}"}}""");

    /// <summary>https://www.rfc-editor.org/rfc/rfc3986#section-5.4 has the kinds.</summary>
    [Theory]
    [InlineData("?page=2", "/v1/list/devices", "page=2")]
    [InlineData("devices?page=2", "/v1/list/devices", "page=2")]
    [InlineData("./more/devices?page=2", "/v1/list/more/devices", "page=2")]
    [InlineData("../devices?page=2", "/v1/devices", "page=2")]
    [InlineData("../../../../devices?page=2", "/devices", "page=2")]
    [InlineData("/v2/devices?page=2", "/v2/devices", "page=2")]
    [InlineData("//HOST/v2/devices?page=2", "/v2/devices", "page=2")]
    [InlineData("http://HOST/v2/devices?page=2#part", "/v2/devices", "page=2")]
    public async Task A_relative_next_part_begins_at_the_address_that_was_asked(string link, string path, string query)
    {
        vendor.Answers = _ => VendorReply.Ok(vendor.Requests.Count == 1
            ? $$"""{"devices":[{{Device(1)}}],"meta":{"link":"{{link.Replace("HOST", vendor.Address.Authority, StringComparison.Ordinal)}}"} }"""
            : $$"""{"devices":[{{Device(2)}}],"meta":{} }""");
        (await FindAsync("style: nextLink, from: meta.link", "/list/devices?name={$name}", "v1"))
            .ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Done>().Value.Count.ShouldBe(2);
        vendor.Requests[1].Path.ShouldBe(path);
        Asked()[1].ShouldBe(query);
    }

    [Fact]
    public async Task A_part_that_is_asked_for_again_after_a_cut_or_a_token_is_the_same_one()
    {
        vendor.Answers = _ => VendorReply.Ok(vendor.Requests.Count switch
        {
            1 => $$"""{"devices":[{{Device(1)}}],"meta":{"link":"more/devices"} }""",
            3 => $$"""{"devices":[{{Device(2)}}],"meta":{"link":"more/devices?last=1"} }""",
            _ => $$"""{"devices":[{{Device(3)}}],"meta":{} }""",
        });
        vendor.Trouble.Enqueue(static _ => null);
        vendor.Trouble.Enqueue(static _ => new(500, "", Cut: true));
        (await FindAsync("style: nextLink, from: meta.link")).ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Done>().Value.Count.ShouldBe(3);
        vendor.Requests.Select(static one => one.Path).ShouldBe(["/devices", "/more/devices", "/more/devices", "/more/more/devices"]);
    }

    [Theory]
    [InlineData("https://evil.example/devices?skip=10")]
    [InlineData("http://127.0.0.1:1/devices")]
    [InlineData("//evil.example/devices")]
    [InlineData("ftp://127.0.0.1/devices")]
    [InlineData("http://user@HOST/devices")]
    [InlineData("http://HOST.evil.example/devices")]
    [InlineData("http://HOST@evil.example/devices")]
    [InlineData("javascript:alert(1)")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://HOST/devices")]
    public async Task A_next_part_elsewhere_is_refused_and_the_credentials_stay(string link)
    {
        vendor.Answers = _ => VendorReply.Ok($$"""
            {"devices":[{{Device(1)}}],"meta":{"link":"{{link.Replace("HOST", vendor.Address.Authority, StringComparison.Ordinal)}}"} }
            """);
        (await FindAsync("style: nextLink, from: meta.link")).ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Refused>().Message
            .ShouldBe("Acme says that its list goes on at another host; the credentials are not sent there.");
        vendor.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("false")]
    public async Task A_next_part_that_is_none_ends_the_list_or_is_asked_for_here(string link)
    {
        vendor.Answers = request => VendorReply.Ok(
            $$"""{"devices":[{{Device(vendor.Requests.Count)}}],"meta":{"link":{{(vendor.Requests.Count < 3 ? link : "null")}}} }""");
        (await FindAsync("style: nextLink, from: meta.link")).ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Done>();
        vendor.Requests.ShouldAllBe(static one => one.Headers["X-Api-Key"] == "the-secret");
    }

    [Fact]
    public async Task A_part_that_cannot_be_read_makes_no_list_of_the_others()
    {
        vendor.Answers = request => request.Query.ContainsKey("skip") ? new(429, "{}", RetryAfter: "3") : Answer(request);
        (await FindAsync("style: offset, parameter: skip, size: 10")).ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.NotDone>().TryAgainIn
            .ShouldBe(TimeSpan.FromSeconds(3));
    }

    private async Task<CallOutcome<IReadOnlyList<Target>>> FindAsync(string paging, string path = "/devices", string under = "")
    {
        using var host = new ManifestHost($$"""
            name: acme
            title: Acme
            settings: { Key: { title: API key, secret: true, example: env:ACME_KEY } }
            address: https://api.acme.example
            authentication: { headers: { X-Api-Key: "{$secret.Key}" } }
            targets:
              device:
                find: { request: "GET {{path}}", items: devices, paging: { {{paging}} } }
                id: "{id}"
                names: ["{name}"]
                belongs: credential
                read: GET /devices/{$target.id}
            """);
        return await host.Connector("acme").FindAsync(
            Connect("acme", ("Address", $"{vendor.Address}{under}"), ("Key", "the-secret")), "device", "SRV", Token);
    }

    private string[] Asked() =>
        [.. vendor.Requests.Select(static one => string.Join('&', one.Query.Select(static pair => $"{pair.Key}={pair.Value}")))];

    private VendorReply Answer(VendorRequest request)
    {
        int Of(string name, int otherwise)
        {
            var text = request.Query.GetValueOrDefault(name)?.TrimStart('c', ' ');
            return int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
        }
        var skip = Of("after", 0) + Of("skip", 0) + Of("cursor", 0) + ((Of("page", 1) - 1) * Size) + (Of("page0", 0) * Size);
        var next = skip + Size < count ? skip + Size : (int?)null;
        return VendorReply.Ok($$"""
            {"devices":[{{string.Join(',', Enumerable.Range(skip + 1, Math.Clamp(count - skip, 0, Size)).Select(static n => Device(n)))}}],
             "meta":{"next":{{(next is null ? "null" : $"\"c {next}\"")}},"link":{{(next is null ? "null" : $"\"/devices?skip={next}\"")}}} }
            """);
    }

    private static string Device(int number) => $$"""{"id":{{number}},"name":"SRV"}""";
}
