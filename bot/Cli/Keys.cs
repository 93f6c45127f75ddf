using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.Bot.Cli;

/// <summary>Verifier keys as options give them: the text itself, or a file with one per line.</summary>
internal static class Keys
{
    /// <exception cref="CommandException">Not a key that can be used here.</exception>
    public static VerifierKey Read(string text) => Read(text, $"'{(text.Length > 60 ? text[..60] + "..." : text)}'");

    /// <summary>All of them; empty only when none was given, so that a file without a key never stands for no key.</summary>
    /// <exception cref="CommandException">One of them is no key, or a file cannot be read or holds none.</exception>
    public static IReadOnlyList<VerifierKey> ReadAll(IEnumerable<string>? given) => [.. (given ?? []).SelectMany(ReadOne)];

    private static IReadOnlyList<VerifierKey> ReadOne(string given)
    {
        if (File.Exists(given))
            return ReadFile(given);
        if (given.Contains('+', StringComparison.Ordinal))
            return [Read(given)];
        throw new CommandException(Directory.Exists(given)
            ? $"{given} is a folder, not a file of verifier keys."
            : $"'{given}' is not a verifier key (name+id+key, as 'ledger key' prints it), and there is no such file.");
    }

    private static List<VerifierKey> ReadFile(string path)
    {
        var keys = File.ReadLines(path).Select(static (line, index) => (Line: line.Trim(), Number: index + 1))
            .Where(static one => one.Line.Length > 0 && one.Line[0] != '#')
            .Select(one => Read(one.Line, $"Line {one.Number} of {path}")).ToList();
        return keys.Count > 0 ? keys : throw new CommandException($"{path} holds no verifier key. 'ledger key' prints those of a ledger.");
    }

    private static VerifierKey Read(string text, string what)
    {
        try
        {
            var key = VerifierKey.Parse(text.Trim());
            return key.CanVerify
                ? key
                : throw new CommandException($"{key.Name} is an Ed25519 key; its signatures cannot be checked here.");
        }
        catch (NoteFormatException problem)
        {
            throw new CommandException($"{what} cannot be used: {problem.Message}.");
        }
    }
}
