using System.Diagnostics;
using System.Globalization;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>Verbs on a medium that takes no more: played with the system's limit on the size of files, as a process of its own.</summary>
public sealed class DiskFullTests
{
    /// <summary>In KiB: what SQLite needs to read, and less than anything that is written here.</summary>
    private const int Limit = 36;

    [Fact]
    public async Task What_cannot_be_written_is_told_with_code_2_and_nothing_is_left_half_written()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux ends a write at a limit without ending the process.");
        await using var bot =
            await BotProcess.StartAsync(new() { ["LocalTeams:Enabled"] = "false", ["Ledger:CheckpointEvery"] = "00:00:10" });
        await using (var teams = await PlayedTeams.StartAsync(bot.Http))
        {
            for (var n = 0; n < 160; n++)
                await teams.SayAsync(n % 2 == 0 ? PlayedTeams.Tara : PlayedTeams.Omar,
                    n % 2 == 0 ? $"freeze contoso because {new string('x', 400)}" : "unfreeze contoso done");
        }
        await Eventually.TrueAsync(
            async () => await bot.VerbAsync("ledger", "checkpoint", "--tenant", "contoso") is (0, var note)
                && long.Parse(note.Split('\n')[1], CultureInfo.InvariantCulture) > 160, () => "all of it signed");
        bot.Kill();
        var folder = Directory.CreateTempSubdirectory("full-").FullName;
        var bundle = Path.Combine(folder, "evidence.zip");

        var (code, output) = await LimitedAsync(bot, "ledger", "export", "--tenant", "contoso", "--with-encrypted", "--out", bundle);
        output.ShouldContain($"{bundle} cannot be written");
        code.ShouldBe(2);
        Directory.GetFiles(folder).ShouldBeEmpty();

        foreach (var verb in (string[][])[["keys", "rotate", "--tenant", "contoso"],
            ["erase", "--tenant", "contoso", "--subject", PlayedTeams.Tara.ObjectId]])
        {
            (code, output) = await LimitedAsync(bot, verb);
            output.ShouldNotContain("   at ");
            output.ShouldNotContain("is not needed any more");
            output.ShouldNotContain("is destroyed");
            code.ShouldBe(2, output);
        }
        (code, output) = await bot.VerbAsync("ledger", "verify", "--tenant", "contoso");
        code.ShouldBe(0, output);

        // With room again, everything works.
        foreach (var (said, verb) in new[]
        {
            ("entries 1 to", (string[])["ledger", "export", "--tenant", "contoso", "--out", bundle]),
            ("is not needed any more", ["keys", "rotate", "--tenant", "contoso"]),
            ("is destroyed", ["erase", "--tenant", "contoso", "--subject", PlayedTeams.Tara.ObjectId]),
        })
        {
            (code, output) = await bot.VerbAsync(verb);
            code.ShouldBe(0, output);
            output.ShouldContain(said);
        }
        await bot.RestartAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Runs a verb that may write no file beyond <see cref="Limit"/>; a write beyond fails as on a full disk.</summary>
    private static async Task<(int ExitCode, string Output)> LimitedAsync(BotProcess bot, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash")
            { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = Places.Bot };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"trap '' XFSZ; ulimit -f {Limit}; exec dotnet \"$@\"");
        start.ArgumentList.Add("verb");
        start.ArgumentList.Add(Places.Program);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["Storage__Path"] = bot.Storage;
        // The runtime keeps its own code in a file otherwise.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using var verb = Process.Start(start)!;
        var text = verb.StandardOutput.ReadToEndAsync();
        var errors = verb.StandardError.ReadToEndAsync();
        await verb.WaitForExitAsync();
        return (verb.ExitCode, await text + await errors);
    }
}
