using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Completeness;

/// <summary>Section <c>Completeness</c>.</summary>
public sealed class CompletenessOptions
{
    /// <summary>How often what came in without leaving an entry of its own is put on record.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ReceiptsEvery { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A connection that was heard before is silent when nothing comes for this long; <c>Connections:{name}:StaleAfter</c> says otherwise
    /// for one.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan StaleAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How often each vendor is asked whether a connection works; while one does not, every minute.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan CheckEvery { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often the vendors' logs of actions are read.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan PollEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a vendor's log in which nothing happens is said to have been read.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan IdlePollEvery { get; set; } = TimeSpan.FromHours(1);
}

[OptionsValidator]
internal sealed partial class CompletenessOptionsValidator : IValidateOptions<CompletenessOptions>;
