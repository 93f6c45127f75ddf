using System.Text.Encodings.Web;
using System.Text.Json;

namespace DevOpsAI.Benchmarks;

/// <summary>One verb of the benchmark program. Add a class to add a verb.</summary>
internal interface IBenchmark
{
    string Verb { get; }

    /// <param name="quick">A tenth of the work, to see that it runs.</param>
    Task<IReadOnlyList<Measured>> RunAsync(bool quick);
}

internal static class Benchmark
{
    public static SortedDictionary<string, IBenchmark> All() => new(
        typeof(Benchmark).Assembly.GetTypes()
            .Where(static type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IBenchmark)))
            .Select(static type => (IBenchmark)Activator.CreateInstance(type)!)
            .ToDictionary(static benchmark => benchmark.Verb));
}

/// <summary>A figure and its bar.</summary>
/// <param name="Target">The least that is asked for; the most when <paramref name="IsLimit"/>; null where there is no bar.</param>
/// <param name="Figures">What was measured besides, by name.</param>
internal sealed record Measured(
    string Name, double Value, string Unit, double? Target, IReadOnlyDictionary<string, double> Figures, bool IsLimit = false)
{
    public static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool Met => Target is null || (IsLimit ? Value <= Target : Value >= Target);

    public static Measured AtMost(string name, double value, string unit, double target, IReadOnlyDictionary<string, double> figures) =>
        new(name, value, unit, target, figures, IsLimit: true);

    public override string ToString() =>
        $"{Verdict}  {Name,-58} {Value,12:N2} {Unit} {Bar}"
        + string.Concat(Figures.Select(figure => $"{Environment.NewLine}          {figure.Key,-56} {figure.Value,12:N2}"));

    private string Verdict => (Target, Met) switch
    {
        (null, _) => "      ",
        (_, true) => "met   ",
        (_, false) => "MISSED",
    };

    private string Bar => Target is null ? "(no bar)" : $"(at {(IsLimit ? "most" : "least")} {Target:N2})";
}
