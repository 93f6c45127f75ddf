using System.Text.Encodings.Web;
using System.Text.Json;
using DevOpsAI.Common;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>Writes the findings, a line each.</summary>
internal sealed class SetupReport(TextWriter output, bool json, SecretMask mask)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private sealed record Line(string Check, string Status, string Message);

    /// <summary>Returns how many things are missing.</summary>
    public async Task<int> WriteAsync(IReadOnlyList<(string Check, SetupFinding Finding)> findings)
    {
        var lines = findings.Select(one => new Line(one.Check, GetWord(one.Finding.Status), GetText(one.Finding.Message))).ToList();
        var width = lines.Max(static line => line.Check.Length);
        foreach (var line in lines)
            await output.WriteLineAsync(json
                ? JsonSerializer.Serialize(line, Json)
                : $"{line.Status,-7}  {line.Check.PadRight(width)}  {line.Message}");
        var missing = findings.Count(static one => one.Finding.Status == SetupStatus.Missing);
        if (!json)
            await output.WriteLineAsync(GetSummary(missing));
        return missing;
    }

    private string GetText(string message) => LogText.OneLine(mask.Hide(message), LogText.MaxOfExceptionLength);

    private static string GetWord(SetupStatus status) => status switch
    {
        SetupStatus.Ok => "ok",
        SetupStatus.Missing => "missing",
        _ => "skipped",
    };

    private static string GetSummary(int missing) => missing switch
    {
        0 => "Ready.",
        1 => "1 thing is missing.",
        _ => $"{missing} things are missing.",
    };
}
