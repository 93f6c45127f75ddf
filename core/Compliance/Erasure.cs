namespace DevOpsAI.Compliance;

/// <summary>What stands where personal text was, once its key is destroyed or is not at hand.</summary>
internal static class Erasure
{
    public const string Erased = "(erased)";

    public static bool IsErased(string text) => text.Length == 0 || text == Erased;
}
