using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;

namespace DevOpsAI.Tests.Connectors.Sandbox;

/// <summary>The simulated vendor tells who did what, its own console included.</summary>
public sealed class SandboxLogTests : IAsyncLifetime
{
    private SandboxHost host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => host = await SandboxHost.StartAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task What_the_bot_did_is_told_with_its_operation_and_what_a_person_did_with_their_name()
    {
        var start = await ReadAsync(null);
        start.Actions.ShouldBeEmpty();
        var target =
            (await host.Connector.FindAsync(
                host.Connection, "device", "WS-RECEPTION", Token)).ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Done>().Value.Single();
        await host.Connector.ActAsync(host.Connection,
            new("CON-1001-x1-0", "service.start", target, new Dictionary<string, string> { ["service"] = "Spooler" }), Token);
        await ConsoleAsync("WS-RECEPTION");
        var page = await ReadAsync(start.Cursor);
        page.Actions.Select(action => (action.OperationId, action.By, action.WithOurCredentials)).ShouldBe(
            [("CON-1001-x1-0", "API token of contoso-sandbox", true), (null, "Sam Shift (console, simulated)", false)]);
        page.Actions[0].Target.ShouldBe(target);
        page.Actions[0].Arguments.ShouldBe(new Dictionary<string, string> { ["service"] = "Spooler" });
        (await ReadAsync(page.Cursor)).Actions.ShouldBeEmpty();
        (await ReadAsync(page.Cursor)).Cursor.ShouldBe(page.Cursor);
    }

    [Fact]
    public async Task A_long_log_comes_in_parts_and_another_clients_not_at_all()
    {
        var start = await ReadAsync(null);
        for (var number = 0; number < 205; number++)
            await ConsoleAsync(number % 2 == 0 ? "WS-RECEPTION" : "dev-c-107");
        var first = await ReadAsync(start.Cursor);
        (first.Actions.Count, first.More).ShouldBe((200, true));
        var second = await ReadAsync(first.Cursor);
        (second.Actions.Count, second.More).ShouldBe((5, false));
        var foreign = await ((IActionLog)host.Connector).ReadLogAsync(host.Foreign, start.Cursor, Token);
        foreign.ShouldBeOfType<CallOutcome<ActionPage>.Done>().Value.Actions.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2.0")]
    [InlineData("nonsense")]
    [InlineData("1.x; DROP TABLE effects")]
    [InlineData("")]
    public async Task A_place_that_the_log_does_not_have_is_a_gap(string cursor) => (await ReadAsync(cursor)).Gap.ShouldBeTrue();

    [Fact]
    public async Task A_reset_begins_a_new_log_also_across_a_restart()
    {
        var start = await ReadAsync(null);
        await ConsoleAsync("WS-RECEPTION");
        using var reset = await host.Http.PostAsync("sandbox/reset", null, Token);
        reset.EnsureSuccessStatusCode();
        await ConsoleAsync("WS-RECEPTION");
        await host.RestartAsync();
        var page = await ReadAsync(start.Cursor);
        page.Gap.ShouldBeTrue();
        page.Actions.ShouldBeEmpty();
        await ConsoleAsync("WS-RECEPTION");
        (await ReadAsync(page.Cursor)).Actions.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"by\":\"Sam\"}")]
    [InlineData("{\"by\":\"Sam\",\"action\":\"no.such\",\"target\":\"WS-RECEPTION\"}")]
    [InlineData("{\"by\":\"Sam\",\"action\":\"service.stop\",\"target\":\"NOBODY\",\"arguments\":{\"service\":\"Spooler\"}}")]
    public async Task What_cannot_be_done_at_the_console_is_refused_and_not_in_the_log(string request)
    {
        var start = await ReadAsync(null);
        using var result = await host.Http.PostAsJsonAsync("sandbox/console/actions", JsonNode.Parse(request), Token);
        ((int)result.StatusCode).ShouldBeInRange(400, 499);
        (await ReadAsync(start.Cursor)).Actions.ShouldBeEmpty();
    }

    private async Task ConsoleAsync(string target)
    {
        using var result = await host.Http.PostAsJsonAsync(
            "sandbox/console/actions",
            new { by = "Sam Shift", action = "service.restart", target, arguments = new { service = "Spooler" } }, Token);
        result.IsSuccessStatusCode.ShouldBeTrue(await result.Content.ReadAsStringAsync(Token));
    }

    private async Task<ActionPage> ReadAsync(string? cursor) =>
        (await ((IActionLog)host.Connector).ReadLogAsync(
            host.Connection, cursor, Token)).ShouldBeOfType<CallOutcome<ActionPage>.Done>().Value;
}
