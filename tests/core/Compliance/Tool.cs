using System.Diagnostics;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Compliance;

/// <summary>Programs of other makers that judge what we write; a test that needs one that is missing is skipped and says so.</summary>
internal static class Tool
{
    private static readonly Lazy<string> AjvFolder = new(Install);

    /// <summary>Folder of this suite in the source tree.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "core", "Compliance");

    /// <summary>Validates with ajv: pairs of schema and document.</summary>
    public static async Task<(int Code, string Output)> AjvAsync(params string[] pairs)
    {
        var folder = AjvFolder.Value;
        return await RunAsync("node", [Path.Combine(folder, "validate.js"), .. pairs], folder);
    }

    public static async Task<(int Code, string Output)> RunAsync(string program, IEnumerable<string> arguments, string? folder = null)
    {
        using var process = Start(program, arguments, folder ?? Folder);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }

    private static Process Start(string program, IEnumerable<string> arguments, string folder)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{program} is not on this machine.");
            throw;
        }
    }

    private static string Install()
    {
        var folder = Path.Combine(Folder, "ajv");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "ajv")))
        {
            using var install = Start("npm", ["ci", "--no-audit", "--no-fund", "--silent"], folder);
            install.WaitForExit();
            Assert.SkipWhen(install.ExitCode != 0,
                "npm ci failed in tests/core/Compliance/ajv; the second opinion needs the npm registry.");
        }
        return folder;
    }
}
