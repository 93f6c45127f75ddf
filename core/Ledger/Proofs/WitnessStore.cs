using System.Security.Cryptography;
using DevOpsAI.Common;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>The last checkpoint that a witness cosigned of each ledger, a file each. One process may have it open.</summary>
public sealed class WitnessStore : IDisposable
{
    private const string LockName = "witness.lock";
    private readonly string folder;
    private readonly FileStream held;

    /// <exception cref="IOException">Another witness has it open, or it cannot be written.</exception>
    public WitnessStore(string folder)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
        held = new(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
    }

    /// <summary>Null when nothing of this origin was cosigned yet.</summary>
    /// <exception cref="CheckpointException">The file is damaged. It is left as it is: to begin anew would be to forget.</exception>
    public SignedCheckpoint? Read(string origin)
    {
        var path = GetPath(origin);
        if (!File.Exists(path))
            return null;
        var stored = CheckpointFiles.Read(path);
        return stored.Checkpoint.Origin == origin
            ? stored
            : throw new CheckpointException($"{path} is of another origin, {stored.Checkpoint.Origin}.");
    }

    /// <summary>On the disk when it returns, and never half.</summary>
    public void Write(SignedCheckpoint checkpoint) =>
        WholeFile.Replace(GetPath(checkpoint.Checkpoint.Origin), NoteText.Encode(checkpoint.ToString()));

    public void Dispose() => held.Dispose();

    private string GetPath(string origin) =>
        Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(NoteText.Encode(origin)).AsSpan(0, 16)) + CheckpointFiles.Extension);
}
