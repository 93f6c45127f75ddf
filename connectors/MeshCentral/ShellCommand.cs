using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DevOpsAI.Connectors.MeshCentral;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Null when its end was not seen.</param>
/// <param name="Output">What it wrote, to either stream; the device's and untrusted.</param>
internal sealed record ShellResult(int? ExitCode, string Output);

/// <summary>
/// One line for the shell of a device. MeshCentral tells no exit code and may lose what is written to the second stream, so the line is run
/// by a shell of its own between two marks, both streams in one. Our operation stands in the marks, which the server's log keeps.
/// </summary>
internal sealed partial class ShellCommand
{
    private const int PowerShell = 2;
    private const int Shell = 3;
    private readonly string mark;
    private readonly int type;
    private readonly string script;

    public ShellCommand(string line, string operationId, bool isWindows)
    {
        Id = Guid.NewGuid().ToString("N");
        mark = $"devopsai-{NotPlain().Replace(operationId, "")}-{Id}";
        type = isWindows ? PowerShell : Shell;
        script = isWindows ? ForPowerShell(line) : ForShell(line);
    }

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
        var isTold = int.TryParse(code, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exit);
        return new(isTold ? exit : null, result[from..end]);
    }

    private string ForShell(string line) =>
        $"echo '{mark} begins'\nsh -c '{line.Replace("'", "'\\''", StringComparison.Ordinal)}' </dev/null 2>&1\necho \"{mark} ended $?\"";

    private string ForPowerShell(string line)
    {
        var quoted = new StringBuilder();
        foreach (var c in line)
        {
            // PowerShell ends a text in single quotes at a typographic quote as well.
            if (c is '\'' or '\u2018' or '\u2019' or '\u201A' or '\u201B')
                quoted.Append(c);
            quoted.Append(c);
        }
        return $"'{mark} begins'; $global:LASTEXITCODE = 0; try {{ Invoke-Expression '{quoted}' 2>&1 | Out-String -Width 200 }} "
            + $"catch {{ \"$_\"; $global:LASTEXITCODE = 1 }}; \"{mark} ended $LASTEXITCODE\"";
    }

    [GeneratedRegex("[^A-Za-z0-9-]", RegexOptions.NonBacktracking)]
    private static partial Regex NotPlain();
}
