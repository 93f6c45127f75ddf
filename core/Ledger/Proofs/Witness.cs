using System.Collections.Concurrent;

namespace DevOpsAI.Ledger.Proofs;

/// <param name="Status">HTTP status.</param>
public sealed record WitnessReply(int Status, string Body, string MediaType = "text/plain");

/// <summary>
/// Cosigns checkpoints by the rules of C2SP's tlog-witness: only such as continue the last one it cosigned for the same origin. What it
/// cosigns is stored before the answer leaves, in one step with the check.
/// </summary>
/// <param name="name">The name it signs under.</param>
/// <param name="logs">Verifier keys of the ledgers it knows; a key's name is the origin it signs for.</param>
public sealed class Witness(string name, ICheckpointSigner signer, IEnumerable<VerifierKey> logs, WitnessStore store, TimeProvider clock)
{
    private readonly ILookup<string, VerifierKey> logs = logs.Where(static key => key.Type == NoteKeyType.Ecdsa)
        .ToLookup(static key => key.Name, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> turns = new(StringComparer.Ordinal);

    /// <summary>The key that ledgers are told of.</summary>
    public async ValueTask<VerifierKey> KeyAsync(CancellationToken cancellationToken) =>
        VerifierKey.Create(name, (await signer.PublicKeyAsync(cancellationToken)).Span, NoteKeyType.EcdsaCosignature);

    /// <summary>The last checkpoint cosigned for an origin, with its signatures; null when there is none.</summary>
    /// <exception cref="CheckpointException">What is stored is damaged.</exception>
    public SignedCheckpoint? Latest(string origin) => logs.Contains(origin) ? store.Read(origin) : null;

    /// <summary>Answers <c>add-checkpoint</c>.</summary>
    public async Task<WitnessReply> AddAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        AddCheckpoint asked;
        try
        {
            asked = AddCheckpoint.Parse(body.Span);
        }
        catch (NoteFormatException problem)
        {
            return new(400, $"{problem.Message}\n");
        }
        var head = asked.Checkpoint.Checkpoint;
        if (!logs.Contains(head.Origin))
            return new(404, "this origin is not known here\n");
        var verdict = asked.Checkpoint.Note.Verify(logs[head.Origin]);
        if (!verdict.IsTrusted)
            return new(403, $"{verdict.Problem}\n");
        if (asked.OldSize > head.Size)
            return new(400, "the old size is larger than that of the checkpoint\n");
        var turn = turns.GetOrAdd(head.Origin, static _ => new(1, 1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await AddInTurnAsync(asked, verdict, cancellationToken);
        }
        catch (Exception failure) when (failure is CheckpointException or SigningKeyException or IOException or UnauthorizedAccessException)
        {
            return new(500, $"{failure.Message}\n");
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<WitnessReply> AddInTurnAsync(AddCheckpoint asked, NoteVerdict verdict, CancellationToken cancellationToken)
    {
        var head = asked.Checkpoint.Checkpoint;
        var latest = store.Read(head.Origin);
        if (asked.OldSize != (latest?.Checkpoint.Size ?? 0))
            return new(409, $"{latest?.Checkpoint.Size ?? 0}\n", AddCheckpoint.SizeMediaType);
        if (!Continues(latest?.Checkpoint, asked))
            return new(422, "the proof does not lead from the last checkpoint cosigned here to this one\n");
        var key = await KeyAsync(cancellationToken);
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (latest is not null && latest.Note.Verify([key]).Signers is [.., { At: { } before }] && before.ToUnixTimeSeconds() > now)
            return new(503,
                $"the clock of this witness is behind its last signature of {before:u}: it was turned back; nothing is signed until it "
                + $"has caught up\n");
        var message = VerifierKey.CosignedMessage(now, NoteText.Encode(asked.Checkpoint.Note.Text));
        var line = new NoteSignature(name, key.Id, VerifierKey.Cosignature(now, (await signer.SignAsync(message, cancellationToken)).Span));
        var signers = verdict.Signers.Select(static signer => (signer.Key.Name, signer.Key.Id)).ToHashSet();
        var note = asked.Checkpoint.Note;
        var cosigned = new SignedCheckpoint(
            head, note with { Signatures = [.. note.Signatures.Where(one => signers.Contains((one.Name, one.KeyId))), line] });
        store.Write(cosigned);
        return new(200, line.ToString());
    }

    private static bool Continues(Checkpoint? latest, AddCheckpoint asked)
    {
        var head = asked.Checkpoint.Checkpoint;
        if (latest is not null && latest.Size > 0)
            return MerkleProofs.CheckConsistency(latest.Size, head.Size, latest.Root, head.Root, asked.Path);
        // Everything continues the empty tree, so that here the protocol wants an empty proof.
        return asked.Path.Count == 0 && (head.Size > 0 || head.Root.AsSpan().SequenceEqual(MerkleTree.EmptyRoot));
    }
}
