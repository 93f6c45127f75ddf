using System.Threading.Channels;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>
/// Keeps every tenant's ledger signed: soon after decisions and executions, after every heartbeat, and now and then as it grows; hands the
/// checkpoints to the witnesses; and puts a heartbeat on record where nothing else happens. Of several instances one does this for a
/// tenant; two that do so for a moment, as it changes hands, do no harm.
/// </summary>
internal sealed class Checkpointer(
    AssignedTenants tenants,
    CheckpointSignals signals,
    CheckpointPublisher publisher,
    Heartbeats heartbeats,
    CheckpointStatus status,
    IOptions<CheckpointOptions> options,
    TimeProvider clock,
    ILogger<Checkpointer> logger) : BackgroundService
{
    /// <summary>What happens within it is covered by one checkpoint.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    /// <summary>How soon an instance notices that a tenant has come to it.</summary>
    private static readonly TimeSpan NotMine = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(30);

    /// <exception cref="SigningKeyException">The key is wrong, not away: the bot must not start and sign nothing without anybody
    /// noticing.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await publisher.CheckKeyAsync(cancellationToken);
        }
        catch (SigningKeyException away) when (away.MayPass)
        {
            // Said, and tried again, for each tenant.
        }
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Signs what has come since the last checkpoint, so that a clean stop leaves no end unsigned.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var tenant in tenants.All)
        {
            try
            {
                if (await IsMineAsync(tenant.Id, cancellationToken) is true)
                    await publisher.SignAsync(tenant.Id, cancellationToken);
            }
            catch (Exception failure)
            {
                // It was told while the bot ran, or is told at the next start, which signs the same entries.
                logger.NotSigned(tenant.Id, failure.Message, TimeSpan.Zero);
                if (cancellationToken.IsCancellationRequested)
                    return;
            }
        }
    }

    /// <summary>
    /// One look at a tenant: a heartbeat if one is due, a checkpoint if there is something new. Returns when to look again.
    /// </summary>
    public async Task<TimeSpan> LookAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var pause = options.Value.CheckpointEvery;
        try
        {
            var quiet = await BeatAsync(tenant, cancellationToken);
            var (signed, copies) = await publisher.SignAsync(tenant, cancellationToken);
            if (signed is not null)
            {
                var root = Convert.ToHexStringLower(signed.Root);
                logger.Signed(tenant, signed.Size, root);
            }
            Report(tenant, null, null, "signing");
            foreach (var (kind, problem) in copies)
            {
                if (Report(tenant, kind, problem, $"copying checkpoints to the {kind}") && problem is not null)
                    logger.CopyMissing(tenant, problem);
            }
            var isBehind = copies.Any(static copy => copy.Problem is not null);
            pause = Least(pause, quiet, isBehind ? PauseAfterFailure : pause);
        }
        catch (CheckpointException refused)
        {
            pause = Least(pause, PauseAfterFailure);
            if (Report(tenant, null, refused.Message, "signing"))
                logger.Refused(refused.Message);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            pause = Least(pause, PauseAfterFailure);
            if (Report(tenant, null, failure.Message, "signing"))
                logger.NotSigned(tenant, failure.Message, pause);
        }
        return pause;
    }

    /// <summary>Takes the newest checkpoint to the witnesses. Returns when to do so again if none is signed in between.</summary>
    public async Task<TimeSpan> WitnessAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            var all = await publisher.WitnessAsync(tenant, cancellationToken);
            Report(tenant, "witnesses", null, "witnessing");
            return all ? options.Value.CheckpointEvery : PauseAfterFailure;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            if (Report(tenant, "witnesses", failure.Message, "witnessing"))
                logger.CopyMissing(tenant, $"The witnesses could not be asked: {failure.Message}");
            return PauseAfterFailure;
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var worker = new TenantWorker(
            clock, PauseAfterFailure, (tenant, failure, pause) => logger.NotSigned(tenant, failure.Message, pause));
        return Task.WhenAll(tenants.All.SelectMany(tenant =>
        {
            // Side by side, so that a witness that takes its time does not keep the next checkpoint waiting.
            var signed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
            return new[]
            {
                worker.RepeatAsync(tenant.Id, stop => SignNextAsync(tenant.Id, signed.Writer, stop), stoppingToken),
                worker.RepeatAsync(tenant.Id, stop => WitnessNextAsync(tenant.Id, signed.Reader, stop), stoppingToken),
            };
        }));
    }

    /// <summary>Looks at a tenant if it is this instance's, and forgets what was wrong with it if it is another one's.</summary>
    internal async Task<TimeSpan> LookAndTellAsync(TenantId tenant, ChannelWriter<bool> signed, CancellationToken cancellationToken)
    {
        if (await IsMineAsync(tenant, cancellationToken) is not true and var mine)
        {
            if (mine is false)
                status.Forget(tenant);
            return NotMine;
        }
        var pause = await LookAsync(tenant, cancellationToken);
        signed.TryWrite(true);
        return pause;
    }

    /// <summary>Null when it cannot be told.</summary>
    private async Task<bool?> IsMineAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            return await tenants.IsMineOrEmptyAsync(tenant, cancellationToken);
        }
        catch (LedgerUnavailableException)
        {
            return null;
        }
    }

    private async Task<NextRound> SignNextAsync(TenantId tenant, ChannelWriter<bool> signed, CancellationToken cancellationToken) =>
        new(await LookAndTellAsync(tenant, signed, cancellationToken), stop => signals.TakenAsync(tenant, stop), Settle);

    private async Task<NextRound> WitnessNextAsync(TenantId tenant, ChannelReader<bool> signed, CancellationToken cancellationToken)
    {
        var pause = tenants.IsMine(tenant) ? await WitnessAsync(tenant, cancellationToken) : NotMine;
        return new(pause, async stop => await signed.ReadAsync(stop));
    }

    /// <summary>Puts a heartbeat on record when one is due; returns how long it is until the next would be.</summary>
    private async Task<TimeSpan> BeatAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var pulse = await heartbeats.LookAsync(tenant, cancellationToken);
        var problem = pulse.IsClockBehind ? "The clock is behind the ledger's last entry." : null;
        if (Report(tenant, "clock", problem, "the clock") && pulse.IsClockBehind)
            logger.ClockIsBehind(tenant, pulse.Behind);
        return await heartbeats.BeatAsync(tenant, pulse, cancellationToken);
    }

    private bool Report(TenantId tenant, string? about, string? problem, string spoken)
    {
        var isNews = status.Report(tenant, about, problem);
        if (isNews && problem is null)
            logger.WorksAgain(tenant, spoken);
        return isNews;
    }

    private static TimeSpan Least(params ReadOnlySpan<TimeSpan> pauses)
    {
        var least = pauses[0];
        foreach (var pause in pauses)
            least = pause < least ? pause : least;
        return least;
    }
}
