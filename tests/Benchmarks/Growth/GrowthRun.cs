using System.Diagnostics;
using DevOpsAI.Tests.Support;
using DevOpsAI.Tests.Support.Growth;

namespace DevOpsAI.Benchmarks.Growth;

/// <summary>Histories that were measured on one store, each with the empty starts beside it.</summary>
internal sealed class GrowthRun(string name, Func<IGrownStore> open)
{
    /// <summary>Of starts after the first, each with an empty one just before it.</summary>
    private const int Starts = 3;

    private const double TimesEmpty = 5;
    private const double MaxSeconds = 15;
    private const double MaxMegabytes = 350;

    private readonly List<(HistoryPlan Plan, long Entries, BotStart First, BotStart Later, BotStart Empty, double TimesEmpty)> measured = [];

    public BotStart Last(HistoryPlan plan) => measured.Last(one => (one.Plan.Entries, one.Plan.Open) == (plan.Entries, plan.Open)).Later;

    /// <summary>Writes the history and starts the bot on it.</summary>
    /// <returns>What a start after the first takes.</returns>
    public async Task<BotStart> MeasureAsync(HistoryPlan plan)
    {
        await using var teams = await FakeTeams.StartAsync();
        plan = plan with { Until = TimeProvider.System.GetUtcNow(), ServiceUrl = teams.ServiceUrl };
        using var store = open();
        var clock = Stopwatch.StartNew();
        var entries = await store.WriteAsync(plan);
        await Console.Error.WriteLineAsync($"{name}: {entries:N0} entries, {plan.Open:N0} incidents open, written in {clock.Elapsed.TotalSeconds:N0} s");
        var first = await StartAsync(store, plan);
        List<BotStart> later = [];
        List<BotStart> empty = [];
        for (var n = 0; n < Starts; n++)
        {
            using (var nothing = open())
                empty.Add(await StartAsync(nothing, plan));
            later.Add(await StartAsync(store, plan));
        }
        var ratio = later.Zip(empty, static (grown, none) => grown.ReadySeconds / none.ReadySeconds).Order().ElementAt(Starts / 2);
        measured.Add((plan, entries, first, BotStart.Median(later), BotStart.Median(empty), ratio));
        PrintLast();
        return measured[^1].Later;
    }

    public IEnumerable<Measured> Report() => measured.SelectMany(one => (IEnumerable<Measured>)
    [
        Measured.AtMost($"growth, {name}, {one.Entries:N0} entries: ready, against an empty folder", one.TimesEmpty, "x", TimesEmpty, Figures(one.First, one.Later, one.Empty)),
        Measured.AtMost($"growth, {name}, {one.Entries:N0} entries: ready", one.Later.ReadySeconds, "s", MaxSeconds, new Dictionary<string, double>()),
        Measured.AtMost($"growth, {name}, {one.Entries:N0} entries: resident", one.Later.SettledMegabytes, "MB", MaxMegabytes, new Dictionary<string, double>()),
    ]);

    private static Dictionary<string, double> Figures(BotStart first, BotStart later, BotStart empty) => new()
    {
        ["empty folder, s to ready"] = empty.ReadySeconds,
        ["empty folder, s of processor time until settled"] = empty.SettledCpu,
        ["empty folder, MB resident when settled"] = empty.SettledMegabytes,
        ["first start, s to ready"] = first.ReadySeconds,
        ["first start, s until settled"] = first.SettledSeconds,
        ["first start, s of processor time until settled"] = first.SettledCpu,
        ["first start, MB resident when ready"] = first.ReadyMegabytes,
        ["first start, MB resident when settled"] = first.SettledMegabytes,
        ["first start, MB at most"] = first.PeakMegabytes,
        ["later start, s until settled"] = later.SettledSeconds,
        ["later start, s of processor time until ready"] = later.ReadyCpu,
        ["later start, s of processor time until settled"] = later.SettledCpu,
        ["later start, MB resident when ready"] = later.ReadyMegabytes,
        ["later start, MB at most"] = later.PeakMegabytes,
    };

    private void PrintLast()
    {
        var (plan, entries, first, later, empty, ratio) = measured[^1];
        Console.WriteLine($"{name}, {entries:N0} entries of {plan.Tenants} tenants, {plan.Open:N0} of {plan.Incidents:N0} incidents open");
        Console.WriteLine("                 ready s   x empty   cpu s   MB  | settled s   cpu s   MB  |  peak MB");
        Line("empty folder", empty, empty);
        Line("first start", first, empty);
        Line("later start", later, empty);
        Console.WriteLine($"  {Verdict(ratio <= TimesEmpty)} ready in {ratio:N1} times the empty folder's time (at most {TimesEmpty:N0})");
        Console.WriteLine($"  {Verdict(later.ReadySeconds <= MaxSeconds)} ready in {later.ReadySeconds:N1} s (at most {MaxSeconds:N0})");
        Console.WriteLine($"  {Verdict(later.SettledMegabytes <= MaxMegabytes)} {later.SettledMegabytes:N0} MB resident (at most {MaxMegabytes:N0})");
        Console.WriteLine();

        static string Verdict(bool holds) => holds ? "PASS" : "FAIL";

        static void Line(string what, BotStart start, BotStart empty) => Console.WriteLine(
            $"  {what,-14} {start.ReadySeconds,8:N2} {start.ReadySeconds / empty.ReadySeconds,9:N2} {start.ReadyCpu,7:N2} {start.ReadyMegabytes,5:N0} | "
            + $"{start.SettledSeconds,9:N2} {start.SettledCpu,7:N2} {start.SettledMegabytes,5:N0} | {start.PeakMegabytes,8:N0}");
    }

    private static Task<BotStart> StartAsync(IGrownStore store, HistoryPlan plan) => BotStart.MeasureAsync(
        store.Folder, store.Settings.Concat(plan.Settings()).Append(new("LocalTeams:Enabled", "false")).Append(new("Digests:Enabled", "false")));
}
