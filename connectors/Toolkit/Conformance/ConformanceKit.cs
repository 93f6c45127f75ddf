using DevOpsAI.Connectors.Toolkit.Manifests;

namespace DevOpsAI.Connectors.Toolkit.Conformance;

/// <summary>
/// Puts a connector through what vendors do to one: it plays the vendor from the manifest itself, over HTTP on 127.0.0.1, and looks at
/// what the connector makes of it.
/// </summary>
public static class ConformanceKit
{
    /// <summary>More than any check needs; one that has not ended by then has failed.</summary>
    private static readonly TimeSpan CheckWithin = TimeSpan.FromSeconds(60);

    /// <summary>Every check of a manifest, in an order that is always the same.</summary>
    /// <param name="file">For messages.</param>
    /// <exception cref="FormatException">The manifest has validation errors; the first is told.</exception>
    public static Task<IReadOnlyList<ConformanceFinding>> RunAsync(string file, string yaml, CancellationToken cancellationToken)
    {
        var errors = new List<string>();
        return ManifestReader.Read(file, yaml, errors) is { } manifest
            ? RunAsync(manifest, static subject => subject, cancellationToken)
            : throw new FormatException(errors[0]);
    }

    /// <param name="replace">Puts something else in the connector's place.</param>
    /// <param name="only">The checks that are run, by name; empty for all.</param>
    internal static async Task<IReadOnlyList<ConformanceFinding>> RunAsync(
        Manifest manifest, Func<ConformanceSubject, ConformanceSubject> replace, CancellationToken cancellationToken,
        params IReadOnlyCollection<string> only)
    {
        var findings = new List<ConformanceFinding>();
        foreach (var check in All(manifest).Where(one => only.Count == 0 || only.Contains(one.Name)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            findings.Add(await RunAsync(manifest, replace, check, cancellationToken));
        }
        return findings;
    }

    internal static IEnumerable<ConformanceCheck> All(Manifest manifest) =>
    [
        .. manifest.Targets.Keys.Order(StringComparer.Ordinal).SelectMany(TargetChecks.For),
        .. manifest.Actions.Keys.Order(StringComparer.Ordinal).SelectMany(ActionChecks.For),
        .. manifest.Webhook is { } webhook ? EventChecks.For(webhook) : [],
        .. Enumerable.Range(0, manifest.Polls.Count).SelectMany(PollChecks.For),
        .. EchoChecks.For(manifest),
        .. manifest.Actions.Keys.Order(StringComparer.Ordinal).SelectMany(action => ReconcileChecks.For(manifest, action)),
    ];

    private static async Task<ConformanceFinding> RunAsync(
        Manifest manifest, Func<ConformanceSubject, ConformanceSubject> replace, ConformanceCheck check,
        CancellationToken cancellationToken)
    {
        await using var stage = await ConformanceStage.OpenAsync(manifest, replace);
        try
        {
            var seen = await check.RunAsync(stage).WaitAsync(CheckWithin, cancellationToken);
            return new(check.Name, check.Of, seen.Verdict, seen.What);
        }
        catch (TimeoutException)
        {
            return new(check.Name, check.Of, ConformanceVerdict.Failed, $"It did not end within {CheckWithin.TotalSeconds:0} seconds.");
        }
        catch (Exception thrown) when (thrown is not OperationCanceledException)
        {
            return new(check.Name, check.Of, ConformanceVerdict.Failed, $"It ended in {thrown.GetType().Name}: {thrown.Message}");
        }
    }
}
