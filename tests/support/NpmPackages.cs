using System.ComponentModel;
using System.Diagnostics;

namespace DevOpsAI.Tests.Support;

/// <summary>The npm packages of a server for tests, installed when one is first started.</summary>
internal static class NpmPackages
{
    private static readonly SemaphoreSlim Installing = new(1, 1);

    /// <param name="folder">Of the lock file.</param>
    /// <returns>False when there is no npm, or the packages cannot be had.</returns>
    public static async Task<bool> InstallAsync(string folder)
    {
        await Installing.WaitAsync();
        try
        {
            // npm writes this file last, so an interrupted install is done again.
            if (File.Exists(Path.Combine(folder, "node_modules", ".package-lock.json")))
                return true;
            using var npm = Process.Start(
                new ProcessStartInfo("npm", "ci --ignore-scripts --no-audit --no-fund --loglevel=error") { WorkingDirectory = folder });
            await npm!.WaitForExitAsync();
            return npm.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
        finally
        {
            Installing.Release();
        }
    }
}
