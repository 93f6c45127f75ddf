using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DevOpsAI.Connectors.MeshCentral;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Null when its end was not seen, or it had none.</param>
/// <param name="Output">What it wrote, to either stream; the device's and untrusted.</param>
/// <param name="IsLate">It took too long and was ended on the device.</param>
internal sealed record ShellResult(int? ExitCode, string Output, bool IsLate = false);

/// <summary>
/// One line for the shell of a device. MeshCentral tells no exit code and may lose what is written to the second stream, so the line is run
/// by a shell of its own between two marks, both streams in one. Our operation stands in the marks, which the server's log keeps. An agent
/// runs one command at a time and lets none be ended from outside, so the device itself ends one that takes too long: it would be busy for
/// everybody until its next start.
/// </summary>
internal sealed partial class ShellCommand
{
    /// <summary>How long a command may take.</summary>
    public static readonly TimeSpan RunsFor = TimeSpan.FromSeconds(100);

    private const int PowerShell = 2;
    private const int Shell = 3;
    private readonly string mark;
    private readonly int type;
    private readonly string script;

    public ShellCommand(string line, string operationId, bool isWindows, TimeSpan? runsFor = null)
    {
        var seconds = ((int)(runsFor ?? RunsFor).TotalSeconds).ToString(CultureInfo.InvariantCulture);
        Id = Guid.NewGuid().ToString("N");
        mark = $"devopsai-{NotPlain().Replace(operationId, "")}-{Id}";
        type = isWindows ? PowerShell : Shell;
        script = isWindows ? ForPowerShell(line, seconds) : ForShell(line, seconds);
    }

    /// <summary>What the shell is given.</summary>
    public string Script => script;

    /// <summary>Tells the answer from those of other sessions, which come to this one too.</summary>
    public string Id { get; }

    public JsonObject Request(string device) => new()
    {
        ["action"] = "runcommands",
        ["nodeids"] = new JsonArray(device),
        ["type"] = type,
        ["cmds"] = script,
        ["runAsUser"] = 0,
        ["reply"] = true,
        ["responseid"] = Id,
    };

    /// <summary>Whether a line of the device's console says that the command has begun.</summary>
    public bool Begins(string console) => console.Contains($"{mark} begins", StringComparison.Ordinal);

    public ShellResult Read(string result)
    {
        var begin = result.IndexOf($"{mark} begins", StringComparison.Ordinal);
        var from = begin < 0 ? 0 : begin + mark.Length + " begins".Length;
        var end = result.LastIndexOf($"{mark} ended ", StringComparison.Ordinal);
        if (end < from)
            return new(null, result[from..]);
        var code = result.AsSpan(end + mark.Length + " ended ".Length).Trim();
        if (code is "late")
            return new(null, result[from..end], IsLate: true);
        var isTold = int.TryParse(code, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exit);
        return new(isTold ? exit : null, result[from..end]);
    }

    /// <summary>Where the system has no <c>timeout</c>, as macOS, nothing ends the command.</summary>
    private string ForShell(string line, string seconds) => $"""
        echo '{mark} begins'
        begun=$(date +%s)
        limit=
        command -v timeout >/dev/null 2>&1 && limit='timeout -k 5 {seconds}'
        $limit sh -c '{line.Replace("'", "'\\''", StringComparison.Ordinal)}' </dev/null 2>&1
        code=$?
        [ -n "$limit" ] && [ $(($(date +%s) - begun)) -ge {seconds} ] && code=late
        echo "{mark} ended $code"
        """;

    private string ForPowerShell(string line, string seconds)
    {
        var quoted = new StringBuilder();
        foreach (var c in line)
        {
            // PowerShell ends a text in single quotes at a typographic quote as well.
            if (c is '\'' or '\u2018' or '\u2019' or '\u201A' or '\u201B')
                quoted.Append(c);
            quoted.Append(c);
        }
        // In one line, as it is typed into a PowerShell that reads commands. A cmdlet that failed last has no exit code of its own.
        return $"'{mark} begins'; $job = Start-Job -ArgumentList '{quoted}' -ScriptBlock {{ param($line) "
            + "$global:LASTEXITCODE = 0; $global:ok = $true; "
            + "try { . ([scriptblock]::Create($line + [char]10 + '$global:ok = $?')) 2>&1 | Out-String -Width 200 } "
            + "catch { \"$_\"; $global:ok = $false }; if ($LASTEXITCODE -eq 0 -and -not $ok) { $global:LASTEXITCODE = 1 }; "
            + $"\"{mark} ended $LASTEXITCODE\" }}; if (Wait-Job $job -Timeout {seconds}) {{ Receive-Job $job }} "
            + $"else {{ Stop-Job $job; Receive-Job $job; '{mark} ended late' }}; Remove-Job $job -Force";
    }

    [GeneratedRegex("[^A-Za-z0-9-]", RegexOptions.NonBacktracking)]
    private static partial Regex NotPlain();
}
