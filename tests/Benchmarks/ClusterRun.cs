using System.Diagnostics;
using System.Globalization;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Benchmarks;

/// <summary>
/// The long form of the cluster test: ten minutes of random kills. Its checks are those of <c>tests/EndToEnd/Cluster</c>.
/// </summary>
internal sealed class ClusterRun : IBenchmark
{
    public string Verb => "cluster";

    public async Task<IReadOnlyList<Measured>> RunAsync(bool quick)
    {
        var seconds = quick ? 60 : 600;
        var start = new ProcessStartInfo("dotnet")
            { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in (string[])["run", "-c", "Release", "--project", "tests/EndToEnd", "--", "-noLogo", "-noColor",
            "-showLiveOutput", "-class", "*ClusterTests"])
            start.ArgumentList.Add(argument);
        start.Environment["CLUSTER_SECONDS"] = seconds.ToString(CultureInfo.InvariantCulture);
        using var test = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        while (await test.StandardOutput.ReadLineAsync() is { } line)
            await Console.Error.WriteLineAsync(line);
        await test.WaitForExitAsync();
        return [Measured.AtMost("Three bots, random kills: checks that failed", test.ExitCode == 0 ? 0 : 1, "failures", 0,
            new Dictionary<string, double> { ["seconds of kills"] = seconds })];
    }
}
