using System.Globalization;
using DevOpsAI.Bot.Teams.Settings;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>
/// Holds this machine's clock against the time on an answer of the host of the signing keys, which comes over TLS (or from this machine).
/// Tokens are refused by a clock that is minutes off.
/// </summary>
internal sealed class ClockCheck(IOptions<TeamsOptions> options, IHttpClientFactory clients, TimeProvider clock) : ISetupCheck
{
    private static readonly TimeSpan MaxDifference = TimeSpan.FromMinutes(2);

    public string Name => "clock";

    public async Task<IReadOnlyList<SetupFinding>> RunAsync(CancellationToken cancellationToken)
    {
        if (options.Value.IsLocal)
            return SetupFinding.Skipped(LocalModeMessages.NotAsked);
        var address = CloudEnvironment.From(options.Value).MetadataUrl;
        if (await GetAheadAsync(address, cancellationToken) is not { } ahead)
            return SetupFinding.Skipped($"{address.Authority} does not tell the time.");
        if (ahead.Duration() <= MaxDifference)
            return SetupFinding.Ok($"The clock of this machine agrees with {address.Authority}.");
        var minutes = ahead.Duration().TotalMinutes.ToString("0.#", CultureInfo.InvariantCulture);
        return SetupFinding.Missing($"The clock of this machine is {minutes} minutes {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} "
            + $"{address.Authority}. Set it, and keep it right by NTP; tokens are refused otherwise.");
    }

    /// <summary>How far this machine's clock is ahead; null when no answer tells.</summary>
    private async Task<TimeSpan?> GetAheadAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var client = clients.CreateClient(SetupChecks.Client);
            var asked = clock.GetUtcNow();
            using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var answered = clock.GetUtcNow();
            // What a cache kept is as old as it says.
            return response.Headers.Date is { } date
                ? asked + ((answered - asked) / 2) - (date + (response.Headers.Age ?? TimeSpan.Zero))
                : null;
        }
        catch (Exception none) when (none is HttpRequestException or OperationCanceledException)
        {
            return null; // the check of the signing keys tells that
        }
    }
}
