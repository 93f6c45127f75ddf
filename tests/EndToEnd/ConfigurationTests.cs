namespace DevOpsAI.Tests.EndToEnd;

/// <summary>Mistakes in the configuration are told in words, name the setting, and end the bot with code 2.</summary>
public sealed class ConfigurationTests
{
    [Theory]
    [InlineData("Tenants:contoso:Prefix", "c-1", "Tenants:contoso:Prefix")]
    [InlineData("Connections:x:Connector", "sandbox", "Connections:x:Tenant")]
    [InlineData("Connections:contoso-alertmanager:Tenant", "nobody", "there is no tenant 'nobody'")]
    [InlineData("Connections:contoso-alertmanager:Connector", "nope", "there is no connector 'nope'")]
    [InlineData("Access:Roles:contoso:king:0", "77777777-0000-4000-8000-000000000001", "Access:Roles:contoso:king")]
    [InlineData("Access:Local", "everybody", "Access:Local")]
    [InlineData("Storms:Window", "soon", "Storms:Window")]
    [InlineData("Gates:PolicyPath", "/nowhere", "Gates:PolicyPath")]
    [InlineData("Storage:Path", "/proc/nowhere", "/proc/nowhere")]
    [InlineData("Teams:AppId", "abc", "Teams:AppId")]
    [InlineData("ASPNETCORE_URLS", "http://0.0.0.0:0", "Teams:AppId")]
    public async Task A_mistake_is_told_without_a_stack_trace(string setting, string value, string names)
    {
        await using var bot = BotProcess.NotStarted(new() { [setting] = value });
        await bot.RestartAsync(waitUntilReady: false);
        (await bot.WaitForExitAsync(TestContext.Current.CancellationToken)).ShouldBe(2, bot.Output);
        bot.Output.ShouldContain("The bot cannot start.");
        bot.Output.ShouldContain(names);
        bot.Output.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("http://10.0.0.4/", "bm90IGEga2V5", "is plain http")]
    [InlineData("http://localhost:1/", "", "Storage:Cosmos:Key")]
    [InlineData("https://localhost:1/", "env:NO_SUCH_VARIABLE", "env:NO_SUCH_VARIABLE")]
    [InlineData("http://localhost:1/", "bm90IGEga2V5", "http://localhost:1/ cannot be used")]
    public async Task A_database_that_cannot_be_used_is_told_without_a_stack_trace(string endpoint, string key, string says)
    {
        await using var bot = BotProcess.NotStarted(new()
        {
            ["Storage:Provider"] = "Cosmos",
            ["Storage:Cosmos:Endpoint"] = endpoint,
            ["Storage:Cosmos:Key"] = key,
            ["Storage:Cosmos:GiveUpAfter"] = "00:00:02",
        });
        await bot.RestartAsync(waitUntilReady: false);
        (await bot.WaitForExitAsync(TestContext.Current.CancellationToken)).ShouldBe(2, bot.Output);
        bot.Output.ShouldContain("The bot cannot start.");
        bot.Output.ShouldContain(says);
        bot.Output.ShouldNotContain("   at ");
    }
}
