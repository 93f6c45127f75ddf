using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.RemoteAccess;
using DevOpsAI.Tests.Ledger;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.RemoteAccess;

public sealed class RecordingSealTests : IDisposable
{
    private const string Origin = "recorder.example/session/s-7";
    private static readonly JsonElement Vector = Vectors.Read("recording-seal.json");
    private static readonly VerifierKey VectorKey = VerifierKey.Parse(Text(Vector, "vkey"));
    private readonly TestKey signer = new(Origin);

    public void Dispose() => signer.Dispose();

    public static TheoryData<string> Attacks =>
        [.. Vector.GetProperty("tampering").EnumerateArray().Select(static one => Text(one, "name"))];

    [Theory, MemberData(nameof(Attacks))]
    public async Task Every_recording_of_the_vectors_is_judged_as_they_say(string name)
    {
        var attack = Vector.GetProperty("tampering").EnumerateArray().Single(one => Text(one, "name") == name);
        var verdict = await CheckAsync(Convert.FromBase64String(Text(attack, "fileBase64")), VectorSeals(), VectorKey);
        verdict.State.ShouldBe(Text(attack, "expect") switch
        {
            "match" => RecordingState.Complete,
            "truncated" => RecordingState.Truncated,
            _ => RecordingState.Altered,
        }, verdict.Problem);
        if (name == "tail-cut-at-last-interim-seal")
            (verdict.SealedLines, verdict.UpTo).ShouldBe((8, TimeSpan.FromSeconds(0.95)));
        if (name == "one-character-edited")
            verdict.Problem.ShouldBe("something in lines 4 to 7 is not what was signed");
    }

    [Fact]
    public async Task Sealing_the_recording_of_the_vectors_gives_their_leaves_roots_and_proofs()
    {
        var file = Convert.FromBase64String(Text(Vector, "fileBase64"));
        using var sealer = new RecordingSigner(signer, Origin);
        var checkpoints = Vector.GetProperty("seals").EnumerateArray().ToList();
        var leaves = Vector.GetProperty("leafHashes").EnumerateArray().Select(static leaf => leaf.GetString()).ToList();
        var number = 0;
        var proofs = new List<ConsistencyProof?>();
        foreach (var line in Encoding.UTF8.GetString(file).Split('\n')[..^1])
        {
            var bytes = Encoding.UTF8.GetBytes(line);
            Convert.ToHexStringLower(MerkleTree.HashLeaf(bytes)).ShouldBe(leaves[number++]);
            sealer.Append(bytes);
            if (checkpoints.Find(one => one.GetProperty("lines").GetInt64() == number) is not { ValueKind: JsonValueKind.Object } expected)
                continue;
            var (checkpoint, proof) = await sealer.SignAsync(expected.GetProperty("final").GetBoolean(), CancellationToken.None);
            proofs.Add(proof);
            (checkpoint.Lines, checkpoint.Bytes, checkpoint.IsFinal, Convert.ToHexStringLower(checkpoint.Root.Span)).ShouldBe(
                (number, expected.GetProperty("bytes").GetInt64(), expected.GetProperty("final").GetBoolean(), Text(expected, "root")));
        }
        Convert.ToHexStringLower(sealer.FileHash()).ShouldBe(Text(Vector, "fileSha256"));
        proofs[0].ShouldBeNull();
        var consistency = Vector.GetProperty("consistency").EnumerateArray().ToList();
        for (var i = 0; i < consistency.Count; i++)
        {
            var made = proofs[i + 1].ShouldNotBeNull();
            (made.OldSize, made.Size).ShouldBe(
                (consistency[i].GetProperty("size1").GetInt64(), consistency[i].GetProperty("size2").GetInt64()));
            made.Path.Select(Convert.ToHexStringLower)
                .ShouldBe(consistency[i].GetProperty("proof").EnumerateArray().Select(static hash => hash.GetString()));
        }
    }

    [Fact]
    public async Task A_redacted_copy_is_proven_with_the_hash_of_the_line_that_it_lacks_and_not_without()
    {
        var redaction = Vector.GetProperty("redaction");
        var number = redaction.GetProperty("line").GetInt32();
        var lines = Encoding.UTF8.GetString(Convert.FromBase64String(Text(Vector, "fileBase64"))).Split('\n');
        lines[number] = Text(redaction, "redactedLine");
        var copy = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        var original = Convert.FromHexString(Text(redaction, "originalLeaf"));
        (await CheckAsync(copy, VectorSeals(), VectorKey)).State.ShouldBe(RecordingState.Altered);
        var verdict = await CheckAsync(copy, VectorSeals(), VectorKey, new() { [number] = original });
        (verdict.State, verdict.Redacted).ShouldBe((RecordingState.Complete, 1));
        var path = redaction.GetProperty("proofForOriginalLeaf").EnumerateArray()
            .Select(static hash => Convert.FromHexString(hash.GetString()!)).ToList();
        new InclusionProof(number, 11, path).Proves(original, VectorSeals()[^1].Root.Span).ShouldBeTrue();
        new InclusionProof(number + 1, 11, path).Proves(original, VectorSeals()[^1].Root.Span).ShouldBeFalse();
    }

    [Fact]
    public async Task Every_byte_changed_and_every_cut_of_a_recording_is_found()
    {
        var (file, checkpoints) = await RecordAsync([3, 4, 2]);
        (await CheckAsync(file, checkpoints, signer.Verifier)).State.ShouldBe(RecordingState.Complete);
        for (var i = 0; i < file.Length; i++)
        {
            var changed = file.ToArray();
            changed[i] ^= 1;
            (await CheckAsync(changed, checkpoints, signer.Verifier)).State.ShouldBe(RecordingState.Altered, $"byte {i}");
        }
        for (var length = 0; length < file.Length; length++)
        {
            var verdict = await CheckAsync(file[..length], checkpoints, signer.Verifier);
            verdict.State.ShouldNotBe(RecordingState.Complete, $"cut to {length}");
            (verdict.State == RecordingState.Truncated).ShouldBe(
                length == 0 || checkpoints.Any(checkpoint => checkpoint.Bytes == length), $"cut to {length}");
        }
        (await CheckAsync([.. file, .. "[9, \"o\", \"x\"]\n"u8], checkpoints, signer.Verifier)).Problem.ShouldBe(
            "lines 9 to 9 are not signed: they were added, or written after the last checkpoint");
    }

    [Fact]
    public async Task However_lines_and_digests_fall_each_plan_digest_is_proven_to_continue_the_one_before()
    {
        for (var first = 1; first < 18; first++)
        {
            for (var second = 0; second < 18; second++)
            {
                using var sealer = new RecordingSigner(signer, Origin);
                Write(sealer, first);
                var before = (await sealer.SignAsync(false, CancellationToken.None)).Seal;
                Write(sealer, second);
                var (after, proof) = await sealer.SignAsync(true, CancellationToken.None);
                after.CheckContinues(before, proof.ShouldNotBeNull(), signer.Verifier).ShouldBeNull($"{first} and {second}");
            }
        }
    }

    [Fact]
    public async Task A_plan_digest_that_does_not_continue_what_was_encrypted_is_refused()
    {
        var (_, checkpoints) = await RecordAsync([3, 4]);
        using var other = new RecordingSigner(signer, Origin);
        other.Append("{\"version\": 2}"u8);
        Write(other, 2);
        var (rewritten, _) = await other.SignAsync(false, CancellationToken.None);
        Write(other, 4);
        var (later, proof) = await other.SignAsync(false, CancellationToken.None);
        later.CheckContinues(checkpoints[0], proof.ShouldNotBeNull(), signer.Verifier)
            .ShouldBe("its first 3 lines are not those that were signed before");
        later.CheckContinues(rewritten, proof, signer.Verifier).ShouldBeNull();
        rewritten.CheckContinues(later, proof, signer.Verifier).ShouldNotBeNull().ShouldStartWith("it has 3 lines");
        later.CheckContinues(rewritten with { IsFinal = true }, proof, signer.Verifier).ShouldBe("the recording has ended with 3 lines");
        using var stranger = new TestKey(Origin);
        later.CheckContinues(rewritten, proof, stranger.Verifier).ShouldNotBeNull().ShouldContain("not to be believed");
        using var elsewhere = new TestKey("recorder.example/session/s-8");
        later.CheckContinues(rewritten, proof, elsewhere.Verifier).ShouldNotBeNull()
            .ShouldContain("is of recorder.example/session/s-7, not of");
    }

    [Fact]
    public async Task Recordings_and_digests_of_two_sessions_cannot_be_swapped()
    {
        var (file, checkpoints) = await RecordAsync([5]);
        using var other = new TestKey("recorder.example/session/s-8");
        using var sealer = new RecordingSigner(other, "recorder.example/session/s-8");
        Write(sealer, 5);
        var (theirs, _) = await sealer.SignAsync(true, CancellationToken.None);
        (await CheckAsync(file, [theirs], signer.Verifier)).Problem.ShouldBe(
            "a checkpoint is of recorder.example/session/s-8, not of recorder.example/session/s-7");
        (await CheckAsync("{\"version\": 2, \"title\": \"another\"}\n"u8.ToArray(), checkpoints, signer.Verifier)).State.ShouldBe(
            RecordingState.Altered);
    }

    [Fact]
    public async Task Seals_that_contradict_each_other_or_go_on_after_the_end_are_told()
    {
        var (file, checkpoints) = await RecordAsync([4]);
        using var other = new RecordingSigner(signer, Origin);
        for (var i = 0; i < 4; i++)
            other.Append(Encoding.UTF8.GetBytes($"[{i}, \"o\", \"another story\"]"));
        var (second, _) = await other.SignAsync(false, CancellationToken.None);
        (await CheckAsync(file, [.. checkpoints, second], signer.Verifier)).Problem.ShouldNotBeNull().ShouldContain("told two stories");
        Write(other, 1);
        var (later, _) = await other.SignAsync(true, CancellationToken.None);
        (await CheckAsync(file, [.. checkpoints, later],
            signer.Verifier)).Problem.ShouldBe("lines were signed after the final checkpoint of 4 lines");
        (await CheckAsync(file, [], signer.Verifier)).Problem.ShouldBe("there is no checkpoint to hold it against");
        (await CheckAsync(file, [.. checkpoints.Select(static checkpoint => checkpoint with { IsFinal = false })],
            signer.Verifier)).ShouldSatisfyAllConditions(
            static verdict => verdict.State.ShouldBe(RecordingState.Truncated),
            static verdict => verdict.Problem.ShouldBe("there is no final checkpoint: the recording broke off after 4 lines"));
    }

    [Fact]
    public async Task A_key_that_is_away_loses_nothing_and_an_ended_recording_takes_no_more_lines()
    {
        var failing = new FailingOnce(signer);
        using var sealer = new RecordingSigner(failing, Origin);
        await Should.ThrowAsync<InvalidOperationException>(async () => await sealer.SignAsync(true, CancellationToken.None));
        Should.Throw<ArgumentException>(() => sealer.Append(""u8));
        Should.Throw<ArgumentException>(() => sealer.Append("[1, \"o\", \"x\"]\n"u8));
        Should.Throw<ArgumentException>(() => sealer.Append("[1, \"o\", \"x\"]\r"u8));
        Write(sealer, 3);
        var (first, _) = await sealer.SignAsync(false, CancellationToken.None);
        Write(sealer, 2);
        failing.Fails = true;
        await Should.ThrowAsync<SigningKeyException>(async () => await sealer.SignAsync(true, CancellationToken.None));
        Should.Throw<InvalidOperationException>(() => sealer.Append("[1, \"o\", \"late\"]"u8));
        var (final, proof) = await sealer.SignAsync(true, CancellationToken.None);
        final.IsFinal.ShouldBeTrue();
        final.CheckContinues(first, proof.ShouldNotBeNull(), signer.Verifier).ShouldBeNull();
    }

    [Fact]
    public async Task The_file_beside_a_recording_gives_the_digests_back_and_is_read_strictly()
    {
        var (file, checkpoints) = await RecordAsync([2, 2]);
        var written = RecordingCheckpointFile.Write(checkpoints);
        var read = RecordingCheckpointFile.Read(written);
        (await CheckAsync(file, read, signer.Verifier)).State.ShouldBe(RecordingState.Complete);
        RecordingCheckpointFile.Write(read).ShouldBe(written);
        var text = Encoding.UTF8.GetString(written);
        Refused(text.Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal),
            "is of version 2; this program knows version 1");
        Refused(text.Replace("recording-seals", "something-else", StringComparison.Ordinal), "something else than");
        Refused(text.Replace("\"lines\": 2", "\"lines\": 3", StringComparison.Ordinal), "a checkpoint of 3 lines holds a note about 2");
        Refused(text.Replace("\"final\": true", "\"final\": true, \"more\": 1", StringComparison.Ordinal), "cannot be read");
        Refused(text[..^20], "cannot be read");
        Refused("", "cannot be read");

        static void Refused(string text, string why) =>
            Should.Throw<NoteFormatException>(() => RecordingCheckpointFile.Read(Encoding.UTF8.GetBytes(text))).Message.ShouldContain(why);
    }

    private static Task<RecordingVerdict> CheckAsync(
        byte[] file, IReadOnlyList<RecordingCheckpoint> checkpoints, VerifierKey key, Dictionary<long, ReadOnlyMemory<byte>>? redacted =
            null) =>
        RecordingCheck.RunAsync(new MemoryStream(file), checkpoints, key, redacted, CancellationToken.None);

    private async Task<(byte[] File, List<RecordingCheckpoint> Seals)> RecordAsync(int[] linesBetweenSeals)
    {
        using var sealer = new RecordingSigner(signer, Origin);
        var checkpoints = new List<RecordingCheckpoint>();
        var file = new StringBuilder();
        for (var i = 0; i < linesBetweenSeals.Length; i++)
        {
            file.Append(Write(sealer, linesBetweenSeals[i]));
            checkpoints.Add((await sealer.SignAsync(i == linesBetweenSeals.Length - 1, CancellationToken.None)).Seal);
        }
        var bytes = Encoding.UTF8.GetBytes(file.ToString());
        SHA256.HashData(bytes).ShouldBe(sealer.FileHash());
        return (bytes, checkpoints);
    }

    private static string Write(RecordingSigner sealer, int count)
    {
        var written = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var line = sealer.Lines == 0
                ? "{\"version\": 2, \"width\": 80, \"height\": 24}"
                : $"[{sealer.Lines}.5, \"o\", \"line {sealer.Lines}\"]";
            sealer.Append(Encoding.UTF8.GetBytes(line));
            written.Append(line).Append('\n');
        }
        return written.ToString();
    }

    private static List<RecordingCheckpoint> VectorSeals() => [.. Vector.GetProperty("seals").EnumerateArray().Select(static checkpoint =>
        new RecordingCheckpoint(checkpoint.GetProperty("bytes").GetInt64(), checkpoint.GetProperty("final").GetBoolean(),
            SignedCheckpoint.Parse(Text(checkpoint, "note"))))];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private sealed class FailingOnce(ICheckpointSigner beneath) : ICheckpointSigner
    {
        public bool Fails { get; set; }

        public ValueTask<ReadOnlyMemory<byte>> PublicKeyAsync(CancellationToken cancellationToken) =>
            beneath.PublicKeyAsync(cancellationToken);

        public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
        {
            if (!Fails)
                return beneath.SignAsync(message, cancellationToken);
            Fails = false;
            throw new SigningKeyException("The vault is away.", mayPass: true);
        }
    }
}
