using System.ComponentModel.DataAnnotations;

namespace DevOpsAI.LocalTeams;

/// <summary>Section <c>LocalTeams</c>.</summary>
public sealed class LocalTeamsOptions
{
    /// <summary>False: nothing under <c>/localteams</c> is mapped and nobody installs the bot.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// What everybody shows who acts here or sends the bot an activity, as a bearer token; null, unless the host draws one, for nothing.
    /// </summary>
    [RegularExpression("[A-Za-z0-9._~+/=-]{22,128}", ErrorMessage = "LocalTeams:Token must be 22 to 128 letters, digits or . _ ~ + / = -, "
        + "as from 'openssl rand -base64 24'; leave it out for a new one at every start.")]
    public string? Token { get; set; }

    /// <summary>In <see cref="Hint"/>, stands for the address that the page was opened at.</summary>
    public const string AddressInHint = "{address}";

    /// <summary>A command for a terminal that brings the first card, shown in channels until there is one; null for none.</summary>
    public string? Hint { get; set; }

    /// <summary>Alerts that buttons of the page raise; not a setting.</summary>
    internal IReadOnlyList<SampleAlert> Samples { get; set; } = [];

    /// <summary>How long Teams waits for the bot to answer an activity before it gives up or delivers again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>After two unanswered deliveries of an invoke, Teams waits this long and tries again under a new activity id.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan SecondRoundAfter { get; set; } = TimeSpan.FromSeconds(30);
}
