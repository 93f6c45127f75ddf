using System.Text.RegularExpressions;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Tests.Isolation;

namespace DevOpsAI.Tests.Chat;

/// <summary>Who tries what they may not is in the log, with how it ended and without what they wrote.</summary>
public sealed partial class RefusalLogTests
{
    private static readonly Someone Ana = new("11111111-0000-4000-8000-000000000001", "Ana");
    private static readonly Someone Tia = new("11111111-0000-4000-8000-000000000002", "Tia");
    private static readonly Someone Stranger = new("11111111-0000-4000-8000-000000000003", "Sly");

    [Fact]
    public async Task Refused_commands_and_clicks_are_logged_with_person_and_outcome()
    {
        await using var bot = await RunningBot.StartAsync(
        [
            ("Tenants:contoso:Name", "Contoso Ltd"), ("Access:Roles:contoso:administrator:0", Ana.ObjectId),
            ("Access:Roles:contoso:auditor:0", Tia.ObjectId),
        ]);
        await bot.SayAsync(Ana, null, "freeze contoso because I say so");
        await bot.SayAsync(Tia, null, "unfreeze contoso");
        await bot.SayAsync(Stranger, null, "unfreeze contoso quietly");
        await bot.SayAsync(Stranger, null, "undo CON-1001");
        await bot.PressAsync(Stranger, null, Verb.Approve, new() { ["tenant"] = "contoso", ["incident"] = "CON-1001", ["seal"] = "x" });
        await bot.PressAsync(Stranger, null, new string('v', 5000),
            new() { ["tenant"] = "contoso", ["incident"] = "CON-1001", ["seal"] = "x" });
        await bot.PressAsync(Stranger, null, Verb.View, new() { ["tenant"] = "contoso", ["incident"] = "CON-1001" });
        Lines(bot, Ana).ShouldBe([$"{Ana.ObjectId} said Freeze: answered"]);
        Lines(bot, Tia).ShouldBe([$"{Tia.ObjectId} said Unfreeze: refused, NotAllowed"]);
        Lines(bot, Stranger).ShouldBe(
        [
            $"{Stranger.ObjectId} said Unfreeze: refused, no right to it, or no such thing",
            $"{Stranger.ObjectId} said Undo: refused, no right to it, or no such thing",
            $"{Stranger.ObjectId} pressed approve on CON-1001: refused, no right to it, or no such incident (turn #)",
            $"{Stranger.ObjectId} pressed {new string('v', 64)}... on CON-1001: refused, no right to it, or no such incident (turn #)",
        ]);
        bot.Log.ShouldNotContain(static line => line.Contains("quietly"));
    }

    private static IEnumerable<string> Lines(RunningBot bot, Someone who) =>
        bot.Log.Select(static line => Turn().Replace(line.Trim(), "(turn #)"))
            .Where(line => line.StartsWith(who.ObjectId, StringComparison.Ordinal)
                && (line.Contains(" said ") || line.Contains(" pressed ")));

    [GeneratedRegex(@"\(turn [0-9a-f]{32}\)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Turn();
}
