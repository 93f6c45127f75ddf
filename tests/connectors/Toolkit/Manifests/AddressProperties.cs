using System.Collections.Concurrent;
using System.Net;
using System.Text;
using DevOpsAI.Connections;
using FsCheck;
using FsCheck.Fluent;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>
/// Whatever is filled into an address, the request goes to the same host and to the same place below it, with the same names in its query;
/// or it is not sent at all.
/// </summary>
public sealed class AddressProperties : IDisposable
{
    private const string Acme = """
        name: acme
        title: Acme
        settings:
          Key: { title: API key, secret: true, example: env:ACME_KEY }
          Site: { title: site, example: s }
        address: https://api.acme.example/base/v2
        authentication:
          headers: { X-Api-Key: "{$secret.Key}" }
        targets:
          device:
            find: { request: "GET /sites/{$setting.Site}/devices/{$name}.{$name}/.{$name}?q={$name}&like=%25{$name}&max=1", items: devices }
            id: "{id}"
            names: ["{name}"]
            belongs: credential
            read: GET /devices/{$target.id}{$target.name}/x
        """;

    private static readonly string[] Nasty =
    [
        ".", "..", "/", "\\", "//", "?", "#", "&", "=", "%", "%2e", "%2E%2e", "%2f", "%5c", "%00", "\0", "\r\n", "\n", " ", "+", ";", ":", "@",
        "evil.example", "//evil.example", "https://evil.example/", "user:x@", "../", "..\\", "..;/", "{$secret.Key}", "{id}", "ä", "😀",
        "\ud83d", "\u2024", "\u2215", "\uff0e", "\uff0f", "\u202e", "[", "]", "\"", "'", "|", "~", "a",
    ];

    private readonly Road road = new();
    private readonly ManifestHost host;

    public AddressProperties() => host = new(Acme, onTheWay: road);

    private static Arbitrary<string> Texts => Gen.Frequency(
        (3, Gen.Elements(Nasty).ListOf().Select(static all => string.Concat(all.Take(6)))),
        (1, ArbMap.Default.GeneratorFor<string>().Select(static text => text ?? ""))).ToArbitrary();

    public void Dispose()
    {
        host.Dispose();
        road.Dispose();
    }

    [Fact]
    public void Nothing_that_is_filled_in_makes_an_address_another_one() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(Texts, name => HoldsAsync(name).GetAwaiter().GetResult()));

    [Theory]
    [InlineData(".", ".")]
    [InlineData("..", "x")]
    [InlineData("7", "/../../users/1")]
    [InlineData("7", "?x=1#")]
    [InlineData("%2e%2e", "%2f")]
    [InlineData("//evil.example", "")]
    [InlineData("@evil.example", ":443")]
    [InlineData("..", ".")]
    public async Task Two_values_side_by_side_do_not_either(string id, string name)
    {
        await host.Connector("acme").ObserveAsync(Connection("s"), new("contoso-acme", "device", id, name, ""), Token);
        foreach (var sent in road.Sent)
        {
            Place(sent).ShouldBe(("https://api.acme.example", 6, ""));
            sent.AbsolutePath.ShouldStartWith("/base/v2/devices/");
            sent.AbsolutePath.ShouldEndWith("/x");
        }
        road.Sent.Count.ShouldBe((id, name) is (".", ".") or (_, "") ? 0 : 1);
    }

    private async Task HoldsAsync(string name)
    {
        road.Sent.Clear();
        foreach (var site in (string[])["s", name])
        {
            await host.Connector("acme").FindAsync(Connection(site), "device", name, Token);
            await host.Connector("acme").ObserveAsync(Connection(site), new("contoso-acme", "device", name, "x", ""), Token);
        }
        foreach (var sent in road.Sent)
        {
            var finds = sent.AbsolutePath.StartsWith("/base/v2/sites/", StringComparison.Ordinal);
            Place(sent).ShouldBe(finds ? ("https://api.acme.example", 8, "q,like,max") : ("https://api.acme.example", 6, ""), name);
            sent.AbsolutePath.ShouldStartWith(finds ? "/base/v2/sites/" : "/base/v2/devices/");
            sent.AbsoluteUri.ShouldNotContain("the-secret");
            if (finds)
                Uri.UnescapeDataString(sent.Query.Split('&')[0]["?q=".Length..]).ShouldBe(AsUtf8(name));
        }
    }

    private static Connection Connection(string site) => Connect("acme", ("Key", "the-secret"), ("Site", site));

    /// <summary>Half of a character cannot be sent, and is sent as the mark that says so.</summary>
    private static string AsUtf8(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static (string Host, int Segments, string Names) Place(Uri sent) => (
        sent.GetLeftPart(UriPartial.Authority), sent.AbsolutePath.Split('/').Length,
        string.Join(',', sent.Query.TrimStart('?').Split('&').Select(static one => one.Split('=')[0])));

    /// <summary>Notes where requests go, and answers each that it found nothing.</summary>
    private sealed class Road : HttpMessageHandler
    {
        public ConcurrentQueue<Uri> Sent { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Sent.Enqueue(request.RequestUri!);
            return Task.FromResult(
                new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{}", Encoding.UTF8, "application/json") });
        }
    }
}
