namespace DevOpsAI.Compliance;

/// <summary>What stands where personal text was, once its key is destroyed or is not at hand.</summary>
internal static class Erasure
{
    private const string Erased = "(erased)";

    private const string Missing = "(missing)";

    public static bool IsErased(string text) => text.Length == 0 || text is Erased or Missing;
}
