namespace DevOpsAI.Compliance.Oscal;

/// <summary>One document of an export, and how to write it.</summary>
public sealed record OscalFile(string Name, Func<Stream, CancellationToken, Task> WriteAsync);

/// <summary>
/// The OSCAL documents about a range of entries: a pure function of the assessment, the checkpoint and the entries. No clock, no chance:
/// writing them twice gives the same bytes.
/// </summary>
public static class OscalFiles
{
    /// <param name="assessment">What the fold over <paramref name="source"/> came to.</param>
    /// <param name="entriesFile">SHA-256 of the file with the entries, <c>../entries.jsonl</c> from where the documents are.</param>
    public static IReadOnlyList<OscalFile> For(
        Assessment assessment, EvidenceCheckpoint checkpoint, Hash256 entriesFile, IEvidenceSource source)
    {
        var export = new OscalExport(assessment, checkpoint, entriesFile);
        List<OscalFile> files =
        [
            new("assessment-plan.json", Whole(output => AssessmentPlan.Write(output, export))),
            new("assessment-results.json",
                (output, cancellationToken) => AssessmentResults.WriteAsync(output, export, source, cancellationToken)),
            new("component-definition.json", Whole(output => ComponentDefinition.Write(output, export.Subject.Namespace))),
        ];
        if (PlanOfAction.IsNeeded(assessment))
            files.Add(new("poam.json", Whole(output => PlanOfAction.Write(output, export))));
        return files;
    }

    private static Func<Stream, CancellationToken, Task> Whole(Action<Stream> write) => (output, _) =>
    {
        write(output);
        return Task.CompletedTask;
    };
}
