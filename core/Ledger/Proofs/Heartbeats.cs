using System.Runtime.InteropServices;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>Puts <see cref="LedgerHeartbeat"/>s on record where nothing else has happened for a while.</summary>
internal sealed class Heartbeats(
    ILedger ledger, TenantStates states, CheckpointsByTenant checkpoints, IOptions<CheckpointOptions> options, TimeProvider clock)
{
    /// <summary>How long a ledger has been quiet, and how its last entry stands to our clock.</summary>
    /// <param name="Head">The number of entries.</param>
    /// <param name="Quiet">Since the last one.</param>
    /// <param name="Behind">How far the clock is behind the last entry; negative where it is ahead, as it should be.</param>
    [StructLayout(LayoutKind.Auto)]
    public readonly record struct Pulse(long Head, TimeSpan Quiet, TimeSpan Behind)
    {
        private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

        public bool IsClockBehind => Behind > Tolerance;
    }

    public async Task<Pulse> LookAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var head = await ledger.HeadAsync(tenant, cancellationToken);
        var now = clock.GetUtcNow();
        var quietSince = checkpoints.QuietSince(tenant, head);
        var last = head == 0 ? [] : await ledger.ReadAsync(tenant, head - 1, 1, cancellationToken);
        var pulse = new Pulse(head, quietSince, last is [{ At: var at }] ? at - now : TimeSpan.Zero);
        // By the entry's time, so that a restart does not put it off; by our own watch where the clock was turned back.
        return last is [_] && !pulse.IsClockBehind && -pulse.Behind > quietSince ? pulse with { Quiet = -pulse.Behind } : pulse;
    }

    /// <summary>Puts a heartbeat on record when one is due; returns how long it is until the next would be.</summary>
    public async Task<TimeSpan> BeatAsync(TenantId tenant, Pulse pulse, CancellationToken cancellationToken)
    {
        var every = options.Value.HeartbeatEvery;
        if (pulse.Quiet < every)
            return every - pulse.Quiet;
        var newest = checkpoints.For(tenant).Newest?.Checkpoint;
        var state = await states.GetAsync(tenant, cancellationToken);
        if (state.Seq == pulse.Head)
        {
            var beat = new LedgerHeartbeat(newest?.Size, newest is null ? null : Convert.ToHexStringLower(newest.Root));
            await ledger.AppendAsync(
                tenant, [state.GetVersion(StreamId.Ledger)],
                [new(StreamId.Ledger, Actor.Service("ledger"), CorrelationId.Parse($"heartbeat-{pulse.Head + 1}"), beat)],
                cancellationToken);
        }
        _ = checkpoints.QuietSince(tenant, await ledger.HeadAsync(tenant, cancellationToken));
        return every;
    }
}
