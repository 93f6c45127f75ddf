using System.Globalization;
using System.Text.RegularExpressions;

namespace DevOpsAI.Connectors.MeshCentral;

/// <summary>What a command wrote, as the card and the ledger show it.</summary>
internal static partial class CommandOutput
{
    /// <summary>Characters; the record of a step takes 500.</summary>
    public const int MaxLength = 400;

    private const int KeptOfEnd = 150;

    /// <summary>
    /// Without what a terminal obeys or a reader does not see, lines apart by a line's end; of a long one its beginning and its end, with
    /// the number of characters between them.
    /// </summary>
    public static string Shown(string output)
    {
        var plain = Unseen().Replace(Escapes().Replace(output.ReplaceLineEndings("\n"), ""), " ");
        var text = string.Join('\n', plain.Split('\n').Select(static line => line.TrimEnd())).Trim();
        if (text.Length <= MaxLength)
            return text;
        var left = string.Create(CultureInfo.InvariantCulture, $" [… {text.Length - MaxLength} characters left out …] ");
        return $"{text[..Whole(text, MaxLength - KeptOfEnd)]}{left}{text[Whole(text, text.Length - KeptOfEnd)..]}";
    }

    /// <summary>Not between the two halves of a character.</summary>
    private static int Whole(string text, int at) => char.IsLowSurrogate(text[at]) ? at - 1 : at;

    /// <summary>What sets colors and titles of terminals.</summary>
    [GeneratedRegex(
        @"\x1B(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1B]*(\x07|\x1B\\)?|[@-Z\\-_])", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Escapes();

    [GeneratedRegex(@"[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}-[\n]]+", RegexOptions.NonBacktracking)]
    private static partial Regex Unseen();
}
