using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace DevOpsAI.Tests.Support;

/// <summary>
/// Prism, which judges requests by a vendor's description, in a process of its own on 127.0.0.1; one for each description, ended with this
/// process. The descriptions are the vendors' own and not in this repository: they are looked for in <c>shared/vendors/openapi</c> beside
/// it, or where <c>DEVOPSAI_VENDOR_APIS</c> says.
/// </summary>
public sealed partial class PrismServer
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(2);
    private static readonly ConcurrentDictionary<string, Lazy<Task<(PrismServer? Server, string? Missing)>>> Started = new();
    private readonly Process process;

    private PrismServer(Process process, Uri address)
    {
        (this.process, Address) = (process, address);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => End();
    }

    public Uri Address { get; }

    private static string Folder => Path.Combine(Repository.Root, "tests", "support", "prism");

    private static string Descriptions => Environment.GetEnvironmentVariable("DEVOPSAI_VENDOR_APIS")
        ?? Path.Combine(Directory.GetParent(Repository.Root)!.FullName, "shared", "vendors", "openapi");

    /// <summary>The path of a description; null when it is not on this machine.</summary>
    public static string? FindDescription(string description) =>
        Path.Combine(Descriptions, description) is var file && File.Exists(file) ? file : null;

    /// <param name="description">File name, as in <c>ninjaone.judge.json</c>.</param>
    /// <returns>The server, or why there is none on this machine.</returns>
    public static Task<(PrismServer? Server, string? Missing)> ForAsync(string description) =>
        Started.GetOrAdd(description, static file => new(() => StartAsync(file))).Value;

    private static async Task<(PrismServer? Server, string? Missing)> StartAsync(string description)
    {
        if (FindDescription(description) is not { } file)
            return (null, $"the vendor's description {description} is not on this machine");
        if (!await NpmPackages.InstallAsync(Folder))
            return (null, "Prism cannot be installed: there is no npm, or its packages cannot be had");
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (var argument in (string[])["judge.js", file, "0"])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        using var bound = new CancellationTokenSource(StartsWithin);
        while (await process.StandardOutput.ReadLineAsync(bound.Token) is { } line)
        {
            if (Listening().Match(line) is not { Success: true } match)
                continue;
            // It goes on writing a line for each request.
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return (new(process, new(match.Groups["address"].Value)), null);
        }
        throw new InvalidOperationException($"Prism ended without listening, given {description}.");
    }

    private void End()
    {
        if (!process.HasExited)
            process.Kill();
    }

    [GeneratedRegex(@"listening on (?<address>http://127\.0\.0\.1:[1-9][0-9]*)", RegexOptions.NonBacktracking)]
    private static partial Regex Listening();
}
