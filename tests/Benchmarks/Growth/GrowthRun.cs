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

    private sealed record Case(HistoryPlan Plan, long Entries, BotStart First, BotStart Later, BotStart Empty, double TimesEmpty);

    private readonly List<Case> measured = [];
    private IReadOnlyList<string> subscriptions = [];

    public BotStart Last(HistoryPlan plan) => measured.Last(one => (one.Plan.Entries, one.Plan.Open) == (plan.Entries, plan.Open)).Later;

    /// <summary>
    /// Writes the history and starts the bot on it. In the first one the subscriptions have seen nothing; in the others all, as after an
    /// update.
    /// </summary>
    /// <returns>What a start after the first takes.</returns>
    public async Task<BotStart> MeasureAsync(HistoryPlan plan)
    {
        await using var teams = await FakeTeams.StartAsync();
        plan = plan with { Until = TimeProvider.System.GetUtcNow(), ServiceUrl = teams.ServiceUrl, Subscriptions = subscriptions };
        using var store = open();
        var clock = Stopwatch.StartNew();
        var entries = await store.WriteAsync(plan);
        await Console.Error.WriteLineAsync($"{name}: {entries:N0} entries written in {clock.Elapsed.TotalSeconds:N0} s");
        var first = await StartAsync(store, plan);
        subscriptions = store.Subscriptions();
        List<BotStart> later = [];
        List<BotStart> empty = [];
        for (var n = 0; n < Starts; n++)
        {
            using (var nothing = open())
                empty.Add(await StartAsync(nothing, plan));
            later.Add(await StartAsync(store, plan));
        }
        var ratio = later.Zip(empty, static (grown, none) => grown.ReadySeconds / none.ReadySeconds).Order().ElementAt(Starts / 2);
        measured.Add(new(plan, entries, first, BotStart.Median(later), BotStart.Median(empty), ratio));
        PrintLast();
        return measured[^1].Later;
    }

    public IEnumerable<Measured> Report() => measured.SelectMany(one => (IEnumerable<Measured>)
    [
        Limit(one, "ready, against an empty folder", one.TimesEmpty, "x", TimesEmpty, Figures(one.First, one.Later, one.Empty)),
        Limit(one, "ready", one.Later.ReadySeconds, "s", MaxSeconds, []),
        Limit(one, "resident", one.Later.SettledMegabytes, "MB", MaxMegabytes, []),
    ]);

    private Measured Limit(Case of, string what, double value, string unit, double bar, Dictionary<string, double> figures) =>
        Measured.AtMost($"growth, {name}, {of.Entries:N0} entries: {what}", value, unit, bar, figures);

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
        Console.WriteLine("                  ready s   x empty   cpu s    MB | settled s   cpu s    MB |  peak MB");
        Line("empty folder", empty, empty);
        Line("first start", first, empty);
        Line("later start", later, empty);
        Verdict(ratio, TimesEmpty, "times the empty folder's time to ready");
        Verdict(later.ReadySeconds, MaxSeconds, "s to ready");
        Verdict(later.SettledMegabytes, MaxMegabytes, "MB resident");
        Console.WriteLine();

        static void Verdict(double value, double bar, string what) =>
            Console.WriteLine($"  {(value <= bar ? "PASS" : "FAIL")}  {value:N1} {what} (at most {bar:N0})");

        static void Line(string what, BotStart start, BotStart empty)
        {
            var times = start.ReadySeconds / empty.ReadySeconds;
            var ready = $"{start.ReadySeconds,8:N2} {times,9:N2} {start.ReadyCpu,7:N2} {start.ReadyMegabytes,5:N0}";
            var settled = $"{start.SettledSeconds,9:N2} {start.SettledCpu,7:N2} {start.SettledMegabytes,5:N0}";
            Console.WriteLine($"  {what,-14} {ready} | {settled} | {start.PeakMegabytes,8:N0}");
        }
    }

    private static Task<BotStart> StartAsync(IGrownStore store, HistoryPlan plan)
    {
        Dictionary<string, string> quiet = new() { ["LocalTeams:Enabled"] = "false", ["Digests:Enabled"] = "false" };
        return BotStart.MeasureAsync(store.Folder, [.. store.Settings, .. plan.Settings(), .. quiet]);
    }
}
