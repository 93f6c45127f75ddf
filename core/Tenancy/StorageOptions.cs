using System.ComponentModel.DataAnnotations;

namespace DevOpsAI.Tenancy;

/// <summary>Section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>Folder of the ledger and of everything else kept on disk; created when missing. Relative to the content root.</summary>
    [Required]
    public string Path { get; set; } = ".data";

    /// <summary>Where this instance keeps what it stores, as in <c>eu-west</c>. Tenants pinned to another region are not served; without it, no pinned tenant is.</summary>
    [RegularExpression("[a-z0-9][a-z0-9-]{0,39}", ErrorMessage = "Storage:Region: lower-case letters, digits and hyphens, at most 40.")]
    public string? Region { get; set; }
}
