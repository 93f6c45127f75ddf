using System.Globalization;
using DevOpsAI.Common;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>
/// Checkpoints as files, <c>{folder}/{tenant}/{size}.checkpoint</c>: readable without the database, and easily copied to where nobody
/// rewrites them.
/// </summary>
public sealed class CheckpointFiles(string folder) : ICheckpointPlace
{
    public const string FolderName = "checkpoints";
    public const string Extension = ".checkpoint";

    public string Folder => folder;

    string ICheckpointPlace.Kind => "folder";

    string ICheckpointPlace.Address => folder;

    /// <summary>
    /// Writes a checkpoint, or adds its signatures to those that are there already. Whoever reads meanwhile sees the old file or the new
    /// one.
    /// </summary>
    /// <exception cref="CheckpointException">There is another checkpoint of this size with another root; it is left as it is.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(TenantId tenant, SignedCheckpoint checkpoint)
    {
        var path = GetPath(tenant, checkpoint.Checkpoint.Size);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (File.Exists(path))
        {
            var there = Read(path);
            if (!there.Checkpoint.IsSameTree(checkpoint.Checkpoint))
                throw new CheckpointException($"{path} holds another checkpoint of the same size.");
            checkpoint = checkpoint.Note.Signatures.Aggregate(there, static (all, signature) => all.With(signature));
            if (checkpoint.Note.Signatures.SequenceEqual(there.Note.Signatures))
                return;
        }
        WholeFile.Replace(path, NoteText.Encode(checkpoint.ToString()));
    }

    /// <summary>The largest one in the folder; null when there is none.</summary>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public SignedCheckpoint? Newest(TenantId tenant) => Paths(tenant) is [.., var path] ? Read(path) : null;

    /// <summary>All files of a tenant, smallest checkpoint first.</summary>
    public IReadOnlyList<string> Paths(TenantId tenant)
    {
        var own = Path.Combine(folder, tenant.Value);
        return Directory.Exists(own) ? [.. Directory.EnumerateFiles(own, "*" + Extension).Order(StringComparer.Ordinal)] : [];
    }

    /// <exception cref="CheckpointException">It is no checkpoint.</exception>
    public static SignedCheckpoint Read(string path)
    {
        try
        {
            return SignedCheckpoint.Parse(File.ReadAllBytes(path));
        }
        catch (NoteFormatException problem)
        {
            throw new CheckpointException($"{path} is no checkpoint, or is damaged: {problem.Message}.")
            {
                What = $"the checkpoint in {path} cannot be read ({problem.Message})", Remedy = Replace(path),
            };
        }
    }

    /// <summary>A copy serves nobody when it is damaged; the ledger is proved by the others.</summary>
    private static string Replace(string path) =>
        $"put {path} back from a backup; or, where everything else is intact, move it out of its folder and keep it";

    ValueTask<FoundCheckpoint?> ICheckpointPlace.NewestAsync(TenantId tenant, CancellationToken cancellationToken) =>
        new(Paths(tenant) is [.., var path] ? new FoundCheckpoint(path, Read(path)) : null);

    ValueTask ICheckpointPlace.WriteAsync(TenantId tenant, SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        Write(tenant, checkpoint);
        return ValueTask.CompletedTask;
    }

    string ICheckpointPlace.GetRemedy(string where) => Replace(where);

    private string GetPath(TenantId tenant, long size) =>
        Path.Combine(folder, tenant.Value, size.ToString("D12", CultureInfo.InvariantCulture) + Extension);
}

/// <summary>Where checkpoints are kept one by one.</summary>
/// <param name="Own">Beside the ledger: it has to work.</param>
/// <param name="Others">They get copies, as on another machine, and may be away.</param>
internal sealed record CheckpointPlaces(CheckpointFiles Own, params IReadOnlyList<ICheckpointPlace> Others);
