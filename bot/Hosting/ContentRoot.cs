namespace DevOpsAI.Bot.Hosting;

/// <summary>
/// Where settings are read from, and what paths in them are relative to: the same for the bot and for every verb, wherever they are
/// started.
/// </summary>
internal static class ContentRoot
{
    /// <summary>The folder with <c>appsettings.json</c>: the working directory when it is there, else the program's own.</summary>
    public static string Find() =>
        File.Exists(Path.Combine(Environment.CurrentDirectory, "appsettings.json"))
            ? Environment.CurrentDirectory
            : AppContext.BaseDirectory;
}
