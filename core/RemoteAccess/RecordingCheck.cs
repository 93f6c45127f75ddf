using System.Buffers;
using System.Text.Json;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.RemoteAccess;

public enum RecordingState
{
    /// <summary>Every line is the one that was signed, and the last checkpoint is final.</summary>
    Complete,

    /// <summary>As it was signed at some moment, and no further: its end is missing, or it never came to one.</summary>
    Truncated,

    /// <summary>It is not what was signed.</summary>
    Altered,
}

/// <summary>What a check of a recording came to.</summary>
/// <param name="Problem">Why it is not complete; null when it is.</param>
/// <param name="SealedLines">So many of its first lines are proven to be those that were signed.</param>
/// <param name="UpTo">Time of the last of them within the recording; null when it tells none.</param>
/// <param name="Redacted">Lines of which only the hash is known.</param>
public sealed record RecordingVerdict(RecordingState State, string? Problem, long SealedLines, TimeSpan? UpTo, int Redacted);

/// <summary>Holds a recording against its checkpoints. Believes nothing but the key.</summary>
public static class RecordingCheck
{
    private const int MaxLineLength = 16 * 1024 * 1024;

    /// <param name="recording">Read to its end as it is; nothing is buffered but a line.</param>
    /// <param name="checkpoints">From the ledger, or from the file beside the recording; in any order.</param>
    /// <param name="key">The recorder's key; its name is the recording's origin.</param>
    /// <param name="redacted">Leaf hashes of lines that were replaced in this copy, by their number from 0.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<RecordingVerdict> RunAsync(
        Stream recording, IReadOnlyList<RecordingCheckpoint> checkpoints, VerifierKey key,
        IReadOnlyDictionary<long, ReadOnlyMemory<byte>>? redacted, CancellationToken cancellationToken)
    {
        var ordered = checkpoints.OrderBy(static checkpoint => checkpoint.Lines).ThenBy(static checkpoint => checkpoint.IsFinal).ToList();
        if (CheckUsable(ordered, key) is { } unusable)
            return new(RecordingState.Altered, unusable, 0, null, 0);
        var state = new Reading(ordered, redacted ?? new Dictionary<long, ReadOnlyMemory<byte>>());
        var line = new ArrayBufferWriter<byte>(8192);
        var buffer = new byte[64 * 1024];
        for (int read; (read = await recording.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            for (var rest = buffer.AsMemory(0, read); rest.Length > 0;)
            {
                var end = rest.Span.IndexOf((byte)'\n');
                line.Write(end < 0 ? rest.Span : rest.Span[..end]);
                if (line.WrittenCount > MaxLineLength)
                    return state.Verdict("a line is longer than any that is recorded");
                if (end < 0)
                    break;
                state.Take(line.WrittenSpan);
                line.ResetWrittenCount();
                rest = rest[(end + 1)..];
            }
        }
        return state.Verdict(line.WrittenCount > 0 ? $"line {state.Lines} is cut off; compare again without it" : null);
    }

    private static string? CheckUsable(List<RecordingCheckpoint> checkpoints, VerifierKey key)
    {
        if (checkpoints.Count == 0)
            return "there is no checkpoint to hold it against";
        if (checkpoints.Select(checkpoint => checkpoint.Check(key)).FirstOrDefault(static problem => problem is not null) is { } problem)
            return problem;
        foreach (var (one, next) in checkpoints.Zip(checkpoints.Skip(1)))
        {
            if (one.Lines == next.Lines && !one.Root.Span.SequenceEqual(next.Root.Span))
                return $"two different recordings of {one.Lines} lines were signed: the recorder, or its key, told two stories";
            if (one.IsFinal && next.Lines > one.Lines)
                return $"lines were signed after the final checkpoint of {one.Lines} lines";
        }
        return null;
    }

    /// <summary>How far a recording has been read.</summary>
    private sealed class Reading(List<RecordingCheckpoint> checkpoints, IReadOnlyDictionary<long, ReadOnlyMemory<byte>> redacted)
    {
        private readonly CompactRange tree = new();
        private byte[] last = [];
        private long bytes;
        private int next;
        private int replaced;
        private long proven;
        private TimeSpan? upTo;
        private RecordingCheckpoint? missed;

        public long Lines => tree.Size;

        public void Take(ReadOnlySpan<byte> line)
        {
            var known = redacted.TryGetValue(tree.Size, out var original);
            replaced += known ? 1 : 0;
            tree.Append(known && original.Length == MerkleTree.HashSize ? original.Span : MerkleTree.HashLeaf(line));
            bytes += line.Length + 1;
            if (next < checkpoints.Count && checkpoints[next].Lines == tree.Size)
                last = line.ToArray();
            for (; next < checkpoints.Count && checkpoints[next].Lines == tree.Size; next++)
                Hold(checkpoints[next]);
        }

        public RecordingVerdict Verdict(string? broken)
        {
            var (state, problem) = Judge(broken);
            return new(state, problem, proven, upTo, replaced);
        }

        private (RecordingState State, string? Problem) Judge(string? broken)
        {
            if (missed is { } differs)
                return (RecordingState.Altered, $"something in lines {proven} to {differs.Lines - 1} is not what was signed");
            if (broken is not null)
                return (RecordingState.Altered, broken);
            if (Lines > proven)
            {
                return (RecordingState.Altered, next == checkpoints.Count
                    ? $"lines {proven} to {Lines - 1} are not signed: they were added, or written after the last checkpoint"
                    : $"it ends after {Lines} lines, which no checkpoint does: lines were removed or never signed");
            }
            if (proven == checkpoints[^1].Lines && checkpoints[^1].IsFinal)
                return (RecordingState.Complete, null);
            return (RecordingState.Truncated, next < checkpoints.Count
                ? $"it ends after {Lines} lines; {checkpoints[^1].Lines} were signed"
                : $"there is no final checkpoint: the recording broke off after {Lines} lines");
        }

        private void Hold(RecordingCheckpoint checkpoint)
        {
            var fits = checkpoint.Root.Span.SequenceEqual(tree.Root()) && (replaced > 0 || checkpoint.Bytes == bytes);
            if (!fits)
                missed ??= checkpoint;
            if (missed is null)
                (proven, upTo) = (checkpoint.Lines, GetTime(last));
        }

        /// <summary>An event is <c>[seconds, code, data]</c>; the header has no time.</summary>
        private static TimeSpan? GetTime(ReadOnlySpan<byte> line)
        {
            try
            {
                var reader = new Utf8JsonReader(line);
                return reader.Read() && reader.TokenType == JsonTokenType.StartArray && reader.Read()
                    && reader.TokenType == JsonTokenType.Number
                    && reader.TryGetDouble(out var seconds) && seconds is >= 0 and < 1e9
                    ? TimeSpan.FromSeconds(seconds)
                    : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}
