using System.ComponentModel.DataAnnotations;

namespace DevOpsAI.Tenancy;

/// <summary>What of section <c>Storage</c> says which tenants are served.</summary>
public class RegionOptions
{
    /// <summary>
    /// Where this instance keeps what it stores, as in <c>eu-west</c>. Tenants pinned to another region are not served; without it, no
    /// pinned tenant is.
    /// </summary>
    [RegularExpression("[a-z0-9][a-z0-9-]{0,39}", ErrorMessage = "Storage:Region: lower-case letters, digits and hyphens, at most 40.")]
    public string? Region { get; set; }
}
