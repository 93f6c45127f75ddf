namespace DevOpsAI.Benchmarks;

/// <summary>One round: how the server did under load, and how much processor time it took for it.</summary>
internal sealed record Round(LoadResult Load, double CpuSeconds)
{
    public double CpuMicroseconds => CpuSeconds * 1e6 / Load.Requests;
}

/// <summary>
/// Bot and peer under the same load in turns, so that whatever else the machine does meets both. What is compared is each round of the bot
/// with the peer's round before it; the figure is the median of those ratios.
/// </summary>
internal sealed class SideBySide(IReadOnlyList<Round> bot, IReadOnlyList<Round> peer)
{
    public Round Bot { get; } = Median(bot, round => round.Load.PerSecond);

    public Round Peer { get; } = Median(peer, round => round.Load.PerSecond);

    public double Rate =>
        Median([.. bot.Zip(peer, static (ours, theirs) => ours.Load.PerSecond / theirs.Load.PerSecond)], static ratio => ratio);

    public double P99 => Median([.. bot.Zip(peer, static (ours, theirs) => theirs.Load.P99 / ours.Load.P99)], static ratio => ratio);

    public double Cpu =>
        Median([.. bot.Zip(peer, static (ours, theirs) => theirs.CpuMicroseconds / ours.CpuMicroseconds)], static ratio => ratio);

    /// <summary>
    /// Rounds that only warm up. The runtime compiles hot methods again, optimised, in the background; until it is through, that takes a
    /// quarter of the processor that the bot has on two cores.
    /// </summary>
    public const int WarmUps = 6;

    /// <summary>Warms both up, waits until the bot has nothing left to do, then measures.</summary>
    /// <param name="load">Puts one round of load on a server; true for the bot.</param>
    public static async Task<SideBySide> RunAsync(Server bot, Server peer, int rounds, Func<bool, Task<LoadResult>> load) =>
        (await RunAsync(bot, [peer], rounds, (isBot, _) => load(isBot)))[0];

    /// <summary>
    /// As <see cref="RunAsync(Server, Server, int, Func{bool, Task{LoadResult}})"/>, with several peers, which take turns in being the last
    /// before the bot.
    /// </summary>
    /// <param name="load">Puts one round of load on the bot (true), or on the peer whose <see cref="Server.Port"/> it is given.</param>
    public static async Task<IReadOnlyList<SideBySide>> RunAsync(
        Server bot, IReadOnlyList<Server> peers, int rounds, Func<bool, int, Task<LoadResult>> load)
    {
        for (var round = 0; round < WarmUps; round++)
        {
            foreach (var peer in peers)
                await MeasureAsync(peer, () => load(false, peer.Port));
            await MeasureAsync(bot, () => load(true, bot.Port));
        }
        List<Round> ours = [];
        var theirs = peers.Select(static _ => new List<Round>()).ToList();
        for (var round = 0; round < rounds; round++)
        {
            await bot.SettledAsync();
            for (var n = 0; n < peers.Count; n++)
            {
                var at = (round + n) % peers.Count;
                theirs[at].Add(await MeasureAsync(peers[at], () => load(false, peers[at].Port)));
            }
            ours.Add(await MeasureAsync(bot, () => load(true, bot.Port)));
        }
        return [.. theirs.Select(peer => new SideBySide(ours, peer))];
    }

    private static async Task<Round> MeasureAsync(Server server, Func<Task<LoadResult>> load)
    {
        var before = server.CpuSeconds;
        var result = await load();
        if (result.NotOk > 0)
            throw new InvalidOperationException(
                $"{result.NotOk} of {result.Requests} requests were not answered as they should be: {result.FirstFailure}");
        return new(result, server.CpuSeconds - before);
    }

    private static T Median<T>(IReadOnlyList<T> of, Func<T, double> by) => of.OrderBy(by).ElementAt(of.Count / 2);
}
