using DevOpsAI.Bot.Cli;
using Microsoft.Extensions.Configuration;

namespace DevOpsAI.Tests.Bot.Commands;

/// <summary>Runs a verb of the bot as its command line does.</summary>
internal static class Verb
{
    /// <param name="root">The bot's folder: relative paths of the settings start there.</param>
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        string root, IEnumerable<KeyValuePair<string, string?>> settings, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var stop = TestContext.Current.CancellationToken;
        var code = args[0] switch
        {
            "ledger" => await LedgerCommands.RunAsync(args, configuration, root, output, error, stop),
            "manifest" => await ManifestCommands.RunAsync(args, configuration, root, output, error, stop),
            _ => await KeyCommands.RunAsync(args, configuration, root, output, error, stop),
        };
        return (code, output.ToString(), error.ToString());
    }
}
