namespace DevOpsAI.Bot.Hosting;

/// <summary>What the program says to words that are no command: a mistyped one must not start a bot.</summary>
internal static class Usage
{
    private const string Text = """
        Without a command the bot starts; settings are given as --Name:Part=value, or in the environment as Name__Part=value.

          setup       says what is missing before the bot can work: setup check --help
          connectors  lists vendors and what they offer, and tries connections: connectors --help
          ledger      list, verify, prove, export and more: ledger --help
          witness     cosigns checkpoints of other people's ledgers: witness --help
          keys        wraps data keys under the customer's newest key: keys --help
          erase       makes a person's data unreadable for good: erase --help
          manifest    makes and checks the app package for Teams: manifest --help
        """;

    /// <summary>Exit code 0 for help, 2 for a word that is no command; null when the bot should start.</summary>
    /// <param name="args">Those that no verb took.</param>
    public static async Task<int?> TryRunAsync(string[] args, TextWriter output, TextWriter error)
    {
        if (args is ["--help" or "-h" or "-?" or "/?" or "help", ..])
        {
            await output.WriteLineAsync(Text);
            return 0;
        }
        // Settings begin with a dash or a slash, or hold an equals sign.
        if (args is not [{ Length: > 0 } word, ..] || word[0] is '-' or '/' || word.Contains('=', StringComparison.Ordinal))
            return null;
        await error.WriteLineAsync($"There is no command '{word}'.{Environment.NewLine}{Text}");
        return 2;
    }
}
