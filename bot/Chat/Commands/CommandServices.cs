namespace DevOpsAI.Bot.Chat.Commands;

public static class CommandServices
{
    /// <summary>What people can tell the bot, in the order of the help.</summary>
    public static IServiceCollection AddChatCommands(this IServiceCollection services) => services
        .AddChatCommand<HelpCommand>()
        .AddChatCommand<PendingCommand>()
        .AddChatCommand<ShowCommand>()
        .AddChatCommand<WhyCommand>()
        .AddChatCommand<UndoCommand>()
        .AddChatCommand<RedraftCommand>()
        .AddChatCommand<LinkCommand>()
        .AddChatCommand<UnlinkCommand>()
        .AddChatCommand<FreezeCommand>()
        .AddChatCommand<UnfreezeCommand>()
        .AddChatCommand<AssignCommand>()
        .AddChatCommand<UnassignCommand>()
        .AddChatCommand<ConnectCommand>()
        .AddChatCommand<DisconnectCommand>()
        .AddChatCommand<EnableCommand>()
        .AddChatCommand<DisableCommand>()
        .AddChatCommand<ConnectorsCommand>()
        .AddChatCommand<AbsentCommand>()
        .AddChatCommand<BackCommand>()
        .AddChatCommand<EraseCommand>()
        .AddChatCommand<DigestCommand>()
        .AddChatCommand<IdentifyCommand>()
        .AddChatCommand<UnidentifyCommand>()
        .AddChatCommand<CheckpointCommand>()
        .AddChatCommand<WhoAmICommand>()
        .AddChatCommand<ClaimCommand>()
        .AddChatCommand<DecideInWordsCommand>()
        .AddChatCommand<StopCommand>();
}
