namespace DevOpsAI.Bot.Cli.Setup;

internal static class LocalModeMessages
{
    public const string NotAsked = "Teams:AppId is not set: Local Teams takes the place of Teams.";
}
