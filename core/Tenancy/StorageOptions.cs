using System.ComponentModel.DataAnnotations;

namespace DevOpsAI.Tenancy;

/// <summary>Section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>Folder of the ledger and of everything else kept on disk; created when missing. Relative to the content root.</summary>
    [Required]
    public string Path { get; set; } = ".data";
}
