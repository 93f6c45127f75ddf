using System.ComponentModel.DataAnnotations;

namespace DevOpsAI.Bot.Cards;

/// <summary>Section <c>Cards</c>.</summary>
public sealed class CardsOptions
{
    /// <summary>How long a card whose send was not answered may be found by a click before it is sent again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LostAnswerWait { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Shortest time between two updates of one card when nothing but the count of events changed.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan CountEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a state on the way (approved, executing) must last before others than the decider are shown it; most are over sooner.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan PassingFor { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>First pause after Teams could not be reached; doubled up to <see cref="LongestPause"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(1);

    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Hosts that addresses in alerts may be links to, as in <c>runbooks.contoso.com</c>; to any other they stay text.</summary>
    public string[] LinkHosts { get; set; } = [];

    /// <summary>How often every card is compared with the ledger, in case a signal was lost.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromMinutes(2);
}
