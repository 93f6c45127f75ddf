using System.Diagnostics;
using System.Reflection;

namespace DevOpsAI.Tests.Infra;

/// <summary>What the compiler said.</summary>
/// <param name="Said">Its findings, one a line; empty when there are none.</param>
internal sealed record BicepRun(int Code, string Output, string Said);

/// <summary>
/// The Bicep compiler as Azure's own tools bring it. It knows Azure's types, so a property that a resource does not have is found here and
/// not by a deployment.
/// </summary>
internal static class BicepCompiler
{
    private static readonly TimeSpan MaxRun = TimeSpan.FromMinutes(3);

    private static readonly Lazy<string?> Executable = new(Prepare);

    private static void SkipWhereThereIsNone() => Assert.SkipWhen(
        Executable.Value is null, "The Bicep compiler comes for Linux on x64 alone, by the package Azure.Bicep.CommandLine.linux-x64.");

    /// <param name="environment">Variables that a parameters file reads.</param>
    public static async Task<BicepRun> RunAsync(IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        SkipWhereThereIsNone();
        var start = new ProcessStartInfo(Executable.Value!, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(MaxRun);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(late.Token);
            var said = process.StandardError.ReadToEndAsync(late.Token);
            await process.WaitForExitAsync(late.Token);
            return new(process.ExitCode, await output, (await said).Trim());
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static string? Prepare()
    {
        var path = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static one => one.Key == "BicepCompiler").Value!;
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess || !File.Exists(path))
            return null;
        var mode = File.GetUnixFileMode(path);
        if (!mode.HasFlag(UnixFileMode.UserExecute))
            File.SetUnixFileMode(path, mode | UnixFileMode.UserExecute);
        return path;
    }
}
