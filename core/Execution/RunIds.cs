using System.Globalization;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Execution;

/// <summary>The ids of runs and of their operations, as in <c>CON-1042-x1</c>, <c>CON-1042-u1-0</c> and <c>CON-1042-x2-0-r</c>.</summary>
internal static class RunIds
{
    /// <summary>The incident in the id of a run or operation; null where it names none.</summary>
    public static IncidentId? GetIncident(string run)
    {
        var end = Math.Max(run.LastIndexOf("-x", StringComparison.Ordinal), run.LastIndexOf("-u", StringComparison.Ordinal));
        return end > 0 && IncidentId.TryParse(run[..end], out var incident) ? incident : null;
    }

    /// <summary>The step, from 0, of an operation of this run; null when it is none of it.</summary>
    public static int? GetStep(string run, string operation)
    {
        if (!operation.StartsWith($"{run}-", StringComparison.Ordinal))
            return null;
        var step = operation[(run.Length + 1)..];
        step = step.EndsWith("-r", StringComparison.Ordinal) ? step[..^2] : step;
        return int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
