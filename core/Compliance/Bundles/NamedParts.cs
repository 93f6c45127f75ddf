using DevOpsAI.Ledger.Encryption;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>
/// What is opened of an entry when a bundle is to have names: what the report tells, and no more. Raw events, command output and analyses
/// stay encrypted.
/// </summary>
internal static class NamedParts
{
    private static readonly HashSet<string> Told = new(StringComparer.Ordinal)
    {
        "incident.opened", "proposal.staged", "proposal.decided", "break-glass.reviewed", "execution.finished", "undo.finished",
        "freeze.set", "freeze.lifted", "role.assigned", "change.out-of-band",
    };

    public static bool Covers(string type, EncryptedField part) => Told.Contains(type) || part.Of is ["actor.name"];
}
