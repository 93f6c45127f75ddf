using System.Text.RegularExpressions;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>
/// Secrets and personal data as they look in running text, where no typed field says what they are. Better one word too many taken out
/// than one too few: a model drafts as well without any of them.
/// </summary>
internal static partial class SecretShapes
{
    /// <summary>What is looked for, in this order, by the word that a placeholder begins with.</summary>
    public static readonly IReadOnlyList<(string Kind, Regex Shape)> All =
    [
        ("SECRET", PrivateKey()), ("SECRET", Token()), ("SECRET", Assigned()), ("SECRET", Bearer()), ("ADDRESS", Link()),
        ("MAIL", Mail()), ("SECRET", Long()), ("ADDRESS", Hardware()), ("ADDRESS", Version6()), ("ADDRESS", Version4()), ("ID", Id()),
        ("PHONE", Phone()), ("PERSON", Home()),
        ("DEVICE", Host()),
    ];

    private const RegexOptions Plain =
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture;

    /// <summary>To its end, or to the text's where that was cut off.</summary>
    [GeneratedRegex(@"-----\s*BEGIN [A-Z0-9 ]{2,40}-----[^-]*(-----\s*END [A-Z0-9 ]{2,40}-----)?", Plain)]
    private static partial Regex PrivateKey();

    /// <summary>Prefixes by which services mark their own tokens, and the three parts of a JWT.</summary>
    [GeneratedRegex(
        @"\b(gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|sk-|sk_live_|rk_live_|pk_live_|AKIA|ASIA|AIza|ya29\.|npm_|pypi-|hvs\.|dop_v1_"
        + @"|SG\.)[A-Za-z0-9_.-]{8,}|\beyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*){0,2}", Plain)]
    private static partial Regex Token();

    /// <summary>A name for a secret, a sign or a word between, and the value: to the end of the quotes, or of the word.</summary>
    [GeneratedRegex(
        @"(\b(pass|pwd|pin|sig|psk|mdp)|[a-z0-9_.-]*(pass(word|wd|phrase|code)|kennwort|passwort|contrase(n|ñ)a"
        + @"|mot\s?de\s?passe|senha|wachtwoord|parola|пароль|密码|パスワード"
        + @"|secret|geheimnis|token|credential|api[ _-]?key|access[ _-]?key|account[ _-]?key|shared[ _-]?access[ _-]?(key|signature)"
        + @"|private[ _-]?key|client[ _-]?secret|connection[ _-]?string)[a-z0-9_.-]*)[""']?\s*(:|=|：|＝|\bis\b|\bist\b|\bes\b|\best\b|->|=>)"
        + @"\s*(""[^""]*""|'[^']*'|\S+)", Plain)]
    private static partial Regex Assigned();

    [GeneratedRegex(@"\b(bearer|basic|digest|negotiate)\s+[A-Za-z0-9+/=._~-]{6,}", Plain)]
    private static partial Regex Bearer();

    [GeneratedRegex(@"\b[a-z][a-z0-9+.-]{1,20}:\s*//\S+|\bwww\.\S+", Plain)]
    private static partial Regex Link();

    [GeneratedRegex(@"[\p{L}\p{N}._%+'-]{1,64}\s?(@|\(at\)|\[at\]|＠)\s?([\p{L}\p{N}-]{1,63}\.)*[\p{L}\p{N}-]{1,63}", Plain)]
    private static partial Regex Mail();

    /// <summary>Too long for a word: a key, a digest, or something that was encoded.</summary>
    [GeneratedRegex(@"[A-Za-z0-9+/=_-]{32,}", Plain)]
    private static partial Regex Long();

    [GeneratedRegex(@"\b[0-9a-f]{2}([:-][0-9a-f]{2}){5,7}\b|\b[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}\b", Plain)]
    private static partial Regex Hardware();

    [GeneratedRegex(
        @"([0-9a-f]{1,4}:){3,7}[0-9a-f:.]*[0-9a-f]|([0-9a-f]{1,4}:){1,6}:([0-9a-f]{1,4}(:[0-9a-f]{1,4})*)?"
        + @"|::([0-9a-f]{1,4}:)*[0-9a-f]{1,4}",
        Plain)]
    private static partial Regex Version6();

    [GeneratedRegex(@"\b[0-9]{1,3}(\.|\[\.\])[0-9]{1,3}(\.|\[\.\])[0-9]{1,3}(\.|\[\.\])[0-9]{1,3}\b(/[0-9]{1,2})?", Plain)]
    private static partial Regex Version4();

    [GeneratedRegex(@"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\bS-1-5-[0-9-]{6,}[0-9]", Plain)]
    private static partial Regex Id();

    [GeneratedRegex(
        @"(\+|\b00)[1-9][0-9 ()/.-]{6,20}[0-9]|\b0[1-9][0-9]{1,4}[ /-][0-9][0-9 -]{4,12}[0-9]"
        + @"|\(?\b[2-9][0-9]{2}\)?[ .-][0-9]{3}[ .-][0-9]{4}\b",
        Plain)]
    private static partial Regex Phone();

    /// <summary>A machine as many are named, which no typed field knows: capitals, a hyphen, and a number at the end.</summary>
    [GeneratedRegex(@"[A-Z]{2,12}[0-9]{0,6}-[A-Z0-9-]{0,20}[0-9]{1,6}\b", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Host();

    /// <summary>The folder of a person.</summary>
    [GeneratedRegex(@"([\\/](users|home|benutzer)[\\/])[^\\/\s:""']{1,64}", Plain)]
    private static partial Regex Home();
}
