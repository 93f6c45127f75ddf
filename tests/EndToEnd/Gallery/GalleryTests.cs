using DevOpsAI.Tests.EndToEnd.LocalTeams;

namespace DevOpsAI.Tests.EndToEnd.Gallery;

/// <summary>
/// What keeps pictures of a real bot as people see it in Local Teams, in <c>artifacts/screenshots</c>: a browser, a bot, a desk.
/// </summary>
public abstract class GalleryTests : IAsyncLifetime
{
    internal const string Disk =
        """{"kind":"DiskSpaceLow","device":"SRV-FILE01","severity":"critical","volume":"C:","title":"Disk C: almost full on SRV-FILE01"}""";

    private protected Browser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Browser = await Browser.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
            await Browser.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected static Task<BotProcess> StartAsync(Dictionary<string, string>? settings = null)
    {
        var all = new Dictionary<string, string>
        {
            // States on the way are to be seen here as soon as they are there.
            ["Cards:PassingFor"] = "00:00:00",
            ["Execution:SettleFor"] = "00:00:01",
            ["Execution:LookEvery"] = "00:00:00.200",
            ["Sandbox:Timeout"] = "00:00:05",
        };
        foreach (var (name, value) in settings ?? [])
            all[name] = value;
        return BotProcess.StartAsync(all);
    }

    private protected static async Task<LocalSession> DeskAsync(BotProcess bot)
    {
        var session = new LocalSession(bot);
        await session.SettledAsync();
        return session;
    }
}
