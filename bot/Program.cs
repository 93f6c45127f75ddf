using DevOpsAI.Bot.Commands;
using DevOpsAI.Bot.Hosting;

if (await LedgerCommands.TryRunAsync(args) is { } exitCode)
    return exitCode;
if (await WitnessCommand.TryRunAsync(args) is { } witnessed)
    return witnessed;

return await BotHost.RunAsync(args);
