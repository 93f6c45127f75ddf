using DevOpsAI.Connections;
using DevOpsAI.Digests;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Views;

/// <summary>
/// A client's digest: what happened, what waits, what is told nowhere else, and the newest checkpoint, which stays where it is shown, out
/// of reach of whoever runs the bot.
/// </summary>
/// <param name="Client">Its name, made safe.</param>
/// <param name="Window">The time that is told of.</param>
/// <param name="Happened">What the ledger says of that time.</param>
/// <param name="Open">How many incidents, and other things that are decided about, are open now.</param>
/// <param name="Waiting">The most urgent of them.</param>
internal sealed record DigestView(
    TenantId Tenant, string Client, Wording Window, Digest Happened, int Open, IReadOnlyList<IncidentLine> Waiting)
{
    /// <summary>Some of what happened or waits is simulated.</summary>
    public bool IsPartlySimulated { get; init; }

    /// <summary>Why the client is frozen, as somebody typed it; null where it is not.</summary>
    public string? FreezeReason { get; init; }

    /// <summary>Secrets of the client that have to be replaced, a warning each.</summary>
    public IReadOnlyList<string> SecretsToReplace { get; init; } = [];

    public SignedCheckpoint? Checkpoint { get; init; }

    /// <summary>Why the newest checkpoint cannot be read; null where it can, or there is none.</summary>
    public string? CheckpointProblem { get; init; }
}

/// <summary>Reads digests from the ledger.</summary>
internal sealed class DigestViews(
    ILedger ledger, Checkpoints checkpoints, TimeProvider clock, SecretRotations? rotations = null, SubjectViews? subjects = null)
{
    private const int MaxWaiting = 8;
    private const int MaxSecrets = 8;

    /// <exception cref="LedgerUnavailableException">The ledger cannot be read now.</exception>
    public async Task<DigestView> SinceAsync(Tenant tenant, TenantState state, DigestMark since, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var digest = await Digest.ReadAsync(ledger, state, since, now, cancellationToken);
        return await ViewAsync(tenant, state, digest, Window(digest, ""), now, cancellationToken);
    }

    /// <summary>What happened in the last of these hours or days, however often a digest was posted.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be read now.</exception>
    public async Task<DigestView> OfLastAsync(Tenant tenant, TenantState state, TimeSpan last, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var digest = await Digest.ReadAsync(ledger, state, now - last, now, cancellationToken);
        return await ViewAsync(tenant, state, digest, Window(digest, $"The last {Labels.Span(last)}: "), now, cancellationToken);
    }

    private async Task<DigestView> ViewAsync(
        Tenant tenant, TenantState state, Digest digest, Wording window, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var open = PendingView.Open(tenant, state, now, subjects);
        var waiting = open.Take(MaxWaiting).Select(static item => item.Line());
        var secrets = (rotations?.Due(now) ?? []).Where(due => due.Secret.Tenant == tenant.Id);
        var (checkpoint, problem) = await NewestAsync(tenant, cancellationToken);
        return new(tenant.Id, SanitizedText.Name(tenant.Name, 60), window, digest, open.Count, [.. waiting])
        {
            IsPartlySimulated = digest.Simulated || open.Exists(static item => item.IsSimulated),
            FreezeReason = state.Freeze?.Reason,
            SecretsToReplace = [.. secrets.Take(MaxSecrets).Select(static due => due.Warning)],
            Checkpoint = checkpoint,
            CheckpointProblem = problem,
        };
    }

    private static Wording Window(Digest digest, string window)
    {
        if (digest.From == DateTimeOffset.MinValue)
            return $"{window}Until {digest.To}";
        return $"{window}{digest.From} to {digest.To}";
    }

    /// <summary>A digest is shown even where the checkpoint is damaged, and says so.</summary>
    private async Task<(SignedCheckpoint? Newest, string? Problem)> NewestAsync(Tenant tenant, CancellationToken cancellationToken)
    {
        try
        {
            return (await checkpoints.NewestAsync(tenant.Id, cancellationToken), null);
        }
        catch (CheckpointException damaged)
        {
            return (null, damaged.Message);
        }
    }
}
