using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>
/// Signs the heads of one tenant's ledger, each only after proving that it continues the newest one kept, wherever that is kept. Remembers
/// the tree, so that a new head costs the entries since the last one.
/// </summary>
internal sealed class TenantCheckpoints(
    TenantId tenant,
    string origin,
    LedgerTree tree,
    Checkpoints checkpoints,
    SigningKeys keys,
    ICheckpointSigner signer,
    CheckpointPlaces places,
    Quarantine? quarantine = null) : IDisposable
{
    private const int LeavesAtOnce = 4096;
    private const string Unsigned = "Nothing is signed until that is explained.";

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly IReadOnlyList<CheckpointCopy> copies = [.. places.Others.Select(place => new CheckpointCopy(tenant, place))];
    private CompactRange range = new();
    private volatile SignedCheckpoint? newest;
    private Checkpoint? leavesUnread;
    private bool isCompared;

    /// <summary>The newest checkpoint known to this process.</summary>
    public SignedCheckpoint? Newest => newest;

    /// <summary>How copying to each place outside the ledger's folder goes.</summary>
    public IReadOnlyList<CopyState> Copies => [.. copies.Select(static copy => copy.State)];

    /// <summary>Signs the head of now, if it is not signed yet. Returns the newest checkpoint, null while the ledger is empty.</summary>
    /// <exception cref="CheckpointException">The ledger is not the one that was signed last; nothing is signed.</exception>
    /// <exception cref="SigningKeyException">The key cannot be used.</exception>
    /// <exception cref="LedgerUnavailableException">A store cannot be used now.</exception>
    /// <exception cref="IOException">The checkpoint cannot be written to its folder.</exception>
    public async Task<SignedCheckpoint?> SignAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await SignInTurnAsync(cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>
    /// Holds the ledger against the tree that the store keeps beside it and against the newest checkpoint of each place where one is kept,
    /// and signs nothing. What does not fit puts the tenant into quarantine: nobody could tell any more what was recorded.
    /// </summary>
    /// <exception cref="CheckpointException">As <see cref="SignAsync"/>.</exception>
    /// <exception cref="LedgerDamagedException">The tree that is kept beside the entries is not theirs.</exception>
    /// <exception cref="LedgerUnavailableException">A store cannot be used now.</exception>
    public async Task CompareAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            var kept = await checkpoints.NewestAsync(tenant, cancellationToken);
            await BeginAsync(kept, cancellationToken);
            await CheckHeadAsync(cancellationToken);
            await CompareAsync(kept, cancellationToken);
        }
        catch (CheckpointException refused) when (refused.What is { } what)
        {
            var damage = new LedgerDamagedException(tenant, null, what, refused, refused.Remedy);
            if (refused.Lost is { } size)
                quarantine?.PutUnlessLossIsAccepted(damage, size);
            else
                quarantine?.Put(damage);
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>
    /// The tree of the first entries as the kept nodes alone gave it: that those entries have its leaf hashes is still to be looked at.
    /// Null where all leaf hashes were or will be read.
    /// </summary>
    /// <exception cref="CheckpointException">What is kept as the newest checkpoint is none.</exception>
    /// <exception cref="LedgerUnavailableException">A store cannot be used now.</exception>
    public async Task<Checkpoint?> LeavesUnreadAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            await BeginAsync(await checkpoints.NewestAsync(tenant, cancellationToken), cancellationToken);
            return leavesUnread;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Keeps a witness's signature everywhere that the checkpoint is kept.</summary>
    public async Task AddSignatureAsync(SignedCheckpoint checkpoint, NoteSignature signature, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            var signed = await checkpoints.AddSignatureAsync(tenant, checkpoint, signature, cancellationToken);
            places.Own.Write(tenant, signed);
            if (newest is null || newest.Checkpoint.IsSameTree(signed.Checkpoint))
                newest = signed;
            await CopyAsync(signed, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>What is wrong with a ledger whose first entries give another tree than was signed.</summary>
    public static string OtherEntries(long size) =>
        $"the first {size} entries are not those that were signed, one of them was changed, removed or inserted";

    public void Dispose() => turn.Dispose();

    private async Task<SignedCheckpoint?> SignInTurnAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var kept = await checkpoints.NewestAsync(tenant, cancellationToken);
            await BeginAsync(kept, cancellationToken);
            await CompareAsync(kept, cancellationToken);
            await ReadOnAsync(cancellationToken);
            if (range.Size == 0 || (kept is not null && kept.Checkpoint.Size >= range.Size))
            {
                newest = kept;
                await KeepAsync(kept, cancellationToken);
                return kept;
            }
            var head = new Checkpoint(origin, range.Size, range.Root());
            await ProveAsync(kept, head, cancellationToken);
            var signed = await signer.SignAsync(head, cancellationToken);
            await keys.AddAsync(await signer.PublicKeyAsync(cancellationToken), cancellationToken);
            if (!await checkpoints.TryAddAsync(tenant, signed, kept, cancellationToken))
                continue;
            newest = signed;
            await KeepAsync(signed, cancellationToken);
            await tree.KeepNodesAsync(tenant, head.Size, cancellationToken);
            return signed;
        }
        throw new LedgerUnavailableException($"Other instances keep being faster to sign the ledger of {tenant}.");
    }

    /// <summary>
    /// Once per process, and whenever another instance has signed: the newest checkpoint of every place must be of one ledger, and of this
    /// one. A place that is away is held against it before anything is signed once it is back.
    /// </summary>
    private async Task CompareAsync(SignedCheckpoint? kept, CancellationToken cancellationToken)
    {
        var isKnown = isCompared && (kept is null || (newest is { } known && kept.Checkpoint.IsSameTree(known.Checkpoint)));
        if (kept is not null && !isKnown)
        {
            await BelieveAsync(kept, "the documents", Checkpoints.RestoreDocuments, cancellationToken);
            await ContinuesAsync(kept.Checkpoint, "kept in the documents", cancellationToken);
        }
        if (!isCompared)
            await CompareAsync(places.Own, await ((ICheckpointPlace)places.Own).NewestAsync(tenant, cancellationToken), cancellationToken);
        isCompared = true;
        foreach (var copy in copies.Where(static copy => !copy.IsCompared))
        {
            var (isRead, found) = await copy.ReadNewestAsync(cancellationToken);
            await CompareAsync(copy.Place, found, cancellationToken);
            copy.IsCompared = isRead;
        }
    }

    private async Task CompareAsync(ICheckpointPlace place, FoundCheckpoint? found, CancellationToken cancellationToken)
    {
        if (found is null)
            return;
        await BelieveAsync(found.Signed, place.Address, place.GetRemedy(found.Where), cancellationToken);
        await ContinuesAsync(found.Signed.Checkpoint, $"kept in {place.Address}", cancellationToken);
    }

    /// <summary>
    /// Begins with the kept nodes where the newest checkpoint, and the head that is kept beside the entries, bear them out, so that a start
    /// does not read every leaf hash there is; else with the first entry. Whether the checkpoint is to be believed is looked at next.
    /// </summary>
    private async Task BeginAsync(SignedCheckpoint? kept, CancellationToken cancellationToken)
    {
        var whole = kept is null ? 0 : (kept.Checkpoint.Size - 1) / TreeNodes.RowWidth * TreeNodes.RowWidth;
        if (range.Size > 0 || whole == 0 || await tree.Archive.SizeAsync(tenant, cancellationToken) < kept!.Checkpoint.Size)
            return;
        try
        {
            var begun = await tree.RangeAsync(tenant, whole, cancellationToken);
            var unread = new Checkpoint(origin, whole, begun.Root());
            await ReadOnAsync(begun, kept.Checkpoint.Size, cancellationToken);
            if (!begun.Root().AsSpan().SequenceEqual(kept.Checkpoint.Root))
                return;
            if (await tree.Archive.HeadAsync(tenant, cancellationToken) is { } head)
            {
                await ReadOnAsync(begun, head.Entries, cancellationToken);
                if (!begun.Save().AsSpan().SequenceEqual(head.Range.Span))
                    return;
            }
            (range, leavesUnread) = (begun, unread);
        }
        catch (Exception unfit) when (unfit is LedgerTreeException or CheckpointException)
        {
            // Reading from the first entry on tells what is wrong.
        }
    }

    private async Task ContinuesAsync(Checkpoint old, string where, CancellationToken cancellationToken)
    {
        await ReadOnAsync(cancellationToken);
        if (old.Size > range.Size)
        {
            throw new CheckpointException(
                $"The ledger of {tenant} has {range.Size} entries, but a checkpoint of {old.Size} was signed ({where}): "
                + $"its end is missing. {Unsigned}")
            {
                What = $"it has {range.Size} entries, but a checkpoint of {old.Size} was signed ({where}), so its end is missing",
                Remedy = "restore the whole folder from one backup; or, where the missing entries are lost for good, start once with "
                    + "Storage:AcceptLoss=true",
                Lost = old.Size,
            };
        }
        if (old.Size > 0)
            await ProveAsync(old, new Checkpoint(origin, range.Size, range.Root()), cancellationToken);
    }

    /// <summary>As of one moment, whoever appends meanwhile.</summary>
    private async Task CheckHeadAsync(CancellationToken cancellationToken)
    {
        if (await tree.Archive.HeadAsync(tenant, cancellationToken) is not { } head)
            return;
        if (head.Size is not { } size)
            throw Damaged(head.Entries, "the ledger ends there, but the head that is kept beside it says nothing");
        if (size != head.Entries)
            throw Damaged(head.Entries, $"the ledger ends there, but the head that is kept beside it says {size}");
        await ReadOnAsync(range, head.Entries, cancellationToken);
        if (range.Size != size)
            return;
        if (!range.Save().AsSpan().SequenceEqual(head.Range.Span) || !range.Root().AsSpan().SequenceEqual(head.Root.Span))
            throw Damaged(null, "the tree that is kept beside the entries (heads) is not the one that they give");
    }

    /// <param name="seq">The entry at fault; null where any may be.</param>
    private LedgerDamagedException Damaged(long? seq, string what)
    {
        var damage = new LedgerDamagedException(tenant, seq, what);
        quarantine?.Put(damage);
        return damage;
    }

    private Task ProveAsync(SignedCheckpoint? old, Checkpoint head, CancellationToken cancellationToken) =>
        old is null || old.Checkpoint.Size == 0 ? Task.CompletedTask : ProveAsync(old.Checkpoint, head, cancellationToken);

    private async Task ProveAsync(Checkpoint old, Checkpoint head, CancellationToken cancellationToken)
    {
        try
        {
            _ = await tree.ConsistencyAsync(tenant, old, head, cancellationToken);
        }
        catch (LedgerTreeException fork)
        {
            quarantine?.PutUnlessGivenUp(tenant, old.Size, OtherEntries(old.Size));
            throw new CheckpointException(
                $"{fork.Message} An entry that was signed for has been changed. Nothing is signed until that is explained: 'ledger "
                + $"verify --tenant {tenant}' says more.");
        }
    }

    private async Task BelieveAsync(SignedCheckpoint checkpoint, string where, string remedy, CancellationToken cancellationToken)
    {
        var known = await keys.OfAsync(checkpoint.Checkpoint.Origin, cancellationToken);
        var current = await signer.VerifierKeyAsync(checkpoint.Checkpoint.Origin, cancellationToken);
        if (checkpoint.Checkpoint.Tenant != tenant || checkpoint.Note.Verify([.. known, current]).Problem is { })
        {
            throw new CheckpointException(
                $"The newest checkpoint of {tenant} in {where} was not signed by this bot for {tenant}. It is left as it is. {Unsigned}")
            {
                What = $"its newest checkpoint in {where} was not signed by this bot for {tenant}",
                Remedy = remedy,
            };
        }
    }

    private async Task ReadOnAsync(CancellationToken cancellationToken)
    {
        var size = await tree.Archive.SizeAsync(tenant, cancellationToken);
        await ReadOnAsync(range, size, cancellationToken);
        if (size < range.Size)
        {
            throw new CheckpointException(
                $"The ledger of {tenant} had {range.Size} entries and has fewer now: its end is missing. {Unsigned}");
        }
    }

    private async Task ReadOnAsync(CompactRange onto, long size, CancellationToken cancellationToken)
    {
        while (onto.Size < size)
        {
            var count = (int)Math.Min(LeavesAtOnce, size - onto.Size);
            var leaves = await tree.Archive.LeavesAsync(tenant, onto.Size + 1, count, cancellationToken);
            if (leaves.IsEmpty || leaves.Length % MerkleTree.HashSize != 0)
            {
                var what = $"entry {onto.Size + 1} is missing or has no leaf hash";
                throw new CheckpointException($"In the ledger of {tenant} {what}. {Unsigned}") { What = what };
            }
            for (var at = 0; at < leaves.Length; at += MerkleTree.HashSize)
                onto.Append(leaves.Span.Slice(at, MerkleTree.HashSize));
        }
    }

    private async Task KeepAsync(SignedCheckpoint? checkpoint, CancellationToken cancellationToken)
    {
        if (checkpoint is null)
            return;
        places.Own.Write(tenant, checkpoint);
        await CopyAsync(checkpoint, cancellationToken);
    }

    private async Task CopyAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        foreach (var copy in copies)
            await copy.TakeAsync(checkpoint, cancellationToken);
    }
}
