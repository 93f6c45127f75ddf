using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.Bot.Commands;

/// <summary>Verifier keys as options give them: the text itself, or a file with one per line.</summary>
internal static class Keys
{
    /// <exception cref="CommandException">Not a key that can be used here.</exception>
    public static VerifierKey Read(string text)
    {
        try
        {
            var key = VerifierKey.Parse(text.Trim());
            return key.CanVerify ? key : throw new CommandException($"{key.Name} is an Ed25519 key; its signatures cannot be checked here.");
        }
        catch (NoteFormatException problem)
        {
            throw new CommandException($"'{(text.Length > 60 ? text[..60] + "..." : text)}' is not a verifier key: {problem.Message}.");
        }
    }

    /// <exception cref="CommandException">One of them is no key, or a file cannot be read.</exception>
    public static IReadOnlyList<VerifierKey> ReadAll(IEnumerable<string>? given) => [.. (given ?? []).SelectMany(static one =>
        !one.Contains('+', StringComparison.Ordinal) && File.Exists(one) ? File.ReadAllLines(one).Where(static line => line.Length > 0 && line[0] != '#') : [one]).Select(Read)];
}
