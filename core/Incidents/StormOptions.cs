using System.ComponentModel.DataAnnotations;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Incidents;

/// <summary>Section <c>Storms</c>: when single incidents become one that gathers.</summary>
public sealed class StormOptions
{
    /// <summary>So many open incidents of one cause within <see cref="Window"/> make the next event gather its cause.</summary>
    [Range(2, TenantState.RecentlyOpenedLimit)]
    public int SameCause { get; set; } = 5;

    /// <summary>So many open incidents of a tenant within <see cref="Window"/> make the next event gather everything.</summary>
    [Range(2, TenantState.RecentlyOpenedLimit)]
    public int Tenant { get; set; } = 20;

    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);
}

[OptionsValidator]
internal sealed partial class StormOptionsValidator : IValidateOptions<StormOptions>;
