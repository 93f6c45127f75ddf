using DevOpsAI.Bot.Commands;
using DevOpsAI.Bot.Hosting;

if (await LedgerCommands.TryRunAsync(args) is { } exitCode)
    return exitCode;

await using var app = BotHost.Build(args);
return await BotHost.RunAsync(app);
