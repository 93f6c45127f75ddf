using DevOpsAI.Connections;
using DevOpsAI.Connections.Secrets;
using DevOpsAI.Tests.Support;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>A vendor that replaces each refresh token, and revokes all that came of a consent when it sees one twice.</summary>
public sealed class RefreshTokenTests : IAsyncLifetime
{
    private const string Acme = """
        name: acme
        title: Acme
        settings:
          Id: { title: client id, example: a }
          Secret: { title: client secret, secret: true, example: env:ACME_SECRET }
          Consent: { title: refresh token, secret: true, optional: true, example: env:ACME_REFRESH }
        address: https://api.acme.example
        authentication:
          token:
            request: POST /token
            form: { grant_type: client_credentials, client_id: "{$setting.Id}", client_secret: "{$secret.Secret}" }
            answer: access_token
            lifetime: expires_in
            refresh:
              secret: Consent
              forActions: true
              request: POST /token
              form: { grant_type: refresh_token, client_id: "{$setting.Id}", refresh_token: "{$refreshToken}" }
        health: GET /me
        targets:
          device:
            find: { request: "GET /devices?name={$name}" }
            id: "{id}"
            names: ["{name}"]
            belongs: credential
            read: GET /devices/{$target.id}
        actions:
          device.reboot:
            reversibility: irreversible
            idempotent: false
            command: Acme reboot {target}
            call: POST /devices/{$target.id}/reboot
        """;

    private readonly MemoryDocuments documents = new();
    private readonly InMemoryKeyRing keys = new();
    private readonly ManualClock clock = new();
    private readonly Dictionary<string, bool> isUsed = new() { ["consent-0"] = false };
    private readonly List<string> actedWith = [];
    private JudgedVendor vendor = null!;
    private bool isRevoked;
    private int given;

    private Connection Connection => Connect("acme", ("Address", $"{vendor.Address}"), ("Id", "a"), ("Secret", "s"), ("Consent", "consent-0"));

    public async ValueTask InitializeAsync() => vendor = await JudgedVendor.StartAsync("none", "/none", Answer);

    public ValueTask DisposeAsync() => vendor.DisposeAsync();

    [Fact]
    public async Task Each_new_one_is_used_next_also_after_a_restart()
    {
        for (var start = 1; start <= 3; start++)
        {
            using var host = Start();
            (await RebootAsync(host)).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
            clock.Advance(TimeSpan.FromHours(1));
            (await RebootAsync(host)).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
            given.ShouldBe(2 * start);
        }
        isRevoked.ShouldBeFalse();
    }

    [Fact]
    public async Task A_token_is_not_used_before_the_refresh_token_beside_it_is_kept_and_that_is_kept_as_soon_as_it_can_be()
    {
        using var host = Start();
        vendor.Before = (request, _) =>
        {
            documents.IsReadOnly |= request.Body.Contains("refresh_token=", StringComparison.Ordinal);
            return Task.CompletedTask;
        };
        (await RebootAsync(host)).ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>().Message.ShouldBe(
            "The refresh token of contoso-acme cannot be kept at the moment.");
        actedWith.ShouldBeEmpty();
        documents.IsReadOnly = false;
        vendor.Before = static (_, _) => Task.CompletedTask;
        (await RebootAsync(host)).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        (isRevoked, given).ShouldBe((false, 2));
    }

    [Fact]
    public async Task Nothing_is_asked_while_nothing_can_be_kept()
    {
        using var away = Start();
        documents.IsReadOnly = true;
        (await RebootAsync(away)).ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>();
        using var nowhere = new ManifestHost(Acme, clock);
        (await RebootAsync(nowhere)).ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>().Message.ShouldBe(
            "Consent of contoso-acme is not used where a new one could not be kept.");
        given.ShouldBe(0);
        documents.IsReadOnly = false;
        (await RebootAsync(away)).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
    }

    [Fact]
    public async Task Two_instances_never_use_the_same_one()
    {
        using var one = Start();
        using var other = Start();
        var inside = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        vendor.Before = async (request, _) =>
        {
            if (request.Body.Contains("refresh_token=consent-0", StringComparison.Ordinal))
            {
                inside.TrySetResult();
                await goOn.Task;
            }
        };
        var first = RebootAsync(one);
        await inside.Task.WaitAsync(Token);
        (await RebootAsync(other)).ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>().ShouldBe(
            new("Another instance is signing contoso-acme in.", TimeSpan.FromSeconds(5)));
        goOn.SetResult();
        (await first).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        (await RebootAsync(other)).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        (isRevoked, given).ShouldBe((false, 2));
    }

    [Fact]
    public async Task An_instance_that_ended_in_its_turn_does_not_keep_the_others_out()
    {
        var secrets = new RotatingSecrets(documents, keys, clock);
        (await secrets.TakeTurnAsync(Connection.Tenant, "consent-0", TimeSpan.FromSeconds(40), Token)).ShouldNotBeNull();
        using var host = Start();
        (await RebootAsync(host)).ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>();
        clock.Advance(TimeSpan.FromSeconds(40));
        (await RebootAsync(host)).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
    }

    [Fact]
    public async Task A_caller_who_gives_up_does_not_lose_what_the_vendor_gave()
    {
        using var host = Start();
        using var gone = new CancellationTokenSource();
        vendor.Before = (request, _) => request.Body.Contains("refresh_token=", StringComparison.Ordinal)
            ? gone.CancelAsync()
            : Task.CompletedTask;
        await Should.ThrowAsync<OperationCanceledException>(RebootAsync(host, gone.Token));
        vendor.Before = static (_, _) => Task.CompletedTask;
        using var restarted = Start();
        (await RebootAsync(restarted)).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        (isRevoked, given).ShouldBe((false, 2));
    }

    [Fact]
    public async Task One_that_is_refused_needs_a_person_and_what_is_read_is_read_on()
    {
        using var host = Start();
        isRevoked = true;
        const string told = "Acme does not take the refresh token of contoso-acme any more (invalid_grant). A person has to consent again: "
            + "set Consent to the refresh token that this gives, which nothing else may use.";
        (await RebootAsync(host)).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message.ShouldBe(told);
        (await host.Connector("acme").CheckAsync(Connection, Token)).ShouldBeOfType<CallOutcome<string>.Refused>().Message.ShouldBe(told);
        (await new ManifestConnectorOf(host, Connection).FindAsync("SRV-FILE01")).ShouldHaveSingleItem();
        (isRevoked, isUsed["consent-new"]) = (false, false);
        var anew = Connection with { Settings = new Dictionary<string, string>(Connection.Settings) { ["Consent"] = "consent-new" } };
        (await DoneAsync(host.Connector("acme").CheckAsync(anew, Token))).ShouldBe("Acme takes the credentials of contoso-acme.");
        (await RebootAsync(host, connection: anew)).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
    }

    [Fact]
    public async Task Credentials_of_the_application_are_not_taken_for_the_persons()
    {
        using var host = Start();
        vendor.Answers = request => request.Body.Contains("refresh_token=", StringComparison.Ordinal)
            ? new(401, """{"error":"invalid_client"}""")
            : Answer(request);
        (await RebootAsync(host)).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message.ShouldBe(
            "Acme does not take the credentials of contoso-acme (invalid_client). Set Secret anew.");
    }

    [Fact]
    public async Task It_is_stored_encrypted_and_is_gone_when_it_is_deleted()
    {
        using var host = Start();
        await RebootAsync(host);
        var (scope, kind, id) = documents.Keys.ShouldHaveSingleItem();
        System.Text.Encoding.Latin1.GetString(documents[scope, kind, id]).ShouldNotContain("consent-");
        await new RotatingSecrets(documents, keys, clock).DeleteAsync(Connection.Tenant, "consent-0", Token);
        documents.Keys.ShouldBeEmpty();
    }

    private ManifestHost Start() => new(Acme, clock, store: new(documents, keys, clock));

    private Task<CallOutcome<ActionReceipt>> RebootAsync(
        ManifestHost host, CancellationToken? cancellationToken = null, Connection? connection = null) => host.Connector("acme").ActAsync(
        connection ?? Connection,
        new("op-1", "device.reboot", new("contoso-acme", "device", "7", "SRV-FILE01", ""), new Dictionary<string, string>()),
        cancellationToken ?? Token);

    private VendorReply Answer(VendorRequest request)
    {
        if (request.Path == "/token")
            return request.Body.Contains("refresh_token=", StringComparison.Ordinal) ? Refresh(request) : Ok("machine", null);
        if (request.Method == "POST")
            actedWith.Add(request.Headers["Authorization"]);
        return (request.Method, request.Headers["Authorization"]) switch
        {
            ("GET", "Bearer machine") when request.Path == "/devices" => VendorReply.Ok("""[{"id":7,"name":"SRV-FILE01"}]"""),
            ("GET", "Bearer machine") => VendorReply.Ok("""{"id":7,"name":"SRV-FILE01"}"""),
            ("POST", { } token) when token.StartsWith("Bearer person-", StringComparison.Ordinal) => VendorReply.Ok("{}"),
            _ => new(403, "{}"),
        };
    }

    private VendorReply Refresh(VendorRequest request)
    {
        var used = request.Body.Split("refresh_token=")[1].Split('&')[0];
        if (!isUsed.TryGetValue(used, out var before) || before)
            isRevoked = true;
        if (isRevoked)
            return new(400, """{"error":"invalid_grant"}""");
        isUsed[used] = true;
        given++;
        isUsed[$"consent-{given}"] = false;
        return Ok($"person-{given}", $"consent-{given}");
    }

    private static VendorReply Ok(string token, string? next) => VendorReply.Ok(
        $$"""{"access_token":"{{token}}","expires_in":600{{(next is null ? "" : $",\"refresh_token\":\"{next}\"")}}}""");
}
