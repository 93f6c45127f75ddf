using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>A checkpoint and where it was found.</summary>
public sealed record FoundCheckpoint(string Where, SignedCheckpoint Signed);

/// <summary>What a checkpoint says about a ledger.</summary>
/// <param name="Problem">What is wrong; null when it fits.</param>
/// <param name="IsUnclear">The problem may be this machine's: nothing follows from it.</param>
public sealed record CheckpointFinding(FoundCheckpoint Checkpoint, string? Problem, bool IsUnclear, IReadOnlyList<NoteSigner> Signers)
{
    /// <summary>No key that is trusted has signed it, or it is of another ledger: it says nothing about this one.</summary>
    public bool IsStrange { get; init; }
}

/// <summary>Holds checkpoints against a ledger whose entries have been recomputed. Pure.</summary>
/// <param name="entries">How many entries there are.</param>
/// <param name="rootAt">Root over the first so many entries, recomputed from their bytes.</param>
/// <param name="trusted">Keys of the ledger and of witnesses.</param>
/// <param name="now">A cosignature later than this cannot be.</param>
public sealed class CheckpointCheck(
    TenantId tenant, long entries, Func<long, byte[]> rootAt, Func<string, IEnumerable<VerifierKey>> trusted, DateTimeOffset now)
{
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(5);

    public IReadOnlyList<CheckpointFinding> Judge(IReadOnlyList<FoundCheckpoint> found)
    {
        var findings = found.Select(Judge).ToList();
        var bySize = new Dictionary<long, FoundCheckpoint>();
        for (var i = 0; i < findings.Count; i++)
        {
            // Two that were both signed and disagree tell more than that one of them does not fit.
            if (findings[i].Signers.Count == 0)
                continue;
            var head = found[i].Signed.Checkpoint;
            if (!bySize.TryGetValue(head.Size, out var other))
                bySize[head.Size] = found[i];
            else if (!other.Signed.Checkpoint.Root.AsSpan().SequenceEqual(head.Root))
                findings[i] =
                    findings[i] with { Problem = $"two histories were signed: {other.Where} has the same size {head.Size} and another root",
                        IsUnclear = false };
        }
        return findings;
    }

    private CheckpointFinding Judge(FoundCheckpoint found)
    {
        var head = found.Signed.Checkpoint;
        if (head.Tenant != tenant)
            return new(found, $"it is of another ledger: its origin is {head.Origin}, and does not end with /{tenant}", false, [])
                { IsStrange = true };
        var verdict = found.Signed.Note.Verify(trusted(head.Origin));
        if (verdict.Problem is { } problem)
            return new(found, $"it is not to be believed: {problem}", false, []) { IsStrange = verdict.IsStrange };
        // A ledger's key vouches for its own origin only.
        var signers = verdict.Signers.Where(signer => signer.Key.Type == NoteKeyType.EcdsaCosignature || signer.Key.Name == head.Origin)
            .ToList();
        if (signers.Count == 0)
            return new(found, $"it is signed by {verdict.Signers[0].Key.Name}, which does not vouch for {head.Origin}", false, []);
        if (head.Size > entries)
        {
            return new(
                found,
                $"it was signed for {head.Size} entries, but the ledger has "
                + $"{entries}: {(head.Size == entries + 1 ? $"entry "
                + $"{head.Size} is" : $"entries {entries + 1} to {head.Size} are")} missing (or this is an older copy)",
                false,
                signers);
        }
        if (!head.Root.AsSpan().SequenceEqual(rootAt(head.Size)))
            return new(found,
                $"the first {head.Size} entries are not those that were signed: at least one was changed, removed, inserted or moved",
                false, signers);
        var late = signers.Find(signer => signer.At > now + ClocksDiffer);
        return late is null
            ? new(found, null, false, signers)
            : new(found,
                $"it fits, but {late.Key.Name} signed it at {late.At:u}, which is later than now ({now:u}): its clock or this one is wrong",
                true, signers);
    }
}
