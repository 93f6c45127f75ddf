using DevOpsAI.Common;

namespace DevOpsAI.Bot.Hosting.Settings;

/// <summary>How far apart the names of settings are, in whatever case.</summary>
internal static class Spelling
{
    /// <summary>Near enough to have been meant: a slip in a short name, up to a third of a long one.</summary>
    public static bool AreClose(string known, string written) =>
        Distance(known, written) <= Math.Max(1, Math.Min(known.Length, written.Length) / 3);

    public static int Distance(string known, string written) =>
        EditDistance.Between(written.ToUpperInvariant(), known.ToUpperInvariant());
}
