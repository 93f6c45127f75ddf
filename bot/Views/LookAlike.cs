using System.Text;

namespace DevOpsAI.Bot.Views;

/// <summary>Finds names such as <c>SRV-FІLE01</c>, where a letter of another script imitates a Latin one.</summary>
internal static class LookAlike
{
    private const int Named = 4;

    /// <summary>Cyrillic, Greek and Armenian letters that many fonts draw exactly as a Latin letter.</summary>
    private const string Imitations = "АВЕКМНОРСТУХЅІЈԌԚԜаеорсухѕіјһԁԛԝѵΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανιՕՏԼօսԱ";

    private enum Script { None, Latin, Greek, Cyrillic, Armenian, Cherokee, FullWidth, Mathematical, EastAsian, RightToLeft, Other }

    /// <summary>
    /// <paramref name="shown"/>, followed by the suspicious letters of <paramref name="original"/> by number when there are any.
    /// </summary>
    public static string Mark(string shown, string? original)
    {
        if (original is null || original.All(char.IsAscii))
            return shown;
        var odd = original.Split([' ', '.', '\\', '/', '@', ','], StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(Suspicious)
            .Distinct()
            .ToList();
        if (odd.Count == 0)
            return shown;
        var numbers = string.Join(" ", odd.Take(Named).Select(rune => $"U+{rune.Value:X4}"));
        return $"{shown} ‹look-alike letters: {numbers}{(odd.Count > Named ? " …" : "")}›";
    }

    private static IEnumerable<Rune> Suspicious(string word)
    {
        // Chinese, Japanese and Korean names have Latin letters in them and imitate none; Hebrew and Arabic ones have them
        // beside a hyphen.
        var touches = Touches(word);
        var letters = word.EnumerateRunes().Where(Rune.IsLetter).ToList();
        var scripts = letters.Select(GetScript).Where(IsJudged).Distinct().ToList();
        var strange = letters.Where(letter => GetScript(letter) is var script && script != Script.Latin && IsJudged(script));
        if (scripts.Exists(script => script is Script.FullWidth or Script.Mathematical)
            || (scripts.Count > 1 && scripts.Contains(Script.Latin)))
            return strange;
        return letters.Count > 0 && letters.All(letter => letter.IsBmp && Imitations.Contains((char)letter.Value, StringComparison.Ordinal))
            ? strange
            : [];

        bool IsJudged(Script script) => script != Script.EastAsian && (script != Script.RightToLeft || touches);
    }

    /// <summary>A Latin letter stands directly beside one that is written from the right.</summary>
    private static bool Touches(string word)
    {
        var last = Script.None;
        foreach (var rune in word.EnumerateRunes())
        {
            var script = Rune.IsLetter(rune) ? GetScript(rune) : Script.None;
            if ((last, script) is (Script.Latin, Script.RightToLeft) or (Script.RightToLeft, Script.Latin))
                return true;
            last = script;
        }
        return false;
    }

    private static Script GetScript(Rune letter) => letter.Value switch
    {
        < 0x0250 or >= 0x1E00 and <= 0x1EFF => Script.Latin,
        >= 0x0370 and <= 0x03FF or >= 0x1F00 and <= 0x1FFF => Script.Greek,
        >= 0x0400 and <= 0x052F => Script.Cyrillic,
        >= 0x0530 and <= 0x058F => Script.Armenian,
        >= 0x13A0 and <= 0x13FF or >= 0xAB70 and <= 0xABBF => Script.Cherokee,
        >= 0xFF00 and <= 0xFFEF => Script.FullWidth,
        >= 0x2E80 and <= 0x9FFF or >= 0xAC00 and <= 0xD7AF or >= 0xF900 and <= 0xFAFF or >= 0x20000 and <= 0x3FFFF => Script.EastAsian,
        var value when RightToLeft.IsWritten(value) => Script.RightToLeft,
        >= 0x1D400 and <= 0x1D7FF => Script.Mathematical,
        _ => Script.Other,
    };
}
