namespace DevOpsAI.Ledger;

/// <summary>Two features register the same name, so that nobody could tell whose it is: a fault of the program, found at start.</summary>
public sealed class FeatureConflictException(string message) : Exception(message)
{
    internal static void ThrowIfAny(IReadOnlyList<Feature> features)
    {
        List<string> conflicts =
        [
            .. Conflicts(features, "the entry", static feature => feature.Entries.Select(static entry => entry.Name)),
            .. Conflicts(features, "the fact", static feature => feature.Entries.Select(static entry => entry.Type.Name)),
            .. Conflicts(features, "the slice", static feature => feature.Slices.Select(static slice => slice.Name)),
            .. Conflicts(features, "the slice type", static feature => feature.Slices.Select(static slice => slice.Type.Name)),
            .. Conflicts(features, "the stream", static feature => feature.Streams),
        ];
        if (conflicts.Count > 0)
            throw new FeatureConflictException(string.Join('\n', conflicts));
    }

    private static IEnumerable<string> Conflicts(
        IReadOnlyList<Feature> features, string what, Func<Feature, IEnumerable<string>> names) => features
        .SelectMany(feature => names(feature).Select(name => (Name: name, Feature: feature.Name)))
        .GroupBy(static pair => pair.Name, static pair => pair.Feature, StringComparer.Ordinal)
        .Where(static name => name.Skip(1).Any())
        .Select(name => $"Two features register {what} '{name.Key}': {string.Join(" and ", name)}.");
}
