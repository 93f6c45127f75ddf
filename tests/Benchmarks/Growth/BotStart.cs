using System.Diagnostics;

namespace DevOpsAI.Benchmarks.Growth;

/// <summary>What one start of the bot took: until it was ready, and until its subscriptions had finished every entry.</summary>
internal sealed record BotStart(
    double ReadySeconds,
    double ReadyCpu,
    double ReadyMegabytes,
    double SettledSeconds,
    double SettledCpu,
    double SettledMegabytes,
    double PeakMegabytes)
{
    /// <summary>What a start on a long history may take before it is given up.</summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(20);

    /// <summary>What is not an entry to react to, such as signing, goes on for a moment.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    /// <summary>Starts the bot, waits until it has nothing left to do, and stops it in an orderly way.</summary>
    public static async Task<BotStart> MeasureAsync(string folder, IEnumerable<KeyValuePair<string, string>> settings)
    {
        var environment = settings.Select(static one =>
            KeyValuePair.Create(one.Key.Replace(":", "__", StringComparison.Ordinal), one.Value));
        using var bot = await Server.StartBotAsync(folder, environment, GiveUpAfter);
        var (readyCpu, readyBytes) = (bot.CpuSeconds, bot.ResidentBytes);
        var clock = Stopwatch.StartNew();
        await bot.SettledAsync(GiveUpAfter);
        var settled = bot.ReadyAfter + clock.Elapsed;
        await Task.Delay(Rest);
        var start = new BotStart(
            bot.ReadyAfter.TotalSeconds,
            readyCpu,
            readyBytes / 1e6,
            settled.TotalSeconds,
            bot.CpuSeconds,
            bot.ResidentBytes / 1e6,
            bot.PeakMemoryBytes / 1e6);
        await bot.StopAsync();
        return start;
    }

    /// <summary>Each figure's median.</summary>
    public static BotStart Median(IReadOnlyList<BotStart> of)
    {
        return new(
            At(static one => one.ReadySeconds),
            At(static one => one.ReadyCpu),
            At(static one => one.ReadyMegabytes),
            At(static one => one.SettledSeconds),
            At(static one => one.SettledCpu),
            At(static one => one.SettledMegabytes),
            At(static one => one.PeakMegabytes));

        double At(Func<BotStart, double> figure) => of.Select(figure).Order().ElementAt(of.Count / 2);
    }
}
