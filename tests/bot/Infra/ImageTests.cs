using System.Diagnostics;
using System.Text.RegularExpressions;

namespace DevOpsAI.Tests.Infra;

/// <summary>The image as <c>infra/Containerfile</c> describes it, and the script that builds it.</summary>
public sealed partial class ImageTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("image-");

    [Fact]
    public void What_runs_has_no_shell_and_is_not_root()
    {
        var lines = Final();

        lines[0].ShouldMatch(@"^FROM mcr\.microsoft\.com/dotnet/aspnet:10\.0-[a-z]+-chiseled-extra$");
        lines.ShouldNotContain(static line => line.StartsWith("RUN ", StringComparison.Ordinal));
        lines.ShouldContain("USER 1654:1654");
        lines.ShouldContain("""ENTRYPOINT ["/app/DevOpsAI.Bot"]""");
        lines.Count(static line => line.StartsWith("VOLUME ", StringComparison.Ordinal)).ShouldBe(1);
        lines.ShouldNotContain(static line => line.StartsWith("HEALTHCHECK", StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_that_is_written_goes_into_the_volume()
    {
        var volume = Final().Single(static line => line.StartsWith("VOLUME ", StringComparison.Ordinal)).Split(' ')[1];
        var variables = Variable().Matches(InfraFolder.Read("Containerfile"))
            .ToDictionary(static one => one.Groups["name"].Value, static one => one.Groups["value"].Value);

        variables["TMPDIR"].ShouldBe(volume);
        variables["Storage__Path"].ShouldStartWith(volume + "/");
        InfraFolder.Read("modules/app.bicep").ShouldContain($"mountPath: '{volume}'");
        InfraFolder.Read("modules/app.bicep").ShouldContain($"value: '{variables["Storage__Path"]}'");
    }

    [Fact]
    public async Task Without_an_engine_the_script_says_so_and_what_else_there_is()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script is for a shell that Windows does not have.");
        var run = await BuildAsync();

        run.Code.ShouldBe(2);
        run.Said.ShouldContain("No image was built: there is no docker or podman on this machine.");
        run.Said.ShouldContain("az acr build");
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("UPPER/Case")]
    [InlineData("name:tag")]
    [InlineData("name another")]
    public async Task A_name_that_is_none_is_refused_before_anything_is_built(string given)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script is for a shell that Windows does not have.");
        Engine("docker", "exit 0");
        var run = await BuildAsync(given.Split(' '));

        run.Code.ShouldBe(2, run.Said);
        run.Said.ShouldStartWith("Usage: infra/build-image.sh [name]");
    }

    [Fact]
    public async Task An_engine_that_does_not_answer_is_told_from_none()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script is for a shell that Windows does not have.");
        Engine("docker", "exit 1");
        var run = await BuildAsync();

        run.Code.ShouldBe(2);
        run.Said.ShouldContain("docker is installed, but its service does not answer.");
    }

    [Fact]
    public async Task It_builds_what_is_committed_with_the_engine_that_answers()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script is for a shell that Windows does not have.");
        var log = Path.Combine(folder.FullName, "log");
        Engine("docker", "exit 1");
        Engine("podman", $"[ $1 = info ] || {{ for last; do :; done; echo \"$@\" >{log}; ls -A \"$last\" >>{log}; }}");
        var run = await BuildAsync("example.azurecr.io/devops-ai-bot");

        run.Code.ShouldBe(0, run.Said);
        var asked = await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken);
        asked[0].ShouldMatch("^build --file .*/infra/Containerfile .*--tag example.azurecr.io/devops-ai-bot:[0-9a-f]{12} ");
        asked.ShouldContain("bot");
        asked.ShouldNotContain(".git");
        asked.ShouldNotContain("artifacts");
    }

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>Lines of what becomes the image, continued ones joined.</summary>
    private static List<string> Final()
    {
        var file = InfraFolder.Read("Containerfile").Replace("\\\n", "", StringComparison.Ordinal);
        return [.. file[file.LastIndexOf("FROM ", StringComparison.Ordinal)..].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private void Engine(string name, string does)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, $"#!/bin/sh\n{does}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    /// <summary>With the programs that the script uses and the engines of this test; others of the machine are out of its sight.</summary>
    private async Task<(int Code, string Said)> BuildAsync(params string[] arguments)
    {
        foreach (var tool in new[] { "bash", "dirname", "git", "mktemp", "rm", "tar", "ls", "sh" })
        {
            var there = new[] { "/usr/bin", "/bin" }.Select(place => Path.Combine(place, tool)).FirstOrDefault(File.Exists);
            if (there is not null)
                File.CreateSymbolicLink(Path.Combine(folder.FullName, tool), there);
        }
        var start = new ProcessStartInfo("/bin/bash", [Path.Combine(InfraFolder.Source, "build-image.sh"), .. arguments])
        {
            RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false,
        };
        start.Environment["PATH"] = folder.FullName;
        start.Environment.Remove("CONTAINER_ENGINE");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2));
        return (process.ExitCode, await output + await said);
    }

    [GeneratedRegex(@"^(?:ENV )? *(?<name>[A-Za-z_]+)=(?<value>\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}
