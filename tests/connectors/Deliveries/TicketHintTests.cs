using System.Text;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using DevOpsAI.Tests.Connectors.Toolkit;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Deliveries;

/// <summary>
/// Ticket systems send hints: who sent one is proven, the ticket is read again with the connection's own credentials, and the event is made
/// of that.
/// </summary>
public sealed class TicketHintTests : IDisposable
{
    private const string ConnectWiseKey = "https://api-na.myconnectwise.net/v4_6_release/apis/3.0/system/callbackkeys/5d1c2f";
    private const string ConnectWiseTicket = "GET https://api-na.myconnectwise.net/v4_6_release/apis/3.0/service/tickets/714501";
    private const string AutotaskTicket = "GET https://webservices14.autotask.net/ATServicesRest/V1.0/Tickets/81230";
    private const string HaloTicket = "GET https://contoso.halopsa.com/api/Tickets/10423";
    private readonly PlayedHttp http;
    private readonly ManifestHost host;
    private readonly Dictionary<string, (int Status, string Body)> answers = [];

    public TicketHintTests()
    {
        http = new(request => answers.TryGetValue($"{request.Method} {request.RequestUri}", out var answer) ? answer : (404, "{}"));
        host = new(onTheWay: http);
    }

    private static Connection ConnectWise => Connect(
        "connectwise", ("Region", "na"), ("CompanyId", "northmsp"), ("PublicKey", "p"), ("PrivateKey", "k"), ("ClientId", "c"),
        ("Company", "250"), ("Board", "1"), ("ClosedStatus", "17"));

    private static Connection Autotask => Connect(
        "autotask", ("Zone", "https://webservices14.autotask.net/ATServicesRest"), ("UserName", "bot"), ("Secret", "s"), ("IntegrationCode", "c"),
        ("Company", "174"), ("CompleteStatus", "5"), ("WebhookSecret", "test-Secret-Key-0123456789"));

    private static Connection Halo => Connect(
        "halopsa", ("Host", "contoso.halopsa.com"), ("Tenant", "contoso"), ("ClientId", "c"), ("ClientSecret", "s"), ("Client", "21"),
        ("ClosedStatus", "9"), ("WebhookUser", "halo"), ("WebhookPassword", "test-pw"));

    public void Dispose()
    {
        host.Dispose();
        http.Dispose();
    }

    [Fact]
    public async Task ConnectWise_signs_with_a_key_that_its_own_host_tells_which_is_kept_for_a_while()
    {
        var sample = VendorSample.Find("connectwise-callback-ticket-updated");
        answers[$"GET {ConnectWiseKey}"] = (200, sample.Json["keyLookup"]!["response"]!.ToJsonString());
        answers[ConnectWiseTicket] = (200, Record("connectwise-service-ticket"));
        (await IsVerifiedAsync(ConnectWise, sample)).ShouldBeTrue();
        (await IsVerifiedAsync(ConnectWise, sample)).ShouldBeTrue();
        http.Requests.ShouldHaveSingleItem().ShouldBe($"GET {ConnectWiseKey}");
        (await VendorSample.IsVerifiedAsync(
            host.Source("connectwise"), ConnectWise, [.. sample.RawBody, (byte)' '], sample.Headers)).ShouldBeFalse();

        await sample.MustBecomeAsync(await ReadAsync(ConnectWise, sample.RawBody));
        http.Requests.ShouldContain(ConnectWiseTicket);
        await RefusedWhenCutAsync(ConnectWise, sample);
    }

    [Fact]
    public async Task A_key_at_another_host_than_ConnectWises_is_not_fetched_and_proves_nothing()
    {
        var sample = VendorSample.Find("connectwise-callback-foreign-key-url");
        answers["GET https://keys.attacker.example/steal"] = (200, sample.Json["keyLookup"]!["response"]!.ToJsonString());
        (await IsVerifiedAsync(ConnectWise, sample)).ShouldBeFalse();
        http.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://api-na.myconnectwise.net/v4_6_release/apis/3.0/system/key")]
    [InlineData("https://api-na.myconnectwise.net.attacker.example/v4_6_release/apis/3.0/system/key")]
    [InlineData("https://api-na.myconnectwise.net@attacker.example/v4_6_release/apis/3.0/system/key")]
    [InlineData("https://api-na.myconnectwise.net:8443/v4_6_release/apis/3.0/system/key")]
    [InlineData("https://api-eu.myconnectwise.net/v4_6_release/apis/3.0/system/key")]
    [InlineData("//attacker.example/v4_6_release/apis/3.0/system/key")]
    [InlineData("https://api-na.myconnectwise.net/v4_6_release/apis/3.0/company/companies")]
    [InlineData("https://api-na.myconnectwise.net/v4_6_release/apis/3.0/system/../company/companies")]
    [InlineData("https://api-na.myconnectwise.net/v4_6_release/apis/3.0/system/%2e%2e/company/companies")]
    [InlineData("https://api-na.myconnectwise.net/v4_6_release/apis/3.0/system/..%2fcompany/companies")]
    [InlineData("https://api-na.myconnectwise.net/login/apis/3.0/system/")]
    [InlineData("")]
    public async Task Only_the_very_host_and_paths_of_the_connection_is_asked_for_a_key(string address)
    {
        (await IsVerifiedByAsync(ConnectWise, address)).ShouldBeFalse();
        http.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task While_ConnectWise_tells_no_key_nobody_is_turned_away_for_good()
    {
        var sample = VendorSample.Find("connectwise-callback-ticket-updated");
        answers[$"GET {ConnectWiseKey}"] = (503, "{}");
        await Should.ThrowAsync<VendorUnavailableException>(() => IsVerifiedAsync(ConnectWise, sample));
        answers[$"GET {ConnectWiseKey}"] = (404, "{}");
        (await IsVerifiedAsync(ConnectWise, sample)).ShouldBeFalse();
    }

    [Fact]
    public async Task Autotask_signs_with_the_secret_key_of_the_webhook()
    {
        var sample = VendorSample.Find("autotask-webhook-ticket-update");
        answers[AutotaskTicket] = (200, Record("autotask-ticket-item"));
        (await IsVerifiedAsync(Autotask, sample)).ShouldBeTrue();
        (await IsVerifiedAsync(Autotask, VendorSample.Find("autotask-webhook-bad-signature"))).ShouldBeFalse();

        await sample.MustBecomeAsync(await ReadAsync(Autotask, sample.RawBody));
        http.Requests.ShouldHaveSingleItem().ShouldBe(AutotaskTicket);
        answers[AutotaskTicket] = (200, Record("autotask-ticket-item").Replace("\"status\":8", "\"status\":5", StringComparison.Ordinal));
        (await ReadAsync(Autotask, sample.RawBody)).ShouldHaveSingleItem().Status.ShouldBe(EventStatus.Resolved);
        await RefusedWhenCutAsync(Autotask, sample);
    }

    [Fact]
    public async Task HaloPSA_signs_in_and_of_its_template_only_the_tickets_id_counts()
    {
        var sample = VendorSample.Find("halopsa-webhook-runbook-template");
        answers["POST https://contoso.halopsa.com/auth/token?tenant=contoso"] = (200, """{"access_token":"t","expires_in":3600}""");
        answers[HaloTicket] = (200, Record("halopsa-ticket"));
        (await IsVerifiedAsync(Halo, sample)).ShouldBeTrue();
        (await VendorSample.IsVerifiedAsync(
            host.Source("halopsa"), Halo, sample.RawBody, [("Authorization", "Basic aGFsbzp3cm9uZw==")])).ShouldBeFalse();

        await sample.MustBecomeAsync(await ReadAsync(Halo, sample.RawBody));
        (await ReadAsync(Halo, """{"ticket_id":10423}"""u8.ToArray())).ShouldHaveSingleItem().Status.ShouldBe(
            EventStatus.Firing, "the template says Closed; the ticket itself does not");
        await RefusedWhenCutAsync(Halo, sample);
    }

    [Fact]
    public async Task A_hint_about_another_companys_ticket_or_a_deleted_one_is_nothing()
    {
        var sample = VendorSample.Find("autotask-webhook-ticket-update");
        answers[AutotaskTicket] = (200, Record("autotask-ticket-item").Replace("\"companyID\":174", "\"companyID\":175", StringComparison.Ordinal));
        (await ReadAsync(Autotask, sample.RawBody)).ShouldBeEmpty();
        http.Requests.Clear();
        (await ReadAsync(Autotask, """{"EntityType":"Ticket","Action":"Delete","Id":81230}"""u8.ToArray())).ShouldBeEmpty();
        http.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(404, "", "Id: names a record that Autotask PSA does not give: The vendor answered 404.")]
    [InlineData(200, """{"item":null}""", "Id: names a record that Autotask PSA does not have.")]
    [InlineData(401, "", "Id: names a record that Autotask PSA does not give: Autotask PSA does not take the credentials of contoso-autotask "
        + "(The vendor answered 401.). Set Secret and IntegrationCode anew.")]
    public async Task A_ticket_that_is_not_told_is_a_delivery_that_cannot_be_read(int status, string body, string told)
    {
        answers[AutotaskTicket] = (status, body);
        (await Should.ThrowAsync<MalformedEventException>(() => ReadAsync(
            Autotask, VendorSample.Find("autotask-webhook-ticket-update").RawBody))).Message.ShouldBe(told);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task While_the_vendor_cannot_be_asked_the_delivery_may_come_again(int status)
    {
        answers[AutotaskTicket] = (status, "{}");
        await Should.ThrowAsync<VendorUnavailableException>(() => ReadAsync(
            Autotask, VendorSample.Find("autotask-webhook-ticket-update").RawBody));
    }

    [Theory]
    [InlineData("""{"EntityType":"Ticket","Action":"Update"}""", "Id: is missing: the record that the event is about is found by it.")]
    [InlineData("""{"EntityType":"Ticket","Action":"Update","Id":".."}""",
        "Id: names a record that Autotask PSA does not give: What was filled in would make the address another one.")]
    [InlineData("""{"EntityType":"Contract","Action":"Update","Id":5}""",
        "body: is none of the events that Autotask PSA is known to send.")]
    public async Task A_hint_that_names_nothing_or_leads_elsewhere_is_refused(string body, string told)
    {
        (await Should.ThrowAsync<MalformedEventException>(() => ReadAsync(Autotask, Encoding.UTF8.GetBytes(body)))).Message.ShouldBe(told);
        http.Requests.ShouldBeEmpty();
    }

    private Task<IReadOnlyList<ConnectorEvent>> ReadAsync(Connection connection, byte[] body) =>
        Sources.ReadAsync(host.Source(connection.Connector), connection, body);

    private Task<bool> IsVerifiedAsync(Connection connection, VendorSample sample) =>
        VendorSample.IsVerifiedAsync(host.Source(connection.Connector), connection, sample.RawBody, sample.Headers);

    private async Task RefusedWhenCutAsync(Connection connection, VendorSample sample) =>
        (await Should.ThrowAsync<MalformedEventException>(() => ReadAsync(connection, sample.RawBody[..^9]))).Message.ShouldContain("JSON");

    /// <summary>Whether a delivery is taken whose key is at this address.</summary>
    private Task<bool> IsVerifiedByAsync(Connection connection, string address) => VendorSample.IsVerifiedAsync(
        host.Source("connectwise"), connection, Encoding.UTF8.GetBytes($$$"""{"Metadata":{"key_url":"{{{address}}}"}}"""),
        [("x-content-signature", "AAAA")]);

    private static string Record(string sample) => VendorSample.Find(sample).Json["response"]!["body"]!.ToJsonString();
}
