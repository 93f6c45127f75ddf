namespace DevOpsAI.Compliance.Bundles;

/// <summary>Names and numbers of the evidence bundle, as VERIFY.md describes it.</summary>
internal static class BundleFormat
{
    public const string Name = "devops-ai-bot/evidence-bundle";

    /// <summary>Changes when a reader of an earlier version could no longer check the evidence.</summary>
    public const int Version = 1;

    /// <summary>
    /// Changes when the same entries give other documents (report, OSCAL, VERIFY.md), so that a later version does not take the documents of an
    /// earlier one for forged.
    /// </summary>
    public const int Derivation = 1;

    public const string Entries = "entries.jsonl";
    public const string Proof = "proof.json";
    public const string Checkpoint = "checkpoint.txt";
    public const string Earlier = "earlier-checkpoints.jsonl";
    public const string Key = "key.txt";
    public const string OscalFolder = "oscal/";
    public const string Report = "report.html";
    public const string Verify = "VERIFY.md";
    public const string Manifest = "manifest.json";

    /// <summary>The archive's comment: this, and the hexadecimal SHA-256 of every byte before the comment.</summary>
    public const string CommentPrefix = "sha256:";

    public const int CommentLength = 7 + 64;

    /// <summary>Earlier checkpoints are plenty: of every so many entries, the last one is enough.</summary>
    public const int EntriesPerEarlierCheckpoint = 1024;

    /// <summary>The longest line of entries that a reader has to take.</summary>
    public const int LongestLine = 16 * 1024 * 1024;
}
