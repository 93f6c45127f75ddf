using System.ComponentModel.DataAnnotations;

namespace DevOpsAI.Drafting;

/// <summary>Section <c>Drafting</c>.</summary>
public sealed class DraftingOptions
{
    /// <summary>
    /// Folder with runbooks of one's own, which replace those of the same name and add others. Relative to the content root; null for none.
    /// </summary>
    public string? RunbooksPath { get; set; }

    /// <summary>How often a vendor that gives no answer is asked before a person gets the incident without a plan.</summary>
    [Range(1, 10)]
    public int VendorTries { get; set; } = 3;

    /// <summary>How long all these tries may take together.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan VendorTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
