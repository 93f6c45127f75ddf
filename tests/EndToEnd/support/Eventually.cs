using System.Diagnostics;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>Waits for something another process brings about, by asking again and again.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > Hang.Limit)
                throw new TimeoutException($"Not within {Hang.Limit.TotalSeconds:0} s: {what()}");
            await Task.Delay(Pause);
        }
    }

    public static async Task<T> GetAsync<T>(Func<Task<T?>> look, Func<string> what)
        where T : class
    {
        T? found = null;
        await TrueAsync(async () => (found = await look()) is not null, what);
        return found!;
    }
}
