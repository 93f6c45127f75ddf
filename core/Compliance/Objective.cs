namespace DevOpsAI.Compliance;

/// <summary>One statement of NIST SP 800-53 revision 5 that the entries can confirm or deny.</summary>
/// <param name="Id">The objective's id in NIST's catalog, as in <c>cm-3_obj.b-2</c>.</param>
/// <param name="Control">The control it belongs to.</param>
/// <param name="Title">What is confirmed or denied, in our words.</param>
/// <param name="Tested">Something was carried out and read back, rather than only looked up.</param>
public sealed record Objective(string Id, string Control, string Title, bool Tested = false)
{
    /// <summary>The control as the catalog calls it, as in <c>NIST SP 800-53 CM-3(1) Automated Documentation, ...</c>.</summary>
    public string ControlName => $"NIST SP 800-53 {Number} {Titles[Control]}";

    /// <summary>As people write it: an enhancement in brackets.</summary>
    private string Number => Control.Split('.') is [var control, var enhancement]
        ? $"{control.ToUpperInvariant()}({enhancement})"
        : Control.ToUpperInvariant();

    /// <summary>The titles of NIST SP 800-53 revision 5.</summary>
    private static readonly Dictionary<string, string> Titles = new()
    {
        ["ac-5"] = "Separation of Duties",
        ["ac-6.9"] = "Log Use of Privileged Functions",
        ["au-8"] = "Time Stamps",
        ["au-9.3"] = "Cryptographic Protection",
        ["au-10"] = "Non-repudiation",
        ["cm-3"] = "Configuration Change Control",
        ["cm-3.1"] = "Automated Documentation, Notification, and Prohibition of Changes",
    };
}

/// <summary>The objectives an export speaks about. The list is short on purpose: what was not examined is not called satisfied.</summary>
public static class Objectives
{
    public static readonly Objective Reviewed = new("cm-3_obj.b-1", "cm-3", "Proposed changes were reviewed by a person");
    public static readonly Objective Decided =
        new("cm-3_obj.b-2", "cm-3", "Proposed changes were approved or disapproved by as many people as policy asks");
    public static readonly Objective CarriedOut =
        new("cm-3_obj.d", "cm-3", "Approved changes were carried out and the result was read back", Tested: true);
    public static readonly Objective Prohibited =
        new("cm-3.1_obj.d", "cm-3.1", "Nothing was changed without approval, after it had lapsed, or during a freeze");
    public static readonly Objective Separated = new("ac-5_obj.b", "ac-5", "Nobody decided on their own request");
    public static readonly Objective Logged =
        new("ac-6.9_obj", "ac-6.9", "Every privileged action was recorded from its claim to its outcome");
    public static readonly Objective Attributed =
        new("au-10_obj", "au-10", "What was carried out is bound to the person who approved exactly that");
    public static readonly Objective TimeStamped = new("au-8_obj.b", "au-8", "Entries carry times in UTC that never go back");
    public static readonly Objective Protected =
        new("au-9.3_obj", "au-9.3", "The entries are protected by a signed Merkle tree", Tested: true);

    public static readonly IReadOnlyList<Objective> All =
        [Reviewed, Decided, CarriedOut, Prohibited, Separated, Logged, Attributed, TimeStamped, Protected];

    /// <summary>Those that are judged proposal by proposal.</summary>
    public static readonly IReadOnlyList<Objective> OfRounds = [Reviewed, Decided, CarriedOut, Prohibited, Separated, Logged, Attributed];
}
