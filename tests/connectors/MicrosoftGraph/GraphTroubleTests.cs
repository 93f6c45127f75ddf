using DevOpsAI.Connections;
using DevOpsAI.Tests.Connectors.Toolkit;

namespace DevOpsAI.Tests.Connectors.MicrosoftGraph;

/// <summary>What Graph does wrong on a bad day.</summary>
public sealed class GraphTroubleTests : IAsyncLifetime
{
    private GraphHost host = null!;

    public async ValueTask InitializeAsync() => host = await GraphHost.StartAsync();

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData(429, "10", 10)]
    [InlineData(429, null, null)]
    [InlineData(503, "3", 3)]
    public async Task A_Graph_that_wants_to_be_left_alone_did_nothing_and_says_until_when(int status, string? retryAfter, int? seconds)
    {
        Replace("PATCH", GraphHost.Error(status, "TooManyRequests", retryAfter: retryAfter));
        (await host.ActAsync("user.disable", host.User())).ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>().TryAgainIn.ShouldBe(
            seconds is { } s ? TimeSpan.FromSeconds(s) : null);
        host.Calls.Count(static one => one.Method == "PATCH").ShouldBe(1);
    }

    [Fact]
    public async Task A_page_of_a_proxy_with_503_is_no_failure_of_the_action()
    {
        Replace("PATCH", new(503, "<html>Service Unavailable</html>", "text/html"));
        (await host.ActAsync("user.disable", host.User())).ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>();
    }

    [Theory]
    [InlineData(500, "{}", "application/json", false)]
    [InlineData(502, "<html>", "text/html", false)]
    [InlineData(0, "", "", true)]
    public async Task A_write_whose_answer_was_lost_is_not_known_and_is_sent_once(int status, string body, string type, bool cut)
    {
        Replace("PATCH", new(status, body, type, Cut: cut));
        (await host.ActAsync("user.disable", host.User())).ShouldBeOfType<CallOutcome<ActionReceipt>.Unknown>();
        Replace("rebootNow", new(status, body, type, Cut: cut));
        (await host.ActAsync("device.reboot", host.Device())).ShouldBeOfType<CallOutcome<ActionReceipt>.Unknown>();
        host.Calls.Count(static one => one.Method is "PATCH" or "POST").ShouldBe(2);
    }

    [Theory]
    [InlineData("<html>Sign in</html>", "text/html")]
    [InlineData("{\"value\":", "application/json")]
    [InlineData("[1,2]", "application/json")]
    [InlineData("\"text\"", "application/json")]
    public async Task An_answer_that_is_no_data_is_none(string body, string type)
    {
        Replace("GET /users", new(200, body, type));
        var found = await host.Connector.FindAsync(host.Contoso, "user", GraphHost.Mia, GraphHost.Token);
        if (found is CallOutcome<IReadOnlyList<Target>>.Done(var none))
            none.ShouldBeEmpty();
        (await host.ActAsync("user.disable", host.User())).ShouldNotBeOfType<CallOutcome<ActionReceipt>.Done>();
        host.World.Effects.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_read_is_repeated_where_that_is_harmless()
    {
        host.Vendor.Trouble.Enqueue(static request => request.Path == "/users" ? new(502) : null);
        host.Vendor.Trouble.Enqueue(static request => request.Path == "/users" ? new(502) : null);
        (await host.FindAsync("user", GraphHost.Mia)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_list_is_read_to_its_end()
    {
        host.World.PageSize = 1;
        (await host.FindAsync("device", "TWICE")).Count.ShouldBe(2);
        host.Vendor.MustHaveBeenAccepted();
    }

    [Theory]
    [InlineData("https://attacker.example/users?$skiptoken=1")]
    [InlineData("http://localhost:1/users")]
    [InlineData("//attacker.example/users")]
    [InlineData("ftp://127.0.0.1/users")]
    public async Task A_list_that_goes_on_elsewhere_is_not_followed(string link)
    {
        Replace("GET /users", VendorReply.Ok($$"""{"value":[],"@odata.nextLink":"{{link}}"}"""));
        (await host.Connector.FindAsync(host.Contoso, "user", "x", GraphHost.Token))
            .ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Refused>().Code.ShouldBe("foreign-page");
        host.Calls.Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_list_that_never_ends_is_given_up_on()
    {
        Replace("GET /users", VendorReply.Ok($$"""{"value":[],"@odata.nextLink":"{{host.Vendor.Address}}users?$skiptoken=1"}"""));
        (await host.Connector.FindAsync(host.Contoso, "user", "x", GraphHost.Token))
            .ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Unknown>().Message.ShouldContain("does not end");
    }

    [Fact]
    public async Task A_Graph_that_is_not_there_did_nothing()
    {
        var nowhere = host.Connect("contoso", GraphHost.ContosoId, ("Address", "http://127.0.0.1:1/"));
        (await host.ActAsync("user.disable", host.User(), nowhere)).ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>().Message.ShouldBe(
            "The vendor cannot be reached.");
    }

    private void Replace(string part, VendorReply reply)
    {
        var usual = host.Vendor.Answers;
        host.Vendor.Answers = request => $"{request.Method} {request.Path}".Contains(part, StringComparison.Ordinal) ? reply : usual(request);
    }
}
