using DevOpsAI.Bot.Cli;
using DevOpsAI.Bot.Cli.Setup;
using DevOpsAI.Bot.Hosting;

if (await LedgerCommands.TryRunAsync(args) is { } exitCode)
    return exitCode;
if (await WitnessCommand.TryRunAsync(args) is { } witnessed)
    return witnessed;

if (await KeyCommands.TryRunAsync(args) is { } vaultExitCode)
    return vaultExitCode;
if (await ManifestCommands.TryRunAsync(args) is { } packaged)
    return packaged;

if (await ConnectorCommands.TryRunAsync(args) is { } connected)
    return connected;
if (await SetupCommand.TryRunAsync(args) is { } checkedExitCode)
    return checkedExitCode;

return await Usage.TryRunAsync(args, Console.Out, Console.Error) ?? await BotHost.RunAsync(args);
