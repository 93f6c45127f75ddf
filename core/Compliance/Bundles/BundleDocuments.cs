using System.Reflection;
using DevOpsAI.Compliance.Oscal;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>
/// The documents of a bundle that say nothing of their own: they follow from the entries and the checkpoint, so whoever checks a bundle can
/// make them again and compare.
/// </summary>
internal static class BundleDocuments
{
    public static IEnumerable<OscalFile> For(
        Assessment assessment, EvidenceCheckpoint checkpoint, Hash256 entriesFile, IEvidenceSource source)
    {
        foreach (var file in OscalFiles.For(assessment, checkpoint, entriesFile, source))
            yield return file with { Name = BundleFormat.OscalFolder + file.Name };
        yield return new(BundleFormat.Report, (output, _) => HtmlReport.WriteAsync(output, assessment, checkpoint));
        yield return new(BundleFormat.Verify, static async (output, cancellationToken) =>
        {
            await using var text = Resource("VERIFY.md");
            await text.CopyToAsync(output, cancellationToken);
        });
    }

    public static Stream Resource(string name) => Assembly.GetExecutingAssembly().GetManifestResourceStream($"Compliance/{name}")
        ?? throw new InvalidOperationException($"{name} is not embedded.");
}
