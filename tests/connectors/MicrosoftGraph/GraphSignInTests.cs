using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DevOpsAI.Connections;
using DevOpsAI.Tests.Connectors.Toolkit;

namespace DevOpsAI.Tests.Connectors.MicrosoftGraph;

/// <summary>Settings, signing in, and what an administrator is told when either is wrong.</summary>
public sealed class GraphSignInTests : IAsyncLifetime
{
    private GraphHost host = null!;

    public async ValueTask InitializeAsync() => host = await GraphHost.StartAsync();

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public void Mistakes_in_the_settings_are_told_all_at_once()
    {
        host.Connector.Problems(host.Contoso).ShouldBeEmpty();
        var wrong = ManifestHost.Connect(
            "graph", ("DirectoryID", "contoso.onmicrosoft.com"), ("Cloud", "mars"), ("ClientSecret", "x"), ("Identity", "mine"),
            ("Address", "http://10.0.0.1/v1.0"), ("Watch", "alerts,news"), ("NotificationUrl", "https://bot.example/hooks"), ("Secret", "x"));
        host.Connector.Problems(wrong).Select(static one => one.Split(':')[0]).ShouldBe(
        [
            "Secret", "DirectoryId", "ClientId", "Cloud", "ClientSecret", "Identity", "Address", "Watch", "NotificationUrl", "ClientState",
        ]);
    }

    [Theory]
    [InlineData(401, 7000215, "Entra does not take the client secret of contoso-graph. Set ClientSecret anew: the secret's value, not its id. (AADSTS7000215)")]
    [InlineData(401, 7000222, "The client secret of contoso-graph has expired. Make a new one in the app registration and set ClientSecret anew. (AADSTS7000222)")]
    [InlineData(400, 700016, "Nobody has consented to the application 6e7b768e-07e2-4810-8459-485f84f8f204 in the directory 84841066-274d-4ec0-a5c1-276be684bdd3.")]
    [InlineData(400, 90002, "There is no directory 84841066-274d-4ec0-a5c1-276be684bdd3 in this cloud.")]
    [InlineData(400, 5000911, "Entra refuses to sign contoso-graph in. (AADSTS5000911)")]
    public async Task Why_Entra_gives_no_token_is_told_with_what_to_do(int status, int code, string told)
    {
        host.NoToken = new(status, $$"""
            {"error":"invalid_client","error_description":"AADSTS{{code}}: A text that is Microsoft's. Trace ID: d7f5","error_codes":[{{code}}]}
            """);
        var refused = (await host.Connector.CheckAsync(host.Contoso, GraphHost.Token)).ShouldBeOfType<CallOutcome<string>.Refused>();
        refused.Message.ShouldStartWith(told);
        refused.Message.ShouldNotContain("Microsoft's");
        refused.Message.ShouldNotContain("the-secret");
        (await host.ActAsync("user.disable", host.User())).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>();
        host.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_Entra_that_fails_or_is_not_there_may_answer_later()
    {
        host.NoToken = new(500, "<html>", "text/html");
        (await host.ActAsync("user.disable", host.User())).ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>();
        var nowhere = host.Connect("contoso", GraphHost.ContosoId, ("Authority", "http://127.0.0.1:1/"));
        (await host.Connector.CheckAsync(nowhere, GraphHost.Token)).ShouldBeOfType<CallOutcome<string>.NotDone>().Message.ShouldBe(
            "Entra cannot be reached at 127.0.0.1, or gave no token for contoso-graph.");
    }

    [Fact]
    public async Task A_secret_that_is_not_there_is_told_by_its_place()
    {
        var connection = host.Connect("contoso", GraphHost.ContosoId, ("ClientSecret", "env:NO_SUCH_GRAPH_SECRET"));
        (await host.Connector.CheckAsync(connection, GraphHost.Token)).ShouldBeOfType<CallOutcome<string>.NotDone>().Message.ShouldContain(
            "env:NO_SUCH_GRAPH_SECRET");
    }

    [Fact]
    public async Task It_is_asked_whose_directory_it_is_and_what_may_be_read()
    {
        (await ManifestHost.DoneAsync(host.Connector.CheckAsync(host.Contoso, GraphHost.Token))).ShouldBe(
            "Microsoft Graph takes the credentials of contoso-graph in Northwind Dental.");
        host.Calls.Select(static one => one.Path).ShouldBe(
        [
            "/organization", "/users", "/deviceManagement/managedDevices", "/security/alerts_v2", "/admin/serviceAnnouncement/issues",
        ]);
        host.Vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task What_has_no_consent_is_named_and_refused_only_where_events_need_it()
    {
        var usual = host.Vendor.Answers;
        host.Vendor.Answers = request => request.Path is "/security/alerts_v2" or "/deviceManagement/managedDevices"
            ? GraphHost.Error(403, "Forbidden")
            : usual(request);
        (await host.Connector.CheckAsync(host.Contoso, GraphHost.Token)).ShouldBeOfType<CallOutcome<string>.Refused>().Message.ShouldBe(
            "Microsoft Graph takes the credentials of contoso-graph in Northwind Dental, but does not let it read alerts "
            + "(SecurityAlert.Read.All): an administrator of the client has to consent.");
        var quiet = host.Connect("contoso", GraphHost.ContosoId, ("Watch", "none"));
        (await ManifestHost.DoneAsync(host.Connector.CheckAsync(quiet, GraphHost.Token))).ShouldBe(
            "Microsoft Graph takes the credentials of contoso-graph in Northwind Dental. Without consent it cannot read devices "
            + "(DeviceManagementManagedDevices.Read.All).");
    }

    [Fact]
    public async Task Another_directory_than_the_one_that_was_meant_is_told()
    {
        var usual = host.Vendor.Answers;
        host.Vendor.Answers = request => request.Path == "/organization"
            ? VendorReply.Ok($$"""{"value":[{"id":"{{GraphHost.FabrikamId}}","displayName":"Fabrikam"}]}""")
            : usual(request);
        (await host.Connector.CheckAsync(host.Contoso, GraphHost.Token)).ShouldBeOfType<CallOutcome<string>.Refused>().Code.ShouldBe(
            "wrong-tenant");
        (await host.FindAsync("user", GraphHost.Mia)).ShouldHaveSingleItem().Client.ShouldBe(GraphHost.ContosoId);
    }

    [Fact]
    public async Task One_token_serves_however_many_ask_and_each_directory_has_its_own()
    {
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => host.FindAsync("user", GraphHost.Mia)));
        host.Tokens.ShouldBe(1);
        await host.FindAsync("user", GraphHost.Mia, host.Fabrikam);
        host.Tokens.ShouldBe(2);
        host.Calls.Select(static one => one.Headers["Authorization"].Split('|')[0]).Distinct(StringComparer.Ordinal).Order(
            StringComparer.Ordinal).ShouldBe([$"Bearer {GraphHost.FabrikamId}", $"Bearer {GraphHost.ContosoId}"]);
    }

    [Fact]
    public async Task A_token_that_ends_between_two_pages_is_fetched_again_once()
    {
        host.World.PageSize = 1;
        var usual = host.Vendor.Answers;
        host.Vendor.Answers = request =>
        {
            if (request.Query.ContainsKey("$skiptoken"))
                host.GoodFrom = 2;
            return usual(request);
        };
        (await host.FindAsync("user", "Jo Lee")).Count.ShouldBe(2);
        host.Tokens.ShouldBe(2);
        host.GoodFrom = int.MaxValue;
        (await host.Connector.FindAsync(host.Contoso, "user", "Jo Lee", GraphHost.Token))
            .ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Refused>().Message.ShouldContain("does not take the tokens of contoso-graph");
        host.Tokens.ShouldBe(3);
    }

    [Fact]
    public async Task An_application_with_a_certificate_signs_what_it_says_and_sends_no_secret()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=contoso", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        var pem = $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}";
        var connection = host.Connect("contoso", GraphHost.ContosoId, ("ClientSecret", ""), ("Certificate", pem));
        host.Proof = "client_assertion=";
        (await host.FindAsync("user", GraphHost.Mia, connection)).ShouldHaveSingleItem();
        host.Vendor.Requests[0].Body.ShouldNotContain("client_secret");
        host.Vendor.Requests.ShouldAllBe(static one => !one.Body.Contains("PRIVATE"));
        var end = (await host.VitalsAsync(connection)).Expiries.ShouldNotBeNull().ShouldHaveSingleItem();
        (end.What, end.At).ShouldBe(("certificate", DateTimeOffset.UnixEpoch.AddYears(100)));
        end.IsDue(end.At - TimeSpan.FromDays(31)).ShouldBeFalse();
        end.IsDue(end.At - TimeSpan.FromDays(29)).ShouldBeTrue();
        (await host.VitalsAsync(host.Fabrikam)).Expiries.ShouldBeNull();
        var broken = host.Connect("contoso", GraphHost.ContosoId, ("ClientSecret", ""), ("Certificate", "no certificate"));
        (await host.Connector.CheckAsync(broken, GraphHost.Token)).ShouldBeOfType<CallOutcome<string>.Refused>().Message.ShouldBe(
            "Certificate of contoso-graph is not PEM text with a certificate and its private key.");
    }

    [Fact]
    public async Task An_application_that_trusts_the_machines_identity_needs_no_secret()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(file, "token-of-the-cluster", GraphHost.Token);
        Environment.SetEnvironmentVariable("AZURE_FEDERATED_TOKEN_FILE", file);
        try
        {
            var connection = host.Connect("contoso", GraphHost.ContosoId, ("ClientSecret", ""), ("Identity", "workload"));
            host.Proof = "client_assertion=token-of-the-cluster";
            (await host.FindAsync("user", GraphHost.Mia, connection)).ShouldHaveSingleItem();
        }
        finally
        {
            Environment.SetEnvironmentVariable("AZURE_FEDERATED_TOKEN_FILE", null);
            File.Delete(file);
        }
        var nowhere = host.Connect("fabrikam", GraphHost.FabrikamId, ("ClientSecret", ""), ("Identity", "workload"));
        (await host.Connector.CheckAsync(nowhere, GraphHost.Token)).ShouldBeOfType<CallOutcome<string>.Refused>().Message.ShouldBe(
            "This machine has no workload identity that fabrikam-graph could sign in with.");
    }

    [Fact]
    public async Task A_secret_that_was_replaced_is_used_at_once()
    {
        await host.FindAsync("user", GraphHost.Mia);
        host.Proof = "client_secret=another";
        await host.FindAsync("user", GraphHost.Mia, host.Connect("contoso", GraphHost.ContosoId, ("ClientSecret", "another")));
        host.Tokens.ShouldBe(2);
    }
}
