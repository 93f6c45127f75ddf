using System.Text;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Tests.Connectors.Toolkit;
using DevOpsAI.Tests.Support;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Deliveries;

/// <summary>A key that is fetched from where an unproven delivery says: what it is worth in time and in requests.</summary>
public sealed class FetchedKeyTests : IDisposable
{
    private const string ConnectWiseKey = "https://api-na.myconnectwise.net/v4_6_release/apis/3.0/system/callbackkeys/5d1c2f";
    private readonly ManualClock clock = new();
    private readonly PlayedHttp http;
    private readonly ManifestHost host;
    private readonly Dictionary<string, (int Status, string Body)> answers = [];

    public FetchedKeyTests()
    {
        http = new(request => answers.TryGetValue($"{request.Method} {request.RequestUri}", out var answer) ? answer : (404, "{}"));
        host = new(clock: clock, onTheWay: http);
    }

    private static Connection ConnectWise => Connect(
        "connectwise", ("Region", "na"), ("CompanyId", "northmsp"), ("PublicKey", "p"), ("PrivateKey", "k"), ("ClientId", "c"),
        ("Company", "250"), ("Board", "1"), ("ClosedStatus", "17"));

    public void Dispose()
    {
        host.Dispose();
        http.Dispose();
    }

    [Fact]
    public async Task That_there_is_no_key_is_remembered_for_a_minute()
    {
        var sample = VendorSample.Find("connectwise-callback-ticket-updated");
        (await IsVerifiedAsync(sample)).ShouldBeFalse();
        answers[$"GET {ConnectWiseKey}"] = (200, sample.Json["keyLookup"]!["response"]!.ToJsonString());
        clock.Advance(TimeSpan.FromSeconds(59));
        (await IsVerifiedAsync(sample)).ShouldBeFalse();
        http.Requests.ShouldHaveSingleItem();
        clock.Advance(TimeSpan.FromSeconds(1));
        (await IsVerifiedAsync(sample)).ShouldBeTrue();
    }

    [Fact]
    public async Task Whoever_makes_up_addresses_has_few_of_them_asked_for_and_keeps_nobody_else_out()
    {
        var sample = VendorSample.Find("connectwise-callback-ticket-updated");
        answers[$"GET {ConnectWiseKey}"] = (200, sample.Json["keyLookup"]!["response"]!.ToJsonString());
        (await IsVerifiedAsync(sample)).ShouldBeTrue();
        clock.Advance(TimeSpan.FromMinutes(11));
        http.Requests.Clear();
        for (var made = 0; made < 6; made++)
            (await IsVerifiedByAsync(ConnectWise, $"{ConnectWiseKey}{made}")).ShouldBeFalse();
        await Should.ThrowAsync<VendorUnavailableException>(() => IsVerifiedByAsync(ConnectWise, $"{ConnectWiseKey}6"));
        http.Requests.Count.ShouldBe(6);

        (await IsVerifiedAsync(sample)).ShouldBeTrue("its key has to be read anew, and was one before");
        http.Requests.Count.ShouldBe(7);
        (await IsVerifiedByAsync(ConnectWise with { Name = "fabrikam-connectwise" }, $"{ConnectWiseKey}6")).ShouldBeFalse();
        http.Requests.Count.ShouldBe(8);
        clock.Advance(TimeSpan.FromMinutes(1));
        (await IsVerifiedByAsync(ConnectWise, $"{ConnectWiseKey}6")).ShouldBeFalse();
        http.Requests.Count.ShouldBe(9);
    }

    private Task<bool> IsVerifiedAsync(VendorSample sample) =>
        VendorSample.IsVerifiedAsync(host.Source("connectwise"), ConnectWise, sample.RawBody, sample.Headers);

    /// <summary>Whether a delivery is taken whose key is at this address.</summary>
    private Task<bool> IsVerifiedByAsync(Connection connection, string address) => VendorSample.IsVerifiedAsync(
        host.Source("connectwise"), connection, Encoding.UTF8.GetBytes($$$"""{"Metadata":{"key_url":"{{{address}}}"}}"""),
        [("x-content-signature", "AAAA")]);
}
