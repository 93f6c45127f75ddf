using DevOpsAI.Connections;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>A vendor that takes tokens of Entra.</summary>
public sealed class EntraTokenTests : IAsyncLifetime
{
    private const string Directory = "84841066-274d-4ec0-a5c1-276be684bdd3";
    private const string Acme = """
        name: acme
        title: Acme
        settings:
          Subscription: { title: subscription, example: "1" }
        address: https://acme.example
        authentication:
          entra: { scope: https://acme.example/.default }
        health: GET /subscriptions/{$setting.Subscription}
        """;

    private readonly ManifestHost host = new(Acme);
    private JudgedVendor vendor = null!;
    private int tokens;
    private string goodToken = "";

    private Connection Connection => Connect(
        "acme", ("Address", $"{vendor.Address}"), ("Authority", $"{vendor.Address}"), ("DirectoryId", Directory), ("ClientId", Directory),
        ("ClientSecret", "the-secret"), ("Subscription", "1"));

    public async ValueTask InitializeAsync() => vendor = await JudgedVendor.StartAsync("none", "/none", Answer);

    public async ValueTask DisposeAsync()
    {
        await vendor.DisposeAsync();
        host.Dispose();
    }

    [Fact]
    public async Task One_token_of_the_clients_directory_serves_until_it_is_refused()
    {
        for (var i = 0; i < 3; i++)
            await DoneAsync(host.Connector("acme").CheckAsync(Connection, Token));
        tokens.ShouldBe(1);
        goodToken = "another";
        await DoneAsync(host.Connector("acme").CheckAsync(Connection, Token));
        tokens.ShouldBe(2);
        var asked = vendor.Requests.First(static one => one.Path == $"/{Directory}/oauth2/v2.0/token");
        asked.Body.ShouldContain($"scope={Uri.EscapeDataString("https://acme.example/.default")}");
        asked.Body.ShouldContain("client_secret=the-secret");
    }

    [Fact]
    public async Task A_refusal_of_Entra_says_what_to_set()
    {
        vendor.Answers = static _ => new(401, """
            {"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided.","error_codes":[7000215]}
            """);
        (await host.Connector("acme").CheckAsync(Connection, Token)).ShouldBeOfType<CallOutcome<string>.Refused>().Message.ShouldStartWith(
            "Entra does not take the client secret of contoso-acme. Set ClientSecret anew");
    }

    [Fact]
    public async Task What_the_connection_needs_for_it_is_asked_for_and_nothing_is_called_without()
    {
        host.Connector("acme").Problems(Connection).ShouldBeEmpty();
        var wrong = Connect("acme", ("Address", $"{vendor.Address}"), ("DirectoryId", "contoso"), ("Identity", "mine"), ("Secret", "x"));
        host.Connector("acme").Problems(wrong).Select(static one => one.Split(':')[0]).ShouldBe(
            ["Secret", "DirectoryId", "ClientId", "Identity", "Subscription"]);
        (await host.Connector("acme").CheckAsync(wrong, Token)).ShouldBeOfType<CallOutcome<string>.Refused>().Message.ShouldStartWith("DirectoryId");
        vendor.Requests.ShouldBeEmpty();
    }

    private VendorReply Answer(VendorRequest request)
    {
        if (request.Path.EndsWith("/token", StringComparison.Ordinal))
        {
            goodToken = $"token-{Interlocked.Increment(ref tokens)}";
            return VendorReply.Ok($$"""{"token_type":"Bearer","expires_in":3599,"access_token":"{{goodToken}}"}""");
        }
        return request.Headers.GetValueOrDefault("Authorization") == $"Bearer {goodToken}" ? VendorReply.Ok("{}") : new(401, "{}");
    }
}
