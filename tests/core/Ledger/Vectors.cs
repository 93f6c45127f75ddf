using System.Text.Json;

namespace DevOpsAI.Tests.Ledger;

internal static class Vectors
{
    public static JsonElement Read(string name) =>
        JsonElement.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Ledger", "vectors", name)));
}
