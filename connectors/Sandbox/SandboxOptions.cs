using System.ComponentModel.DataAnnotations;

namespace DevOpsAI.Connectors.Sandbox;

/// <summary>Section <c>Sandbox</c>.</summary>
public sealed class SandboxOptions
{
    /// <summary>Serves the simulated vendor with real Teams too, to try things out there; in local mode it is always there.</summary>
    public bool Enabled { get; set; }

    /// <summary>Where the simulated vendor is; by default the bot itself serves it.</summary>
    public Uri? Url { get; set; }

    /// <summary>How long one call may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);
}
