using DevOpsAI.Bot.Hosting;

namespace DevOpsAI.Tests.Hosting;

public sealed class UsageTests : IDisposable
{
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    [Theory]
    [InlineData("--help")]
    [InlineData("help")]
    [InlineData("-h")]
    public async Task Whoever_asks_for_help_gets_the_commands(string word)
    {
        (await Usage.TryRunAsync([word], output, error)).ShouldBe(0);
        output.ToString().ShouldContain("ledger --help");
    }

    [Fact]
    public async Task A_mistyped_command_starts_no_bot()
    {
        (await Usage.TryRunAsync(["ledgr", "verify"], output, error)).ShouldBe(2);
        error.ToString().ShouldContain("'ledgr'");
        error.ToString().ShouldContain("ledger --help");
    }

    [Theory]
    [InlineData]
    [InlineData("--urls", "http://localhost:4000")]
    [InlineData("--Teams:AppId=x")]
    [InlineData("/urls", "http://localhost:4000")]
    [InlineData("urls=http://localhost:4000")]
    public async Task Settings_start_the_bot(params string[] args) => (await Usage.TryRunAsync(args, output, error)).ShouldBeNull();

    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
    }
}
