namespace DevOpsAI.Common;

/// <summary>
/// Fault injection at the instants named by <see cref="Failpoint"/>. Until a test arms them, passing one costs the reading of a field.
/// </summary>
public static class Failpoints
{
    private static readonly AsyncLocal<Action<string>?> InFlow = new();
    private static volatile bool isArmed;
    private static Action<string>? inProcess;

    /// <summary>Passes a failpoint. What is armed may throw here, or end the process.</summary>
    public static void Hit(string failpoint)
    {
        if (isArmed)
            (InFlow.Value ?? Volatile.Read(ref inProcess))?.Invoke(failpoint);
    }

    /// <summary>
    /// Has every failpoint reported that the caller passes from now on, in its own flow and in the tasks that it starts, and nobody else's;
    /// none with null.
    /// </summary>
    public static void Arm(Action<string>? hit)
    {
        InFlow.Value = hit;
        isArmed |= hit is not null;
    }

    /// <summary>Has every failpoint of the process reported that no flow has armed for itself; none with null.</summary>
    public static void ArmProcess(Action<string>? hit)
    {
        Volatile.Write(ref inProcess, hit);
        isArmed |= hit is not null;
    }
}
