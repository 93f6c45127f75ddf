using System.ComponentModel.DataAnnotations;
using DevOpsAI.Digests;

namespace DevOpsAI.Bot.Digests;

/// <summary>Section <c>Digests</c>.</summary>
public sealed class DigestsOptions : IValidatableObject
{
    /// <summary>False: nothing is posted by itself; the command <c>digest</c> still answers.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Time of day, in <see cref="TimeZone"/>.</summary>
    public TimeOnly At { get; set; } = new(7, 0);

    /// <summary>As in <c>Europe/Berlin</c>.</summary>
    public string TimeZone { get; set; } = "UTC";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            yield return new($"Digests:TimeZone '{TimeZone}' is no time zone that this machine knows; name it as in Europe/Berlin or UTC.");
    }

    internal DigestSchedule Schedule() => new(At, TimeZoneInfo.FindSystemTimeZoneById(TimeZone));
}
