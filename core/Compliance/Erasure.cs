using DevOpsAI.Ledger.Encryption;

namespace DevOpsAI.Compliance;

/// <summary>What stands where text was, once its key is destroyed or is not at hand.</summary>
internal static class Erasure
{
    public static bool IsUnreadable(string text) => text.Length == 0 || text is Erased.Text or Erased.Missing or Erased.Encrypted;

    /// <summary>As in <c>erased</c>.</summary>
    public static string Word(string text) => text.Trim('(', ')');
}
