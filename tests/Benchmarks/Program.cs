using System.Text.Json;
using DevOpsAI.Benchmarks;

// dotnet run -c Release --project tests/Benchmarks -- <verb> [--quick]
// Ratios are taken within one run on one machine, so that they say something on any machine.
if (args is ["--measure-export", var count, var folder])
    return await DevOpsAI.Benchmarks.Ledger.ExportBenchmark.MeasureAsync(int.Parse(count), folder);
if (args is [Floor.ServeArgument, var port, var ledger])
{
    await Floor.ServeAsync(int.Parse(port), ledger);
    return 0;
}
var verbs = Benchmark.All();
var quick = args.Contains("--quick");
var asked = args.Where(static arg => !arg.StartsWith('-')).ToList();
var chosen = asked is ["all"] ? [.. verbs.Values] : asked.Select(verbs.GetValueOrDefault).ToList();
if (chosen.Count == 0 || chosen.Contains(null))
{
    await Console.Error.WriteLineAsync($"Usage: <{string.Join('|', verbs.Keys)}|all> [--quick]");
    return 2;
}
var results = new List<Measured>();
foreach (var benchmark in chosen)
    results.AddRange(await benchmark!.RunAsync(quick));
Console.WriteLine(JsonSerializer.Serialize(results, Measured.Json));
Console.WriteLine();
foreach (var result in results)
    Console.WriteLine(result);
return results.All(static result => result.Met) ? 0 : 1;
