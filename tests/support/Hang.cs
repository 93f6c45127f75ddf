namespace DevOpsAI.Tests.Support;

/// <summary>
/// Where a test waits for something real that must happen, this ends it when it never does. It says nothing about how fast anything is.
/// </summary>
public static class Hang
{
    /// <summary>
    /// So long that a machine which is many times slower than usual, or stands still for a while, is not taken for one that hangs.
    /// </summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
}
