namespace DevOpsAI.Gates;

/// <summary>Section <c>Gates</c>.</summary>
public sealed class GatesOptions
{
    /// <summary>
    /// Folder with policies of our own: <c>default.yaml</c> instead of the built-in one, <c>{tenant}.yaml</c> for one tenant.
    /// Relative to the content root; read at start. Null: the built-in policy for everybody.
    /// </summary>
    public string? PolicyPath { get; set; }

    /// <summary>
    /// The kill switch: a file that the bot can read and should not be able to write. Relative to the content root; read whenever something
    /// is about to run. Once set, a file that cannot be read or understood pauses everything. Null: there is no kill switch.
    /// </summary>
    public string? KillSwitchPath { get; set; }
}
