using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Bot.Webhooks;

public sealed class WebhookTests
{
    private const string CloudEventsJson = "application/cloudevents+json";

    [Fact]
    public async Task An_alert_is_confirmed_once_it_is_on_record_and_again_as_a_duplicate()
    {
        await using var host = await WebhookHost.StartAsync();
        var first = await host.PostAsync("contoso-sandbox", Body.Alert);
        var again = await host.PostAsync("Contoso-Sandbox", Body.Alert);

        var recorded = host.Ledger.Entries(WebhookHost.Contoso).ShouldHaveSingleItem();
        var fact = recorded.Fact.ShouldBeOfType<EventReceived>();
        fact.Simulated.ShouldBeTrue();
        first.Status.ShouldBe(202);
        first.Json!.ToJsonString()
            .ShouldBe($$"""{"eventId":"{{fact.EventId}}","duplicate":false,"events":[{"eventId":"{{fact.EventId}}","duplicate":false}]}""");
        ((bool)again.Json!["duplicate"]!).ShouldBeTrue();
        first.Header("X-Correlation-Id").ShouldBe(recorded.Correlation.Value);
        recorded.Correlation.Value.ShouldMatch("^[0-9a-f]{32}$");
        recorded.Actor.ShouldBe(Actor.Connection("contoso-sandbox"));
    }

    [Theory]
    [InlineData("alertmanager-webhook-firing-1.json", 1)]
    [InlineData("alertmanager-webhook-firing-group-of-2.json", 2)]
    [InlineData("alertmanager-webhook-resolved.json", 3)]
    [InlineData("alertmanager-webhook-truncated.json", 3)]
    public async Task Recorded_deliveries_of_Alertmanager_are_taken(string sample, int events)
    {
        await using var host = await WebhookHost.StartAsync();
        var result = await host.PostAsync("contoso-alertmanager", Samples.Bytes(sample));
        result.Status.ShouldBe(202);
        result.Json!["events"]!.AsArray().Count.ShouldBe(events);
        ((string?)result.Json["eventId"]).ShouldBe((string?)result.Json["events"]![0]!["eventId"]);
        host.Ledger.Entries(WebhookHost.Contoso).Count.ShouldBe(events);
    }

    [Theory]
    [InlineData("cloudevents-structured.json", "contoso-signed")]
    [InlineData("cloudevents-binary.json", "contoso-lenient")]
    public async Task Recorded_CloudEvents_are_taken_when_they_are_signed(string sample, string connection)
    {
        await using var host = await WebhookHost.StartAsync();
        var recorded = Samples.Json(sample);
        var body = Encoding.UTF8.GetBytes((string)recorded["body"]!);
        var headers = recorded["headers"]!.AsObject().Where(pair => pair.Key.StartsWith("ce-", StringComparison.Ordinal))
            .Select(pair => (pair.Key, (string)pair.Value!)).Append(("X-Signature-256", Sign(body))).ToArray();
        var result = await host.PostAsync(connection, body, (string)recorded["headers"]!["content-type"]!, null, headers);
        result.Status.ShouldBe(202);
        host.Ledger.Facts<EventReceived>(WebhookHost.Contoso).Single().Title.ShouldEndWith("3 % free €");
    }

    [Fact]
    public async Task An_empty_batch_is_taken_and_records_nothing()
    {
        await using var host = await WebhookHost.StartAsync();
        var result = await host.PostAsync("contoso-cloudevents", Samples.Quoted("[]"), "application/cloudevents-batch+json");
        (result.Status, result.Json!.ToJsonString()).ShouldBe((202, """{"duplicate":false,"events":[]}"""));
        host.Ledger.Entries(WebhookHost.Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_batch_with_one_bad_event_records_none()
    {
        await using var host = await WebhookHost.StartAsync();
        var body = Samples.Quoted(
            "[{'specversion':'1.0','id':'1','source':'/s','type':'t'},{'specversion':'1.0','source':'/s','type':'t'}]");
        (await host.PostAsync("contoso-cloudevents", body, "application/cloudevents-batch+json")).ShouldBeProblem(400, "[1].id");
        host.Ledger.Facts<EventReceived>(WebhookHost.Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_malformed_delivery_is_told_the_field()
    {
        await using var host = await WebhookHost.StartAsync();
        var group = Samples.Json("alertmanager-webhook-firing-group-of-2.json");
        group["alerts"]![1]!["startsAt"] = "yesterday";
        var result = await host.PostAsync("contoso-alertmanager", Encoding.UTF8.GetBytes(group.ToJsonString()));
        result.ShouldBeProblem(400, "alerts[1].startsAt");
        ((string?)result.Json!["detail"])!.ShouldStartWith("alerts[1].startsAt: ");
        host.Ledger.Facts<EventReceived>(WebhookHost.Contoso).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("contoso-alertmanager", null)]
    [InlineData("contoso-alertmanager", "Bearer wrong")]
    [InlineData("contoso-alertmanager", "Bearer ")]
    [InlineData("contoso-alertmanager", "Basic YW06d3Jvbmc=")]
    [InlineData("contoso-alertmanager", "Basic ???")]
    [InlineData("contoso-alertmanager", "s3cret-token")]
    [InlineData("contoso-sandbox", null)]
    [InlineData("contoso-sandbox", "Basic czNjcmV0LXRva2Vu")]
    [InlineData("contoso-cloudevents", "Bearer S3CRET-TOKEN")]
    public async Task Who_cannot_be_verified_is_refused_before_the_delivery_is_read(string connection, string? authorization)
    {
        await using var host = await WebhookHost.StartAsync();
        var result = (await host.PostAsync(connection, "not json"u8.ToArray(), "text/nonsense", authorization)).ShouldBeProblem(401);
        result.Header("WWW-Authenticate")!.ShouldContain("Bearer");
        host.Ledger.Entries(WebhookHost.Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task Bearer_and_basic_are_each_enough()
    {
        await using var host = await WebhookHost.StartAsync();
        var basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("am:päss"));
        (await host.PostAsync("contoso-alertmanager", Samples.Quoted("{'alerts':[]}"), authorization: basic)).Status.ShouldBe(202);
        (await host.PostAsync("contoso-alertmanager", Samples.Quoted("{'alerts':[]}"), authorization: "bearer s3cret-token")).Status
            .ShouldBe(202);
    }

    [Fact]
    public async Task A_token_in_the_address_counts_only_where_the_connection_takes_it()
    {
        await using var host =
            await WebhookHost.StartAsync(settings: ("Connections:contoso-cloudevents:Settings:AccessTokenInAddress", "allowed"));
        (await host.PostAsync("contoso-cloudevents?access_token=s3cret-token", Body.CloudEvent, CloudEventsJson, null)).Status.ShouldBe(
            202);
        (await host.PostAsync("contoso-cloudevents?access_token=wrong", Body.CloudEvent, CloudEventsJson, null)).ShouldBeProblem(401);
        foreach (var (connection, body) in new[] { ("contoso-alertmanager", Samples.Quoted("{'alerts':[]}")),
            ("contoso-sandbox", Body.Alert) })
        {
            var refused = (await host.PostAsync(connection + "?access_token=s3cret-token", body, authorization: null)).ShouldBeProblem(401);
            ((string?)refused.Json!["detail"]).ShouldNotBeNull().ShouldContain("stands in the address");
            (await host.PostAsync(connection + "?access_token=s3cret-token", body)).Status.ShouldBe(202, "the header proves it");
            // Whoever guesses is told nothing.
            var guess = (await host.PostAsync(connection + "?access_token=wrong", body, authorization: null)).ShouldBeProblem(401);
            ((string?)guess.Json!["detail"]).ShouldNotBeNull().ShouldNotContain("address");
        }
    }

    [Fact]
    public async Task A_signature_is_checked_over_the_body_as_it_came()
    {
        await using var host = await WebhookHost.StartAsync();
        var signature = Sign(Body.CloudEvent);
        string[] good = [signature, "sha256=" + signature, signature.ToUpperInvariant(),
            Convert.ToBase64String(Convert.FromHexString(signature))];
        foreach (var (header, value) in good.Select(value => ("X-Signature-256", value))
            .Append(("X-Hub-Signature-256", "sha256=" + signature)))
            (await host.PostAsync("contoso-signed", Body.CloudEvent, CloudEventsJson, null, (header, value))).Status.ShouldBe(202);
        string[] bad = ["", "sha256=", signature[1..], Sign("other"u8.ToArray()), "sha1=" + signature, "zz" + signature[2..]];
        foreach (var value in bad)
            (await host.PostAsync("contoso-signed", Body.CloudEvent, CloudEventsJson, null, ("X-Signature-256", value))).ShouldBeProblem(
                401);
        (await host.PostAsync("contoso-signed", [.. Body.CloudEvent, (byte)' '], CloudEventsJson, null,
            ("X-Signature-256", signature))).ShouldBeProblem(401);
        (await host.PostAsync("contoso-signed", Body.CloudEvent, CloudEventsJson, "Bearer hmac-key")).ShouldBeProblem(401);
    }

    [Fact]
    public async Task Why_a_signature_was_not_taken_is_in_the_log_and_not_in_the_answer()
    {
        await using var host = await WebhookHost.StartAsync();
        foreach (var (connection, signature, why) in new[]
        {
            ("contoso-signed", null, "There is no signature in X-Signature-256 or X-Hub-Signature-256 or X-Signature."),
            ("contoso-signed", Sign("other"u8.ToArray()), "The signature is another one"),
            ("contoso-signed", "sha1=1234", "is no signature by Sha256."),
            ("contoso-nowhere", Sign("other"u8.ToArray()), null),
        })
        {
            host.Troubles.Clear();
            (string, string)[] headers = signature is null ? [] : [("X-Signature-256", signature)];
            var answer = (await host.PostAsync(connection, Body.CloudEvent, CloudEventsJson, null, headers)).ShouldBeProblem(401);
            ((string?)answer.Json!["detail"]).ShouldBe("The sender could not be verified, or there is no such connection.");
            if (why is null)
                host.Troubles.ShouldBeEmpty();
            else
                host.Troubles.ShouldHaveSingleItem().ShouldContain(why);
        }
    }

    [Theory]
    [InlineData("contoso-signed", null, 401)]
    [InlineData("contoso-strict", null, 401)]
    [InlineData("contoso-cloudevents", null, 401)]
    [InlineData("contoso-cloudevents", WebhookHost.Bearer, 202)]
    [InlineData("contoso-lenient", null, 202)]
    public async Task Attributes_that_no_signature_covers_need_a_token_unless_the_connection_says_otherwise(
        string connection, string? token, int status)
    {
        await using var host = await WebhookHost.StartAsync();
        (string, string)[] headers = [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t"),
            ("X-Signature-256", Sign("{}"u8.ToArray()))];
        var result = await host.PostAsync(connection, "{}"u8.ToArray(), "application/json", token, headers);
        result.Status.ShouldBe(status);
        if (status == 401)
            ((string)result.Json!["detail"]!).ShouldContain("structured mode");
        host.Ledger.Entries(WebhookHost.Contoso).Count.ShouldBe(status == 202 ? 1 : 0);
    }

    [Fact]
    public async Task A_captured_signed_delivery_cannot_be_sent_again_as_another_event()
    {
        await using var host = await WebhookHost.StartAsync();
        var signature = ("X-Signature-256", Sign(Body.CloudEvent));
        (await host.PostAsync("contoso-signed", Body.CloudEvent, CloudEventsJson, null, signature)).Status.ShouldBe(202);
        foreach (var type in new[] { "application/json", "text/plain", "application/octet-stream" })
        {
            (string, string)[] forged = [("ce-specversion", "1.0"), ("ce-id", "2"), ("ce-source", "/s"), ("ce-type", "RansomwareDetected"),
                ("ce-subject", "device/SRV-DC01"), signature];
            (await host.PostAsync("contoso-signed", Body.CloudEvent, type, null, forged)).ShouldBeProblem(401);
        }
        ((bool)(await host.PostAsync("contoso-signed", Body.CloudEvent, CloudEventsJson, null, signature)).Json!["duplicate"]!)
            .ShouldBeTrue();
        host.Ledger.Entries(WebhookHost.Contoso).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_unknown_connection_is_not_found_whatever_is_sent()
    {
        await using var host = await WebhookHost.StartAsync();
        (await host.PostAsync("fabrikam-sandbox", Body.Alert)).ShouldBeProblem(401);
        (await host.PostAsync("x%2F..%2Fy", Body.Alert, null, null)).ShouldBeProblem(401);
        (await host.PostAsync("nobody", Body.Alert, "application/json", null, ("X-Signature-256", Sign(Body.Alert)))).ShouldBeProblem(401);
    }

    [Theory]
    [InlineData("contoso-sandbox", "text/plain")]
    [InlineData("contoso-sandbox", null)]
    [InlineData("contoso-sandbox", "application/json; charset=utf-16")]
    [InlineData("contoso-alertmanager", "application/x-www-form-urlencoded")]
    [InlineData("contoso-cloudevents", "application/json")]
    [InlineData("contoso-cloudevents", "application/cloudevents+xml")]
    public async Task Another_content_type_is_not_understood(string connection, string? contentType)
    {
        await using var host = await WebhookHost.StartAsync();
        (await host.PostAsync(connection, Body.Alert, contentType)).ShouldBeProblem(415, "Content-Type");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task More_than_one_mebibyte_is_refused_whether_announced_or_not(bool announced)
    {
        await using var host = await WebhookHost.StartAsync();
        var body = new byte[1024 * 1024 + 1];
        using HttpContent content = announced ? new ByteArrayContent(body) : new StreamContent(new Unseekable(body));
        (await host.PostAsync("contoso-sandbox", content, "application/json", WebhookHost.Bearer)).ShouldBeProblem(413);
        (await host.PostAsync("contoso-sandbox",
            [.. "{\"kind\":\"K\",\"title\":\""u8, .. Enumerable.Repeat((byte)'x', 1024 * 1024 - 23), .. "\"}"u8])).Status.ShouldBe(202);
    }

    [Fact]
    public async Task A_store_that_is_down_and_a_secret_that_is_gone_ask_the_sender_to_come_back()
    {
        await using var host = await WebhookHost.StartAsync();
        host.Ledger.Unavailable = true;
        (await host.PostAsync("contoso-sandbox", Body.Alert)).ShouldBeProblem(503).Header("Retry-After").ShouldBe("5");
        host.Ledger.Unavailable = false;
        (await host.PostAsync("contoso-lost", Body.Alert)).ShouldBeProblem(503).Header("Retry-After").ShouldBe("5");
        host.Ledger.Entries(WebhookHost.Contoso).ShouldBeEmpty();
        (await host.PostAsync("contoso-sandbox", Body.Alert)).Status.ShouldBe(202);
    }

    [Fact]
    public async Task Something_unforeseen_is_no_500_either()
    {
        await using var host = await WebhookHost.StartAsync(new BrokenLedger());
        (await host.PostAsync("contoso-sandbox", Body.Alert)).ShouldBeProblem(503);
    }

    [Fact]
    public async Task Too_many_deliveries_at_once_are_turned_away_until_there_is_room()
    {
        var slow = new BrokenLedger { Gate = new() };
        await using var host = await WebhookHost.StartAsync(slow, ("Webhooks:ConcurrentPerConnection", "2"));
        var inHand = Enumerable.Range(0, 2).Select(_ => host.PostAsync("contoso-sandbox", Body.Alert)).ToArray();
        await slow.Waiting(2);
        (await host.PostAsync("contoso-sandbox", Body.Alert)).ShouldBeProblem(429).Header("Retry-After").ShouldBe("1");
        (await host.PostAsync("contoso-alertmanager", Samples.Quoted("{'alerts':[]}"))).Status.ShouldBe(
            202, "other connections have their own places");
        slow.Gate.SetResult();
        await Task.WhenAll(inHand);
        (await host.PostAsync("contoso-sandbox", Body.Alert)).Status.ShouldBe(503);
    }

    [Theory]
    [InlineData(66)]
    [InlineData(300)]
    public async Task Sockets_without_a_secret_that_trickle_their_body_stop_no_signed_delivery(int sockets)
    {
        await using var host = await WebhookHost.StartAsync();
        var cancellation = TestContext.Current.CancellationToken;
        var slow = new List<TcpClient>();
        try
        {
            for (var one = 0; one < sockets; one++)
                slow.Add(await TrickleAsync(host.Client.BaseAddress!, cancellation));
            // Half of 128 wait. Once the others are answered (pushed out, or too slow), all have arrived.
            var answered = 0;
            await foreach (var result in Task.WhenEach(slow.Select(socket => FirstLineAsync(socket, cancellation))))
            {
                (await result).ShouldMatch("^HTTP/1.1 (429|408) ");
                if (++answered == sockets - 64)
                    break;
            }
            for (var one = 0; one < 20; one++)
            {
                var signed = await host.PostAsync(
                    "contoso-cloudevents", new ByteArrayContent(Body.CloudEvent), CloudEventsJson, null,
                    ("X-Signature-256", Sign(Body.CloudEvent)));
                signed.Status.ShouldBe(202);
                (await host.PostAsync("contoso-cloudevents", Body.CloudEvent, CloudEventsJson)).Status.ShouldBe(
                    202, "with a token, beside them");
            }
        }
        finally
        {
            slow.ForEach(static socket => socket.Dispose());
        }
        // What the web server has to say of those who were pushed out it says at the latest when it stops; those who hung up just now it
        // warns of.
        await host.DisposeAsync();
        host.Troubles.ShouldAllBe(
            static line => line.StartsWith("Warning Connection processing ended abnormally", StringComparison.Ordinal));
        host.Troubles.Count.ShouldBeLessThanOrEqualTo(64);

        static async Task<TcpClient> TrickleAsync(Uri server, CancellationToken cancellation)
        {
            var socket = new TcpClient();
            await socket.ConnectAsync(server.Host, server.Port, cancellation);
            var head = $"POST /api/events/contoso-cloudevents HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: {CloudEventsJson}\r\n"
                + $"X-Signature-256: {Sign("other"u8.ToArray())}\r\nContent-Length: 60000\r\n\r\n{{";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), cancellation);
            return socket;
        }

        static async Task<string> FirstLineAsync(TcpClient socket, CancellationToken cancellation)
        {
            using var reader = new StreamReader(socket.GetStream(), Encoding.ASCII, leaveOpen: true);
            return await reader.ReadLineAsync(cancellation) ?? "";
        }
    }

    [Fact]
    public async Task The_trace_of_the_sender_is_the_correlation_id()
    {
        await using var host = await WebhookHost.StartAsync();
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        (await host.PostAsync("contoso-sandbox", Body.Alert, headers: ("traceparent", $"00-{Trace}-b7ad6b7169203331-01"))).Header(
            "X-Correlation-Id").ShouldBe(Trace);
        host.Ledger.Entries(WebhookHost.Contoso).Single().Correlation.Value.ShouldBe(Trace);
        var invented =
            (await host.PostAsync("nobody", Body.Alert,
                headers: ("traceparent", $"00-{new string('0', 32)}-b7ad6b7169203331-01"))).ShouldBeProblem(401);
        invented.Header("X-Correlation-Id").ShouldNotBe(new string('0', 32));
    }

    [Fact]
    public async Task The_handshake_allows_any_origin_since_each_delivery_proves_itself()
    {
        await using var host = await WebhookHost.StartAsync();
        var recorded = Samples.Json("cloudevents-webhook-validation-handshake.json")["request"]!["headers"]!.AsObject();
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/events/contoso-cloudevents");
        foreach (var (name, value) in recorded)
            request.Headers.Add(name, (string)value!);
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("WebHook-Allowed-Origin").Single().ShouldBe("eventemitter.example.test");
        response.Headers.GetValues("WebHook-Allowed-Rate").Single().ShouldBe("*");
    }

    [Fact]
    public async Task No_answer_tells_a_stranger_which_connections_there_are()
    {
        await using var host = await WebhookHost.StartAsync();
        string[] names = ["nobody", "fabrikam-alertmanager", "contoso-alertmanager", "contoso-cloudevents", "contoso-signed",
            "contoso-sandbox"];
        Func<string, Task<string>>[] looks =
        [
            name => SeenAsync(name, HttpMethod.Post),
            name => SeenAsync(name, HttpMethod.Post, ("Authorization", "Bearer wrong")),
            name => SeenAsync(name, HttpMethod.Post, ("Authorization", "Basic eDp5")),
            name => SeenAsync(name, HttpMethod.Post, ("X-Signature-256", Sign("other"u8.ToArray()))),
            name => SeenAsync(name, HttpMethod.Options),
            name => SeenAsync(name, HttpMethod.Options, ("WebHook-Request-Origin", "sender.example")),
            name => SeenAsync(name, HttpMethod.Get),
            name => SeenAsync(name, HttpMethod.Put),
        ];
        foreach (var look in looks)
        {
            var seen = new HashSet<string>();
            foreach (var name in names)
                seen.Add(await look(name));
            seen.ShouldHaveSingleItem();
        }

        async Task<string> SeenAsync(string name, HttpMethod method, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(method, "/api/events/" + name);
            if (method == HttpMethod.Post)
                request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            foreach (var (header, value) in headers)
                request.Headers.TryAddWithoutValidation(header, value);
            using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
            var correlation = response.Headers.TryGetValues("X-Correlation-Id", out var ids) ? ids.Single() : "-";
            var shown = response.Headers.Where(static header => header.Key is not ("Date" or "X-Correlation-Id"))
                .Select(static header => $"{header.Key}: {string.Join(", ", header.Value)}");
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return $"{(int)response.StatusCode}\n{string.Join('\n', shown)}\n{body.Replace(correlation, "", StringComparison.Ordinal)}";
        }
    }

    [Theory]
    [InlineData("OPTIONS", "WebHook-Request-Origin: caf\u00c3\u00a9.example\r\nContent-Length: 0", "", 200)]
    [InlineData("POST", "Authorization: Bearer s3cret-token\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked",
        "zz\r\n{}\r\n0\r\n\r\n", 400)]
    public async Task What_is_no_valid_http_is_no_error_of_ours(string method, string headers, string body, int expected)
    {
        await using var host = await WebhookHost.StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, host.Client.BaseAddress!.Port, TestContext.Current.CancellationToken);
        var raw = $"{method} /api/events/contoso-cloudevents HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n\r\n{body}";
        await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(raw), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream());
        (await reader.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldStartWith($"HTTP/1.1 {expected} ");
    }

    [Fact]
    public async Task Fifty_deliveries_of_the_same_at_once_are_one_append()
    {
        await using var host = await WebhookHost.StartAsync();
        var body = Samples.Bytes("alertmanager-webhook-truncated.json");
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => host.PostAsync("contoso-alertmanager", body)));
        results.ShouldAllBe(result => result.Status == 202);
        results.Count(result => !(bool)result.Json!["duplicate"]!).ShouldBe(1);
        host.Ledger.Entries(WebhookHost.Contoso).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_header_in_latin_1_does_not_cost_the_event()
    {
        await using var host = await WebhookHost.StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, host.Client.BaseAddress!.Port, TestContext.Current.CancellationToken);
        var raw = "POST /api/events/contoso-cloudevents HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: "
            + "application/json\r\nContent-Length: 2\r\n"
            + "Authorization: Bearer s3cret-token\r\nce-specversion: 1.0\r\nce-id: 1\r\nce-source: /s\r\nce-type: t\r\nce-subject: "
            + "café\r\n\r\n{}";
        await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(raw), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream());
        (await reader.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("HTTP/1.1 202 Accepted");
        host.Ledger.Facts<EventReceived>(WebhookHost.Contoso).Single().Attributes["ce.subject"].ShouldBe("café");
    }

    [Fact]
    public async Task No_mutilated_delivery_is_ever_a_500_or_half_recorded()
    {
        await using var host = await WebhookHost.StartAsync();
        var random = new Random(20261121);
        (string Connection, string ContentType, byte[] Body)[] seeds =
        [
            ("contoso-alertmanager", "application/json", Samples.Bytes("alertmanager-webhook-firing-group-of-2.json")),
            ("contoso-cloudevents", CloudEventsJson, Encoding.UTF8.GetBytes((string)Samples.Json("cloudevents-structured.json")["body"]!)),
            ("contoso-cloudevents", "application/cloudevents-batch+json", [(byte)'[', .. Body.CloudEvent, (byte)']']),
            ("contoso-sandbox", "application/json", Body.Alert),
        ];
        foreach (var attempt in Enumerable.Range(0, 1500))
        {
            var (connection, contentType, seed) = seeds[attempt % seeds.Length];
            var before = host.Ledger.Facts<EventReceived>(WebhookHost.Contoso).Count;
            var result = await host.PostAsync(connection, Mutilate(seed, random), contentType);
            result.Status.ShouldBeOneOf(202, 400);
            var added = host.Ledger.Facts<EventReceived>(WebhookHost.Contoso).Count - before;
            added.ShouldBe(result.Status == 400 ? 0 : result.Json!["events"]!.AsArray().Count(one => !(bool)one!["duplicate"]!));
        }
        foreach (var deep in new[] { new string('[', 100_000), string.Concat(Enumerable.Repeat("{\"a\":", 10_000)), "\"\\ud800\"", "\u0000",
            "{\"kind\":\"\\u0000\"}" })
            (await host.PostAsync("contoso-sandbox", Encoding.UTF8.GetBytes(deep))).Status.ShouldBeOneOf(202, 400);
    }

    private static byte[] Mutilate(byte[] seed, Random random)
    {
        var body = seed.ToList();
        for (var change = random.Next(1, 4); change > 0 && body.Count > 1; change--)
        {
            var at = random.Next(body.Count);
            switch (random.Next(5))
            {
                case 0: body[at] = (byte)random.Next(256); break;
                case 1: body.RemoveRange(at, random.Next(1, Math.Min(20, body.Count - at + 1))); break;
                case 2: body.InsertRange(at, body.GetRange(at, Math.Min(30, body.Count - at))); break;
                case 3: body.InsertRange(
                    at, Encoding.UTF8.GetBytes(random.Next(4) switch { 0 => "null", 1 => "\\uD83D", 2 => "{}", _ => "1e999" })); break;
                default: body.RemoveRange(at, body.Count - at); break;
            }
        }
        return [.. body];
    }

    private static string Sign(byte[] body) => Convert.ToHexStringLower(HMACSHA256.HashData("hmac-key"u8, body));

    private sealed class Unseekable(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }

    /// <summary>Fails in a way nobody planned for, after waiting at its gate if it has one.</summary>
    private sealed class BrokenLedger : ILedger
    {
        private readonly Channel<bool> arrived = Channel.CreateUnbounded<bool>();

        public TaskCompletionSource? Gate { get; init; }

        public async Task Waiting(int count)
        {
            for (var one = 0; one < count; one++)
                await arrived.Reader.ReadAsync(TestContext.Current.CancellationToken);
        }

        public async ValueTask<AppendResult> AppendAsync(
            TenantId tenant, IReadOnlyList<StreamVersion> expected, IReadOnlyList<NewEntry> entries, CancellationToken cancellationToken)
        {
            arrived.Writer.TryWrite(true);
            await (Gate?.Task ?? Task.CompletedTask);
            throw new InvalidOperationException("unforeseen");
        }

        public ValueTask<long> HeadAsync(TenantId tenant, CancellationToken cancellationToken) => new(0);

        public ValueTask<IReadOnlyList<LedgerEntry>> ReadAsync(
            TenantId tenant, long afterSeq, int limit, CancellationToken cancellationToken) => new([]);

        public ValueTask<IReadOnlyList<LedgerEntry>> ReadStreamAsync(
            TenantId tenant, StreamId stream, CancellationToken cancellationToken) => new([]);

        public ValueTask WaitPastAsync(TenantId tenant, long afterSeq, CancellationToken cancellationToken) =>
            new(Task.Delay(-1, cancellationToken));
    }
}
