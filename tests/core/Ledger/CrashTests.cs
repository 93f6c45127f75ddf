using System.Diagnostics;
using System.Globalization;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Ledger;

public sealed class CrashTests
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");

    [Fact]
    public async Task What_was_acknowledged_survives_a_kill_at_any_instant_and_nothing_is_half_there()
    {
        using var folder = new LedgerFolder(TimeProvider.System);
        var acknowledged = new Dictionary<long, string>();
        foreach (var enough in (int[])[1, 40, 300, 900, .. Enumerable.Range(1, 28).Select(static round => round * 37 % 101)])
        {
            await AppendUntilAsync(folder.Path, enough, acknowledged);
            folder.Open();
            var head = await folder.Ledger.HeadAsync(Contoso, CancellationToken.None);
            (head % 2).ShouldBe(0, "each append was of two entries");
            var stored = (await folder.Ledger.ReadAsync(Contoso, 0, int.MaxValue, CancellationToken.None))
                .ToDictionary(entry => entry.Seq, entry => Convert.ToHexStringLower(entry.Hash.Span));
            acknowledged.Where(entry => stored.GetValueOrDefault(entry.Key) != entry.Value).ShouldBeEmpty();
            folder.Verify(Contoso).ShouldSatisfyAllConditions(
                found => found.Intact.ShouldBeTrue(found.First?.ToString()), found => found.Entries.ShouldBe(head));
            folder.Close();
        }
    }

    /// <summary>Runs the appender until it has told of so many entries, kills it, and adds all it has told of.</summary>
    private static async Task AppendUntilAsync(string folder, int enough, Dictionary<long, string> acknowledged)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "DevOpsAI.Appender.dll"), folder])
            { RedirectStandardOutput = true, UseShellExecute = false };
        using var appender = Process.Start(start).ShouldNotBeNull();
        for (var told = 0; await appender.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line; told++)
        {
            if (told == enough)
                appender.Kill();
            // The last line may be cut off by the kill.
            if (line.Split(' ') is [var seq, { Length: 64 } hash])
                acknowledged.Add(long.Parse(seq, CultureInfo.InvariantCulture), hash);
        }
        await appender.WaitForExitAsync(TestContext.Current.CancellationToken);
        acknowledged.Count.ShouldBeGreaterThan(enough);
    }
}
