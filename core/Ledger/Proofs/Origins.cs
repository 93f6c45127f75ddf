using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>
/// What the first line of a checkpoint says: <c>{Ledger:Origin}/{tenant}</c>. It is also the name that the ledger signs under, so one
/// tenant's signature is never taken for another's although both are made with the same key.
/// </summary>
public static class Origins
{
    public const string Default = "devops-ai-bot";

    public static string For(string prefix, TenantId tenant) => $"{prefix}/{tenant.Value}";

    /// <summary>Whether something can be the setting: as a key name, without a slash at its end.</summary>
    public static bool IsPrefix(string prefix) =>
        NoteText.IsKeyName(prefix) && !prefix.EndsWith('/') && prefix.Length <= 200 && prefix.All(char.IsAscii);
}
