using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Incidents;

/// <summary>Section <c>Storms</c>: when single incidents become one that gathers.</summary>
public sealed class StormOptions
{
    /// <summary>
    /// So many open incidents of one cause within <see cref="Window"/> make the next event gather its cause, and so many alerts of one
    /// cause in one delivery are one incident from the start. For alerts about security or a person it takes as many as
    /// <see cref="Tenant"/>.
    /// </summary>
    [Range(2, IncidentsState.RecentlyOpenedLimit)]
    public int SameCause { get; set; } = 5;

    /// <summary>
    /// So many open incidents of a tenant within <see cref="Window"/> make the next event gather everything that is no more severe and has
    /// no card of its own.
    /// </summary>
    [Range(2, IncidentsState.RecentlyOpenedLimit)]
    public int Tenant { get; set; } = 20;

    /// <summary>So long without a new alert end a storm: it gathers no more, and the next alert has a card of its own.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan QuietAfter { get; set; } = TimeSpan.FromMinutes(15);

    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);
}

[OptionsValidator]
internal sealed partial class StormOptionsValidator : IValidateOptions<StormOptions>;
