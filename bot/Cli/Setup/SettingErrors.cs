using DevOpsAI.Bot.Hosting;
using DevOpsAI.Bot.Hosting.Settings;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>Every mistake in the settings, as a start finds them.</summary>
internal sealed record SettingErrors(IReadOnlyList<SettingError> All)
{
    public static SettingErrors Find(IServiceProvider services)
    {
        try
        {
            return new(SettingsCheck.FindErrors(services));
        }
        catch (Exception cannotRead) when (BotHost.StartProblems(cannotRead) is { Count: > 0 } why)
        {
            return new([.. why.Select(static one => new SettingError(SettingArea.Settings, one))]);
        }
    }
}

/// <summary>Tells the mistakes of one area.</summary>
/// <param name="ok">What is so when there are none.</param>
internal sealed class SettingsOfAreaCheck(string name, SettingArea area, string ok, SettingErrors errors) : ISetupCheck
{
    public string Name => name;

    public Task<IReadOnlyList<SetupFinding>> RunAsync(CancellationToken cancellationToken) => Task.FromResult(SetupFinding.From(
        errors.All.Where(error => error.Area == area).SelectMany(static error => GetLines(error.Message)), ok));

    /// <summary>
    /// Mistakes in runbooks come as a heading that ends with a colon, and a line for each. Another message with several lines quotes a
    /// value that has them, which is what is wrong with it.
    /// </summary>
    private static IEnumerable<string> GetLines(string message) =>
        message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [[.., ':'], _, ..] lines
            ? lines.Skip(1)
            : [message.ReplaceLineEndings("\\n")];
}
