using DevOpsAI.Connections;
using DevOpsAI.Execution;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;

namespace DevOpsAI.Tests.Core.Execution;

/// <summary>What a vendor says of the bot's own actions is no news; what merely names one is.</summary>
public sealed class OperationEchoTests
{
    private static async Task<ExecutionScene> RunAsync()
    {
        var scene = new ExecutionScene();
        await scene.ApproveAsync(ExecutionScene.TurnOn("one"));
        await scene.RunUntilDoneAsync();
        return scene;
    }

    private static async Task<string?> FindAsync(
        ExecutionScene scene, string? operation, TimeSpan after = default, string connection = "contoso-scripted", string title = "It is on",
        string? device = "HALL") =>
        await new OperationEchoes(new TenantStates(scene.Ledger, CoreFeatures.Catalog)).FindAsync(
            ExecutionScene.Contoso, connection,
            new(
                "s-9", EventStatus.Firing, Severity.Error, "LampChanged", device, title, title, "a-9", scene.Clock.GetUtcNow() + after,
                new Dictionary<string, string> { ["note"] = title }) { Operation = operation },
            TestContext.Current.CancellationToken);

    [Fact]
    public async Task An_event_of_an_action_that_was_sent_is_its_echo()
    {
        using var scene = await RunAsync();
        var operation = scene.Vendor.Effects.ShouldHaveSingleItem().Operation;
        (await FindAsync(scene, operation)).ShouldBe(operation);
        (await FindAsync(scene, operation, TimeSpan.FromSeconds(-30))).ShouldBe(operation);
    }

    [Fact]
    public async Task What_happened_before_the_run_or_a_while_after_it_is_news_though_it_carries_the_operation()
    {
        using var scene = await RunAsync();
        var operation = scene.Vendor.Effects.ShouldHaveSingleItem().Operation;
        (await FindAsync(scene, operation, TimeSpan.FromMinutes(2))).ShouldBeNull("somebody answered");
        (await FindAsync(scene, operation, TimeSpan.FromHours(-2))).ShouldBeNull();
    }

    [Theory]
    [InlineData("CON-1001-x1-1")]
    [InlineData("CON-1001-x1-0-r")]
    [InlineData("CON-1001-x2-0")]
    [InlineData("CON-9999-x1-0")]
    [InlineData("Re: CON-1001-x1-0")]
    [InlineData("CON-1001-x1-0 is what the bot did")]
    [InlineData("con-1001-x1-0")]
    [InlineData("-x1-0")]
    [InlineData("")]
    public async Task An_operation_that_was_never_sent_is_news(string operation)
    {
        using var scene = await RunAsync();
        (await FindAsync(scene, operation)).ShouldBeNull();
    }

    [Fact]
    public async Task What_is_about_another_device_is_news_though_it_carries_the_operation()
    {
        using var scene = await RunAsync();
        var operation = scene.Vendor.Effects.ShouldHaveSingleItem().Operation;
        (await FindAsync(scene, operation, device: "SRV-OTHER")).ShouldBeNull();
        (await FindAsync(scene, operation, device: null)).ShouldBe(operation);
    }

    [Fact]
    public async Task A_text_that_quotes_the_operation_and_an_event_over_another_connection_are_news()
    {
        using var scene = await RunAsync();
        var operation = scene.Vendor.Effects.ShouldHaveSingleItem().Operation;
        (await FindAsync(scene, null, title: $"Re: ({operation}) it is off again!")).ShouldBeNull();
        (await FindAsync(scene, operation, connection: "contoso-psa")).ShouldBeNull("a PSA that says so did not do it");
    }
}
