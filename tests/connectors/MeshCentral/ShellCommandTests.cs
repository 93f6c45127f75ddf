using System.Diagnostics;
using DevOpsAI.Connectors.MeshCentral;

namespace DevOpsAI.Tests.Connectors.MeshCentral;

/// <summary>What a device of a Unix kind is given to run, run by the shell of this machine.</summary>
public sealed class ShellCommandTests
{
    [Theory]
    [InlineData("echo hello", 0, "hello")]
    [InlineData("echo 'it'\"'\"'s' 1>&2; exit 3", 3, "it's")]
    [InlineData("cat; echo done", 0, "done")]
    [InlineData("no-such-command-here", 127, null)]
    [InlineData("exit 124", 124, "")]
    public async Task A_command_tells_its_output_and_its_code(string line, int code, string? output)
    {
        var result = await RunAsync(new(line, "op-1", isWindows: false));
        result.ExitCode.ShouldBe(code);
        result.IsLate.ShouldBeFalse();
        if (output is not null)
            result.Output.Trim().ShouldBe(output);
    }

    [Theory]
    [InlineData("echo begun; sleep 1000; echo never")]
    [InlineData("echo begun; trap '' TERM; while :; do sleep 1; done")]
    public async Task A_command_that_does_not_end_is_ended(string line)
    {
        var result = await RunAsync(new(line, "op-1", isWindows: false, TimeSpan.FromSeconds(1)));
        result.IsLate.ShouldBeTrue();
        result.ExitCode.ShouldBeNull();
        result.Output.ShouldContain("begun");
        result.Output.ShouldNotContain("never");
    }

    private static async Task<ShellResult> RunAsync(ShellCommand command)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh")
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        await shell.StandardInput.WriteAsync($"{command.Script}\n");
        shell.StandardInput.Close();
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return command.Read(output);
    }
}
