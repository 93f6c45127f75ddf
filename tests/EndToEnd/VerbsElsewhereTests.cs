using System.Diagnostics;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>The program as it is installed: beside its settings, and started from wherever somebody happens to be.</summary>
public sealed class VerbsElsewhereTests
{
    [Theory]
    [InlineData("ledger", "export", "--tenant", "fabrikam", "--out", "never.zip")]
    [InlineData("erase", "--tenant", "fabrikam", "--subject", "jo@fabrikam.example")]
    public async Task A_verb_knows_the_settings_beside_the_program_wherever_it_is_started(params string[] verb)
    {
        var cancel = TestContext.Current.CancellationToken;
        var elsewhere = Directory.CreateTempSubdirectory("elsewhere-").FullName;
        var start = new ProcessStartInfo("dotnet")
            { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = elsewhere };
        foreach (var argument in (string[])[Places.Program, .. verb])
            start.ArgumentList.Add(argument);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["Storage__Path"] = elsewhere;
        // The region is in the environment, the client in the file: only together do they say that it is not to be touched here.
        start.Environment["Tenants__fabrikam__Region"] = "eu";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
        await process.WaitForExitAsync(cancel);
        (await error).ShouldContain("Fabrikam Inc is kept in region eu", customMessage: await output);
        process.ExitCode.ShouldBe(2);
        Directory.Delete(elsewhere, recursive: true);
    }
}
