using System.Globalization;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;

namespace DevOpsAI.Bot.Hosting;

/// <summary>
/// Makes and prints the code for the first administrator once the bot listens: on the console, so that it is in no log that is
/// sent elsewhere by OpenTelemetry.
/// </summary>
internal sealed class AdministratorCodeNotice(AdministratorCode code, IHostApplicationLifetime lifetime) : IHostedService
{
    private Task shown = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => shown = ShowAsync(lifetime.ApplicationStopping));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => shown;

    private async Task ShowAsync(CancellationToken cancellationToken)
    {
        if (!code.IsNeeded)
            return;
        try
        {
            await code.IssueAsync(cancellationToken);
        }
        catch (LedgerUnavailableException)
        {
            Console.Out.WriteLine(
                "\nSome clients have no administrator, and no code could be kept for the first one. Start the bot again.\n");
            return;
        }
        catch (OperationCanceledException)
        {
            return;
        }
        var until = code.GoodUntil.ToString("HH:mm", CultureInfo.InvariantCulture);
        Console.Out.WriteLine(code.Issued is { } issued
            ? $"""

                Some clients have no administrator. Whoever is to be the first sends this to the bot in a personal chat in Teams,
                until {until} UTC; it works once:

                    claim {issued}

              """
            : $"""

                Some clients have no administrator. Another instance, or an earlier start, has printed a code for the first one that is
                good until {until} UTC; start again after that for another.

              """);
    }
}
