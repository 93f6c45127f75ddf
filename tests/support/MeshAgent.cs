using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.Support;

/// <summary>
/// MeshCentral's own agent on this machine. It runs as nobody when the tests are root's, so that no order to restart could reach the
/// machine; tests send none to it all the same.
/// </summary>
public sealed class MeshAgent : IDisposable
{
    private const string Dropper = "/usr/bin/setpriv";
    private const string Nobody = "65534";
    private readonly Process process;
    private readonly string folder;

    private MeshAgent(Process process, string folder, string device) => (this.process, this.folder, Device) = (process, folder, device);

    /// <summary>The id of the device at the server.</summary>
    public string Device { get; }

    /// <summary>Why no agent can be run on this machine; null when one can.</summary>
    public static string? Missing()
    {
        if (!OperatingSystem.IsLinux() || Kind() is null)
            return "MeshCentral's agent is run on Linux on x64 and ARM64 only";
        return Environment.IsPrivilegedProcess && !File.Exists(Dropper)
            ? "there is no setpriv to run MeshCentral's agent as nobody with"
            : null;
    }

    internal static async Task<MeshAgent> StartAsync(
        MeshCentralClient administrator, Uri server, string certificate, string group, string name)
    {
        var folder = Directory.CreateTempSubdirectory("meshagent-").FullName;
        var everybody = (UnixFileMode)0x1FF;
#pragma warning disable CA1416 // Missing() says before that it is Linux.
        File.SetUnixFileMode(folder, everybody);
        var program = Path.Combine(folder, "meshagent");
        using (var handler = new SocketsHttpHandler())
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, given, _, _) =>
                given is not null && Convert.ToHexStringLower(SHA256.HashData(given.GetRawCertData())) == certificate;
            using var http = new HttpClient(handler) { BaseAddress = server, Timeout = Hang.Limit };
            await File.WriteAllBytesAsync(program, await http.GetByteArrayAsync($"meshagents?id={Kind()}"));
            await File.WriteAllBytesAsync(
                Path.Combine(folder, "meshagent.msh"),
                await http.GetByteArrayAsync($"meshsettings?id={Uri.EscapeDataString(group["mesh//".Length..])}"));
        }
        File.SetUnixFileMode(program, everybody);
#pragma warning restore CA1416
        var known = await DevicesAsync(administrator, group);
        var process = Process.Start(Run(program, folder))!;
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        using var bound = new CancellationTokenSource(Hang.Limit);
        string device;
        while ((device = (await DevicesAsync(administrator, group)).Except(known).FirstOrDefault() ?? "").Length == 0)
            await Task.Delay(100, bound.Token);
        await administrator.AskAsync(
            new() { ["action"] = "changedevice", ["nodeid"] = device, ["name"] = name },
            message => message["event"]?["action"]?.ToString() == "changenode" && message["event"]!["node"]?["name"]?.ToString() == name);
        return new(process, folder, device);
    }

    public void Kill()
    {
        if (process.HasExited)
            return;
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Devices of the group whose agent is connected.</summary>
    private static async Task<IReadOnlyList<string>> DevicesAsync(MeshCentralClient administrator, string group)
    {
        var answer = await administrator.AskAsync(new() { ["action"] = "nodes", ["meshid"] = group });
        return [.. (answer["nodes"]![group]?.AsArray() ?? []).OfType<JsonObject>()
            .Where(static node => node["conn"]?.GetValue<int>() is 1 && node["osdesc"] is not null)
            .Select(static node => node["_id"]!.GetValue<string>())];
    }

    private static ProcessStartInfo Run(string program, string folder)
    {
        var start = new ProcessStartInfo("timeout") { WorkingDirectory = folder, RedirectStandardOutput = true, UseShellExecute = false };
        string[] asNobody = Environment.IsPrivilegedProcess
            ? [Dropper, $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "--no-new-privs"]
            : [];
        foreach (var argument in (string[])["1800", .. asNobody, program, "run"])
            start.ArgumentList.Add(argument);
        return start;
    }

    /// <summary>As the server numbers its agents.</summary>
    private static string? Kind() => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "6",
        Architecture.Arm64 => "26",
        _ => null,
    };
}
