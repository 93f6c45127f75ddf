using System.Text;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Common;
using DevOpsAI.Ledger;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Hosting;

/// <summary>
/// Leaves the local token where scripts of the same account find it, before the bot listens. Not until every part is made: a second bot
/// on the same folder is refused by then, and does not take the first one's file.
/// </summary>
internal sealed class LocalTokenFile(LocalToken token, IOptions<StorageOptions> storage, IHostEnvironment host) : IHostedService
{
    public const string Name = "local-teams.token";

    public string FullPath { get; } = Path.Combine(Path.GetFullPath(storage.Value.Path, host.ContentRootPath), Name);

    /// <exception cref="IOException">It cannot be written.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FullPath)!);
        WholeFile.Replace(FullPath, Encoding.UTF8.GetBytes(token.Value + "\n"), ownerOnly: true);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
