using System.Globalization;
using Microsoft.Extensions.Options;

namespace DevOpsAI.LocalTeams.People;

/// <summary>
/// On the very first start: the bot is installed in the team and the chats, and Alex Admin links three channels, so that a newcomer's
/// first alert has somewhere to go. Each thing is remembered once the bot has answered, so a restart neither repeats nor skips it. On a
/// later start elsewhere the bot is told the new address, as by every activity, and need not wait for somebody to say something.
/// </summary>
internal sealed partial class Seeder(
    MessageStore store, Addresses addresses, ClientSession session, Activities activities, FirstDeliveries bot,
    IOptions<LocalTeamsOptions> options, TimeProvider clock, ILogger<Seeder> logger) : BackgroundService
{
    private const string ToldAddress = "told address";

    private static readonly (string Channel, string Tenant)[] Links =
        [("19:local-contoso@thread.tacv2", "contoso"), ("19:local-escalations@thread.tacv2", "contoso escalation"),
            ("19:local-fabrikam@thread.tacv2", "fabrikam")];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
            return;
        try
        {
            await bot.UntilThereAsync(stoppingToken);
            var admin = LocalDirectory.FindPerson("alex")!;
            await TellAddressAsync(admin, stoppingToken);
            await InstallAsync(admin, LocalDirectory.Channels[0], stoppingToken);
            await InstallAsync(admin, LocalDirectory.GroupChat, stoppingToken);
            foreach (var chat in LocalDirectory.PersonalChats)
                await InstallAsync(chat.Owner!, chat, stoppingToken);
            foreach (var (channel, client) in Links)
                await LinkAsync(admin, LocalDirectory.FindPlace(channel)!, client, stoppingToken);
            store.SetFlag(ToldAddress, addresses.ServiceUrl);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped before the bot was there: the next start goes on from what is remembered.
        }
    }

    /// <summary>Where nothing is installed yet, the installs tell it.</summary>
    private async Task TellAddressAsync(LocalUser by, CancellationToken cancellationToken)
    {
        if (store.Flag(ToldAddress) == addresses.ServiceUrl || store.Flag(InstalledIn(LocalDirectory.Channels[0])) is null)
            return;
        foreach (var place in LocalDirectory.Places)
        {
            var news = activities.Updated(place.Owner ?? by, place);
            await bot.DeliverAsync(news, cancellationToken);
        }
        LogMoved(addresses.ServiceUrl);
    }

    private async Task InstallAsync(LocalUser by, LocalConversation place, CancellationToken cancellationToken)
    {
        var done = InstalledIn(place);
        if (store.Flag(done) is not null)
            return;
        await bot.DeliverAsync(activities.Installed(by, place), cancellationToken);
        await bot.DeliverAsync(activities.BotAdded(by, place), cancellationToken);
        store.SetFlag(done, Now);
        LogInstalled(place.Name);
    }

    private async Task LinkAsync(LocalUser admin, LocalConversation channel, string client, CancellationToken cancellationToken)
    {
        var done = $"linked {client}";
        if (store.Flag(done) is not null)
            return;
        var typed = $"typed link {client}";
        var message = store.Flag(typed) is { } id ? store.Find(channel.Id, id) : null;
        if (message is null)
        {
            message = session.Write(admin, new Address(channel, null), $"@{LocalDirectory.BotName} link {client}");
            store.SetFlag(typed, message.Id);
        }

        await bot.UntilTakenAsync(async () => (await session.DeliverAsync(admin, message, cancellationToken)).Trouble is null,
            cancellationToken);
        store.SetFlag(done, Now);
        LogLinked(channel.Name, client);
    }

    private static string InstalledIn(LocalConversation place) => $"installed {place.Id}";

    private string Now => clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);

    [LoggerMessage(
        EventId = 7107, Level = LogLevel.Information, Message = "Local Teams: the bot was told that it is now called back at {Address}")]
    private partial void LogMoved(string address);

    [LoggerMessage(EventId = 7103, Level = LogLevel.Information, Message = "Local Teams: bot installed in {Place}")]
    private partial void LogInstalled(string place);

    [LoggerMessage(EventId = 7104, Level = LogLevel.Information, Message = "Local Teams: channel {Channel} linked to {Client}")]
    private partial void LogLinked(string channel, string client);
}
