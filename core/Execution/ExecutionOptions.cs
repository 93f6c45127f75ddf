using System.ComponentModel.DataAnnotations;

namespace DevOpsAI.Execution;

/// <summary>Section <c>Execution</c>.</summary>
public sealed class ExecutionOptions
{
    /// <summary>How much longer a claim lasts than the plan's own time limits add up to.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan LeaseMargin { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long the world may take, after the vendor accepted an action, to show its effect; and how long a vendor's "not done" is doubted
    /// after an answer was lost, because the request may still be on its way.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:30:00")]
    public TimeSpan SettleFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause between two looks at the world while it settles.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan LookEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often one action is tried when the vendor certainly did not do it.</summary>
    [Range(1, 20)]
    public int Attempts { get; set; } = 5;

    /// <summary>How long all attempts of one action, or of one reading, may take together.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Pause before the second attempt when the vendor named none; doubles with each further attempt.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a verified execution can be undone.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan UndoFor { get; set; } = TimeSpan.FromHours(24);
}
