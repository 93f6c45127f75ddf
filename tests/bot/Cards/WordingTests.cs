using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Views;

namespace DevOpsAI.Tests.Cards;

public sealed class WordingTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 23, 30, 0, TimeSpan.FromHours(2));

    [Fact]
    public void An_instant_in_a_sentence_is_a_run_of_its_own_that_the_client_writes()
    {
        Wording inner = $"until {At}";
        Wording words = $"Frozen by {"Dana"} {inner}, {2} more.";
        Texts(words).ShouldBe(["Frozen by Dana ", "until ", "{{DATE(2026-11-21T21:30:00Z,SHORT)}} {{TIME(2026-11-21T21:30:00Z)}}",
            ", 2 more."]);
        words.ToString().ShouldBe("Frozen by Dana until 2026-11-21 21:30 UTC, 2 more.");
    }

    [Fact]
    public void Outside_text_makes_no_date_not_even_in_two_parts()
    {
        Wording words = $"{"{"}{"{DATE(2026-01-01T00:00:00Z,SHORT)}}"} and {"{{TIME(x)"}{At}";
        Texts(words).Count(static text => text.Contains("{{", StringComparison.Ordinal)).ShouldBe(1, "its own");
    }

    [Fact]
    public void What_is_too_long_is_cut_once_and_nothing_follows()
    {
        Wording words = $"{new string('x', 20)}{At}{new string('y', 40)}{At}";
        Texts(words, max: 30)
            .ShouldBe([new('x', 20), "{{DATE(2026-11-21T21:30:00Z,SHORT)}} {{TIME(2026-11-21T21:30:00Z)}}",
                "yyyyyyyyyy… (+30 characters)"]);
    }

    private static List<string> Texts(Wording words, int max = 300) =>
        [.. CardElements.Rich(null, [.. words.Runs(new(null, max))]).AsReceived()["inlines"]!.AsArray()
            .Select(static run => (string)run!["text"]!)];
}
