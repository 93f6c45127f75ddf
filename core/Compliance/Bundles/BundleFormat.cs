namespace DevOpsAI.Compliance.Bundles;

/// <summary>Names and numbers of the evidence bundle, as VERIFY.md describes it.</summary>
internal static class BundleFormat
{
    public const string Name = "devops-ai-bot/evidence-bundle";

    /// <summary>Changes when a reader of an earlier version could no longer check the evidence.</summary>
    public const int Version = 1;

    /// <summary>
    /// Changes when the same entries give other documents (report, OSCAL, VERIFY.md), so that a later version does not take the documents
    /// of an earlier one for forged.
    /// </summary>
    public const int Derivation = 4;

    public const string Entries = "entries.jsonl";
    public const string Proof = "proof.json";
    public const string Checkpoint = "checkpoint.txt";
    public const string Earlier = "earlier-checkpoints.jsonl";
    public const string Key = "key.txt";
    public const string OscalFolder = "oscal/";
    public const string Report = "report.html";
    public const string Verify = "VERIFY.md";
    public const string Manifest = "manifest.json";

    /// <summary>Only when something is open.</summary>
    public const string PlanOfAction = OscalFolder + "poam.json";

    /// <summary>The files that every bundle has, in their order.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [
        Entries, Proof, Checkpoint, Earlier, Key, OscalFolder + "assessment-plan.json", OscalFolder + "assessment-results.json",
        OscalFolder + "component-definition.json", Report, Verify, Manifest,
    ];

    public static bool MayHold(string name) => name == PlanOfAction || Files.Contains(name, StringComparer.Ordinal);

    /// <summary>The plan of action stands behind the other OSCAL documents.</summary>
    public static bool IsInOrder(IReadOnlyList<string> names) =>
        names.SequenceEqual(Files)
            || names.SequenceEqual(
                [.. Files.TakeWhile(static name => name != Report), PlanOfAction, .. Files.SkipWhile(static name => name != Report)]);

    /// <summary>The archive's comment: this, and the hexadecimal SHA-256 of every byte before the comment.</summary>
    public const string CommentPrefix = "sha256:";

    public const int CommentLength = 7 + 64;

    /// <summary>Earlier checkpoints are plenty: of every so many entries, the last one is enough.</summary>
    public const int EntriesPerEarlierCheckpoint = 1024;

    /// <summary>The longest line of entries that a reader has to take.</summary>
    public const int MaxLineLength = 16 * 1024 * 1024;

    /// <summary>Beyond 4 GB a zip has a second set of sizes, and readers differ in which they believe.</summary>
    /// <exception cref="EvidenceException">A bundle with a file of that size, or of that size as a whole, would need them.</exception>
    public static void MustFit(long bytes)
    {
        if (bytes >= uint.MaxValue)
            throw new EvidenceException(
                "The bundle would be larger than 4 GB. Nothing was exported; export shorter ranges, one file each.");
    }
}
