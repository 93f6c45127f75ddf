using DevOpsAI.Bot.Commands;
using DevOpsAI.Bot.Hosting;

if (await LedgerCommands.TryRunAsync(args) is { } exitCode)
    return exitCode;

return await BotHost.RunAsync(args);
